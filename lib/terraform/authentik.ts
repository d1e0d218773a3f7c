import { Construct } from 'constructs';
import { httpsAddress } from '../backing/shared-place';
import { hash32 } from '../model/names';
import type { Server } from '../model/platform';
import { Provider, SecretVariable } from './elements';
import type { Expression } from './expression';
import { variableName } from './stack';
import { dataOf, resourceOf, type Text } from './typed';

/** Authentik, as its provider has it. It keeps what it reads: no argument of it is write-only. */

export type IdentityServer = Extract<Server, { readonly engine: 'oidc' }>;

export class AuthentikApplication extends resourceOf<{
  readonly name: Text;
  readonly slug: Text;
  readonly protocol_provider: Expression;
  /** What it takes to get in where several things are bound to it. */
  readonly policy_engine_mode: 'any' | 'all';
}>('authentik_application') {}

export class AuthentikOauth2 extends resourceOf<{
  readonly name: Text;
  readonly client_id: Text;
  readonly client_type: 'public' | 'confidential';
  readonly client_secret?: Expression;
  readonly allowed_redirect_uris: readonly { readonly matching_mode: 'strict'; readonly url: Text }[];
  readonly authorization_flow: Expression;
  readonly invalidation_flow: Expression;
  readonly property_mappings: Expression;
  readonly signing_key: Expression;
}>('authentik_provider_oauth2') {}

export class AuthentikGroup extends resourceOf<{ readonly name: Text }>('authentik_group') {}

export class AuthentikExpression extends resourceOf<{ readonly name: Text; readonly expression: Text }>(
  'authentik_policy_expression',
) {}

export class AuthentikBinding extends resourceOf<{
  readonly target: Expression;
  readonly order: number;
  readonly group?: Expression;
  readonly policy?: Expression;
}>('authentik_policy_binding') {}

export class AuthentikFlow extends dataOf<{ readonly slug: Text }>('authentik_flow') {}

export class AuthentikScopes extends dataOf<{ readonly managed_list: readonly string[] }>(
  'authentik_property_mapping_provider_scope',
) {}

export class AuthentikKey extends dataOf<{
  readonly name: Text;
  /** They are fetched, and kept in the state, unless told otherwise. */
  readonly fetch_key: false;
  readonly fetch_certificate: false;
}>('authentik_certificate_key_pair') {}

export class AuthentikKnownGroup extends dataOf<{ readonly name: Text; readonly include_users: false }>(
  'authentik_group',
) {}

/** The connection to an Authentik, by a token that is CI's. */
export class AuthentikProvider extends Provider {
  constructor(
    scope: Construct,
    name: string,
    readonly server: IdentityServer,
  ) {
    const { tls } = server;
    const token = new SecretVariable(scope, variableName(name, 'token'), `Token of Terraform's user on ${name}.`);
    const url = tls === 'disable' ? `http://${server.host}:${server.port}` : httpsAddress(server);
    super(scope, name, {
      name: 'authentik',
      alias: name,
      arguments: { url, token: token.value, insecure: tls === 'require' },
    });
  }
}

/** What every client refers to and nobody here makes. */
export class AuthentikDefaults extends Construct {
  readonly authorizationFlow: Expression;
  readonly invalidationFlow: Expression;
  readonly signingKey: Expression;
  readonly scopes: Expression;

  constructor(scope: Construct, id: string, provider: AuthentikProvider) {
    super(scope, id);
    const { authorizationFlow, invalidationFlow, signingKey } = provider.server;
    const flow = (use: string, slug: string) =>
      new AuthentikFlow(this, use, { provider, arguments: { slug } }).attribute('id');
    this.authorizationFlow = flow('authorization', authorizationFlow);
    this.invalidationFlow = flow('invalidation', invalidationFlow);
    const key = { name: signingKey, fetch_key: false, fetch_certificate: false } as const;
    this.signingKey = new AuthentikKey(this, 'key', { provider, arguments: key }).attribute('id');
    this.scopes = new AuthentikScopes(this, 'scopes', { provider, arguments: { managed_list: SCOPES } }).attribute(
      'ids',
    );
  }
}

/** An address of Terraform has no dots, and two groups must not have one address. */
export function groupId(name: string): string {
  return name.includes('.') ? `group-${name.replaceAll('.', '-')}-${hash32(name)}` : `group-${name}`;
}

// --- internal ---

/** Who somebody is, by mail and by groups. */
const SCOPES = ['openid', 'email', 'profile'].map((scope) => `goauthentik.io/providers/oauth2/scope-${scope}`);
