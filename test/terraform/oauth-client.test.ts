import { AuthentikDefaults, AuthentikProvider } from '../../lib/terraform/authentik';
import { stackRoot, stackText } from '../../lib/terraform/emit';
import { expression } from '../../lib/terraform/expression';
import { OauthClient } from '../../lib/terraform/oauth-client';
import { IsolatedStack } from '../../lib/terraform/stack';
import { SERVERS } from '../model/offer-context';
import { block, STORE_NAMES, stacksOf } from './bazaar';

const { acme, acme_identity: identity } = stacksOf('vault');

test('a client that keeps no secret is in the tenant’s stack, and takes exact addresses', () => {
  expect(block(acme, 'authentik_provider_oauth2', 'page_oauth2')).toMatchObject({
    client_id: 'page-acme',
    client_type: 'public',
    allowed_redirect_uris: [{ matching_mode: 'strict', url: 'https://acme.bazaar.example/page' }],
  });
  expect(block(acme, 'authentik_provider_oauth2', 'page_oauth2')).not.toHaveProperty('client_secret');
  expect(acme?.resource.authentik_provider_oauth2).not.toHaveProperty('site_oauth2');
});

test('a client with a secret is in a stack and a state of its own', () => {
  expect(Object.keys(identity?.resource.authentik_provider_oauth2 ?? {})).toEqual(['site_oauth2']);
  expect(JSON.stringify(identity?.terraform.backend)).toContain('/my-1/acme_identity.tfstate');
  expect(JSON.stringify(acme?.terraform.backend)).toContain('/my-1/acme.tfstate');
});

test.each([
  ['vault', '${data.vault_kv_secret_v2._secrets_site.data["clientSecret"]}'],
  ['aws', '${jsondecode(data.aws_secretsmanager_secret_version._secrets_site.secret_string)["clientSecret"]}'],
  ['kube', '${data.kubernetes_secret_v1._secrets_site.data["clientSecret"]}'],
] as const)('its secret is what the store %s has', (store, secret) => {
  const stacks = stacksOf(store);
  const client = block(stacks.acme_identity, 'authentik_provider_oauth2', 'site_oauth2');
  expect(client).toMatchObject({ client_type: 'confidential', client_secret: secret });
  // Nothing but the client is known to this stack.
  expect(stacks.acme_identity).not.toHaveProperty('ephemeral');
  expect(JSON.stringify(stacks.acme_identity)).not.toContain('credential_key');
});

test('a new version of a secret changes that stack too, so that CI applies it', () => {
  const rotated = stacksOf('vault', { credentials: { site: { value: { version: 2, on: '2026-02-01' } } } });
  expect(rotated.acme_identity).toMatchObject({ locals: { versions: { site: 2 } } });
  expect(identity).toMatchObject({ locals: { versions: { site: 1 } } });
});

test.each([
  ['local', { kind: 'local' }, true],
  ['http', { kind: 'http', address: 'https://state.example' }, true],
  ['pg', { kind: 'pg' }, true],
  ['azurerm', { kind: 'azurerm', resourceGroup: 'g', storageAccount: 'acc', container: 'tfstate' }, true],
  ['s3 without a key', { kind: 's3', bucket: 'state', region: 'eu' }, true],
  ['s3 with a key', { kind: 's3', bucket: 'state', region: 'eu', kmsKeyId: 'arn:aws:kms:1' }, false],
  ['gcs without a key', { kind: 'gcs', bucket: 'state' }, true],
  ['gcs with a key', { kind: 'gcs', bucket: 'state', kmsKey: 'projects/p' }, false],
])('on backend %s CI is asked whether it encrypts the state', (_, backend, asked) => {
  const stacks = stacksOf('vault', {}, { backend });
  expect(Object.hasOwn(stacks.acme_identity?.variable ?? {}, 'state_encrypted')).toBe(asked);
  expect(stacks.acme?.variable).not.toHaveProperty('state_encrypted');
});

test('that question has no default, and no other answer', () => {
  const { state_encrypted: asked } = identity?.variable ?? {};
  expect(asked).not.toHaveProperty('default');
  expect(asked).toMatchObject({ validation: [{ condition: '${var.state_encrypted}' }] });
});

test('keys of the cloud’s encrypt states', () => {
  const backend = { kind: 'gcs', bucket: 'state', kmsKey: 'projects/p' };
  expect(stacksOf('vault', {}, { backend }).acme?.terraform.backend).toMatchObject({
    gcs: { kms_encryption_key: 'projects/p' },
  });
});

test('groups are made once, and bound to each client', () => {
  expect(Object.values(acme?.resource.authentik_group ?? {}).map(({ name }) => name)).toEqual([
    'bazaar.acme.admin',
    'bazaar-acme-user',
  ]);
  const bindings = Object.values(acme?.resource.authentik_policy_binding ?? {});
  expect(bindings).toHaveLength(2);
  expect(identity?.resource).not.toHaveProperty('authentik_group');
  expect(block(identity, 'authentik_policy_binding', 'site_group-bazaar-acme-user')).toMatchObject({
    target: '${authentik_application.site_application.uuid}',
    group: '${data.authentik_group._groups_group-bazaar-acme-user.id}',
    order: 0,
  });
});

test('nobody gets into the clients of a tenant that is suspended', () => {
  const suspended = stacksOf('vault', { lifecycle: { state: 'suspended' } });
  for (const [name, client] of [
    ['acme', 'page'],
    ['acme_identity', 'site'],
  ] as const) {
    const stack = suspended[name];
    // All that is bound must agree, and one never does; without a binding that is enabled everybody would get in.
    expect(block(stack, 'authentik_application', `${client}_application`).policy_engine_mode).toBe('all');
    expect(block(stack, 'authentik_policy_expression', `${client}_nobody`).expression).toBe('return False');
    expect(block(stack, 'authentik_policy_binding', `${client}_suspended`)).toMatchObject({ order: 2 });
    expect(stack?.resource.authentik_provider_oauth2).toEqual(
      { acme, acme_identity: identity }[name]?.resource.authentik_provider_oauth2,
    );
  }
  expect(block(acme, 'authentik_application', 'page_application').policy_engine_mode).toBe('any');
});

test.each(STORE_NAMES)('no key of Authentik’s certificate comes into a state (%s)', (store) => {
  const stacks = stacksOf(store);
  for (const stack of [stacks.acme, stacks.acme_identity]) {
    expect(block(stack, 'data.authentik_certificate_key_pair', '_servers_on-sso-1_key')).toMatchObject({
      fetch_key: false,
      fetch_certificate: false,
    });
  }
});

test('names and addresses are data, whatever they hold', () => {
  const stack = new IsolatedStack(stackRoot(), 'x', { backend: { kind: 'local', path: 'state' }, key: 'k' });
  const server = SERVERS['sso-eu'];
  if (server?.engine !== 'oidc') throw new Error('expected a server');
  const hostile = '${file("/etc/passwd")}%{ if true }';
  const provider = new AuthentikProvider(stack, 'sso', { ...server, signingKey: hostile, authorizationFlow: hostile });
  new OauthClient(stack, 'site', {
    provider,
    defaults: new AuthentikDefaults(stack, 'on-sso', provider),
    details: { client: hostile, secret: null, redirects: [`https://x.example/${hostile}`], groups: [] },
    groups: new Map(),
    secret: expression('data.x.y.z'),
    suspended: true,
  });
  const text = stackText(stack);
  expect(text).not.toMatch(/(?<!\$)\$\{file/);
  expect(text).not.toMatch(/(?<!%)%\{ if/);
});
