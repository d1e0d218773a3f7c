import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { tenantObjects } from '../../lib/kube/manifests';
import { storeKey } from '../../lib/model/store-key';
import { IsolatedStack, SpaceStack } from '../../lib/terraform';
import { stackRoot, stackText } from '../../lib/terraform/emit';
import { tenantStack } from '../../lib/terraform/manifests';
import { PROVIDERS } from '../../lib/terraform/providers';
import { type Block, platform, resources, type Stack, type StoreName, shopTenant, stackOf } from './fixture';

const STORES: readonly StoreName[] = ['vault', 'aws', 'kube'];

/** What a stack says a login's password is, as the text of its expression. */
function passwordOf(stack: Stack, login: string): string {
  return String(resources(stack).get(`postgresql_role.${login}`)?.password_wo);
}

describe.each(STORES)('a stack whose cluster keeps its secrets in %s', (store) => {
  const stack = stackOf(shopTenant(store));
  const all = resources(stack);

  test('holds no value and no argument that would end in the state', () => {
    const kinds = [...all.keys()].map((address) => address.split('.')[0]);
    expect(kinds).not.toContain('random_password');
    for (const [address, block] of all) {
      expect([
        address,
        Object.keys(block).filter((name) => /^(password|secret_string|data_json|data)$/.test(name)),
      ]).toEqual([address, []]);
    }
    for (const block of Object.values(stack.variable)) {
      if (block.type === 'string') expect(block).toMatchObject({ sensitive: true, ephemeral: true });
    }
  });

  test('gives each write-only argument its version', () => {
    const written = [...all.values()].flatMap((block) =>
      Object.keys(block)
        .filter((name) => name.endsWith('_wo'))
        .map((name) => ({ block, name })),
    );
    expect(written.length).toBeGreaterThan(6);
    for (const { block, name } of written)
      expect(String(block[`${name}_version`] ?? block[`${name}_revision`])).toMatch(/^[1-9]\d*$/);
  });

  test('writes each entry to the path that the pods read, by construction', () => {
    const tenant = shopTenant(store);
    const read = tenantObjects(tenant)
      .filter(({ kind }) => kind === 'ExternalSecret')
      .flatMap(({ spec }) =>
        (spec as { data: { remoteRef: { key: string; property: string } }[] }).data.map(({ remoteRef }) => remoteRef),
      );
    expect(read.map(({ property }) => property)).toContain('password');
    const names = [...all.values()].map((block) => block.name ?? (block.metadata as Block | undefined)?.name);
    for (const { key } of read) expect(names).toContain(key);
    expect(names).toContain(storeKey(tenant.cluster.secretStore.kind, 'production/shop/acme/database-b'));
  });

  test('reads a password back from where it was written, and not from where it was made', () => {
    const password = passwordOf(stack, 'database_login-a');
    expect(password).not.toContain('random_password');
    const from = {
      vault: '${ephemeral.vault_kv_secret_v2._secrets_database_a_read.data["password"]}',
      aws: '${jsondecode(ephemeral.aws_secretsmanager_secret_version._secrets_database_a_read.secret_string)["password"]}',
      kube: (all.get('kubernetes_secret_v1._secrets_database_a_entry')?.data_wo as Block | undefined)?.password,
    };
    expect(password).toBe(from[store]);
  });

  test('changes one login and its entry where one version is raised', () => {
    const raised = resources(stackOf(shopTenant(store, { credentials: { database: { b: { version: 2 } } } })));
    const changed = [...raised].filter(
      ([address, block]) => JSON.stringify(block) !== JSON.stringify(all.get(address)),
    );
    expect(changed.map(([address]) => address).filter((address) => !address.includes('database'))).toEqual([]);
    expect(changed.map(([address]) => address)).toContain('postgresql_role.database_login-b');
    expect(changed.map(([address]) => address).every((address) => /database[-_](login-)?b(_|$)/.test(address))).toBe(
      true,
    );
  });

  test('is what cdktf itself would write, but for its comments and the hosts of sources', () => {
    const tenant = shopTenant(store);
    const own = new SpaceStack(
      new App({ outdir: mkdtempSync(join(tmpdir(), 'cdktf-')), skipValidation: true, stackTraces: false }),
      'acme',
      {
        platform,
        space: tenant,
      },
    );
    const theirs = withoutComments(own.toTerraform()) as unknown as Stack;
    const required = Object.keys(theirs.terraform.required_providers).sort();
    expect(required).toEqual(Object.keys(stack.terraform.required_providers));
    expect({ ...theirs, terraform: null }).toEqual({ ...(withoutComments(stack) as Stack), terraform: null });
  });
});

