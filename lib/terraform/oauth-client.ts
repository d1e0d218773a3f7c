import { Construct } from 'constructs';
import type { OauthClientDetails } from '../backing/oauth-client';
import type { Offer } from '../model/offer';
import {
  AuthentikApplication,
  AuthentikBinding,
  type AuthentikDefaults,
  AuthentikExpression,
  AuthentikGroup,
  AuthentikOauth2,
  type AuthentikProvider,
  groupId,
} from './authentik';
import type { Expression } from './expression';

export interface OauthClientProps {
  readonly provider: AuthentikProvider;
  readonly defaults: AuthentikDefaults;
  readonly details: OauthClientDetails;
  /** Ids of groups by their names. */
  readonly groups: ReadonlyMap<string, Expression>;
  /** Null for a public client, which proves by PKCE that it is who asked. */
  readonly secret: Expression | null;
  /** Nobody gets in, and all else stays as it is. */
  readonly suspended: boolean;
}

/** A client of the identity provider: an application, what speaks OAuth for it, and the groups whose members get in. */
export class OauthClient extends Construct {
  readonly application: AuthentikApplication;

  constructor(scope: Construct, id: string, props: OauthClientProps) {
    super(scope, id);
    const { provider, defaults, details, groups, secret, suspended } = props;
    const { client, redirects } = details;
    const oauth2 = new AuthentikOauth2(this, 'oauth2', {
      provider,
      arguments: {
        name: client,
        client_id: client,
        ...(secret === null ? { client_type: 'public' } : { client_type: 'confidential', client_secret: secret }),
        allowed_redirect_uris: redirects.map((url) => ({ matching_mode: 'strict', url })),
        authorization_flow: defaults.authorizationFlow,
        invalidation_flow: defaults.invalidationFlow,
        property_mappings: defaults.scopes,
        // Without one, tokens are signed with the client's secret.
        signing_key: defaults.signingKey,
      },
    });
    this.application = new AuthentikApplication(this, 'application', {
      provider,
      arguments: {
        name: client,
        // The issuer's address has it.
        slug: client,
        protocol_provider: oauth2.attribute('id'),
        policy_engine_mode: suspended ? 'all' : 'any',
      },
    });
    const target = this.application.attribute('uuid');
    for (const [order, name] of details.groups.entries()) {
      const group = groups.get(name);
      if (group === undefined) throw new Error(`${client}: no group ${name}`);
      new AuthentikBinding(this, groupId(name), { provider, arguments: { target, order, group } });
    }
    if (!suspended) return;
    // Where no binding is enabled everybody gets in: it takes one that lets nobody.
    const nobody = new AuthentikExpression(this, 'nobody', {
      provider,
      arguments: { name: `${client} is suspended`, expression: 'return False' },
    });
    new AuthentikBinding(this, 'suspended', {
      provider,
      arguments: { target, order: details.groups.length, policy: nobody.attribute('id') },
    });
  }
}

/** Makes the groups of clients, each once; whoever is in them is no matter of a stack. */
export function makeGroups(
  scope: Construct,
  offers: readonly Offer[],
  providerOf: (server: string) => AuthentikProvider,
): Map<string, Expression> {
  const made = new Map<string, Expression>();
  for (const { server, details } of offers) {
    for (const name of (details as OauthClientDetails).groups) {
      if (made.has(name) || server === null) continue;
      const group = new AuthentikGroup(scope, groupId(name), {
        provider: providerOf(server),
        arguments: { name },
        ignoreChanges: ['users'],
      });
      made.set(name, group.attribute('id'));
    }
  }
  return made;
}

/** Clients of a space, and those whose secret a state must hold. */
export function oauthClients(offers: readonly Offer[]): {
  readonly all: readonly Offer[];
  readonly confidential: readonly Offer[];
} {
  const all = offers.filter(
    ({ kind, provision, server }) => kind === 'oauth-client' && provision === 'shared' && server !== null,
  );
  return { all, confidential: all.filter(({ details }) => (details as OauthClientDetails).secret !== null) };
}