test('providers are pinned, with their sources written out', () => {
  for (const store of STORES) {
    for (const [name, block] of Object.entries(stackOf(shopTenant(store)).terraform.required_providers)) {
      expect(block).toEqual(PROVIDERS[name as keyof typeof PROVIDERS]);
      expect(block).toMatchObject({
        source: expect.stringMatching(/^registry\.terraform\.io\/[a-z]+\/[a-z]+$/),
        version: expect.stringMatching(/^\d+\.\d+\.\d+$/),
      });
    }
  }
});

test('a password that is derived differs by entry, key and version, and is as long as it should be', () => {
  const values = [1, 2].map((version) =>
    passwordOf(stackOf(shopTenant('kube', { credentials: { database: { a: { version } } } })), 'database_login-a'),
  );
  expect(values[0]).toContain('/production/shop/acme/database-a#password/1');
  expect(values[1]).toContain('/production/shop/acme/database-a#password/2');
  const key = resources(stackOf(shopTenant('kube'))).get('kubernetes_secret_v1._secrets_key_value_entry')
    ?.data_wo as Block;
  // Two digests of 64 characters for a hundred.
  expect(String(key.value).match(/sha256\("\$\{var\.credential_key\}\$\{sha256\(/g)).toHaveLength(2);
  expect(key.value).toContain(', 0, 100)');
});

test('the same tenant gives the same bytes', () => {
  expect(tenantStack(platform, shopTenant('vault'))).toEqual(tenantStack(platform, shopTenant('vault')));
});

test('no machine shows in it', () => {
  for (const store of STORES) expect(JSON.stringify(stackOf(shopTenant(store)))).not.toContain(process.cwd());
});

test('a stack has a state of its own, whose place follows from the tenant for life', () => {
  expect(stackOf(shopTenant('kube')).terraform.backend).toEqual({
    local: { path: '../../../../.terraform-state/production/pg-1/acme.tfstate' },
  });
});

test('a secret that CI forgot to give is refused, not taken for an empty one', () => {
  const { variable } = stackOf(shopTenant('kube'));
  expect(variable.credential_key?.validation).toMatchObject([{ condition: '${length(var.credential_key) >= 32}' }]);
  expect(variable.pg_1_password?.validation).toMatchObject([{ condition: '${length(var.pg_1_password) >= 1}' }]);
});

test('a state in PostgreSQL has a schema of its own, however long the names are', () => {
  const schemas = ['meridian-health-trust-berlin-one', 'meridian-health-trust-berlin-two'].map((id) => {
    const key = `production/postgresql-eu-central-1/${id}`;
    const stack = new IsolatedStack(stackRoot(), id, { backend: { kind: 'pg' }, key });
    return (JSON.parse(stackText(stack)) as { terraform: { backend: { pg: { schema_name: string } } } }).terraform
      .backend.pg.schema_name;
  });
  expect(new Set(schemas).size).toBe(2);
  for (const schema of schemas) expect(schema.length).toBeLessThanOrEqual(63);
});

// --- internal ---

function withoutComments(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutComments);
  if (typeof value !== 'object' || value === null) return value;
  const kept = Object.entries(value).filter(([name, item]) => name !== '//' && item !== undefined);
  return Object.fromEntries(kept.map(([name, item]) => [name, withoutComments(item)]));
}
