import type { Claim, ClaimSpace, Offer } from './offer';
import { hostsOf } from './resolve-lookup';
import { valuesAt } from './resolve-routes';
import type { ResolvedBackup, ResolvedRoute, ResolvedService, Space } from './resolved';

/** Every name that a tenant holds in a space that all tenants share. */

export interface ClaimsContext {
  readonly id: string;
  readonly stateKey: string;
  readonly product: string;
  readonly namespace: string;
  readonly placement: string;
  readonly storageClass: string;
  readonly routes: readonly ResolvedRoute[];
  readonly sharedRoutes: readonly ResolvedRoute[];
  readonly services: readonly ResolvedService[];
  readonly offers: readonly Offer[];
  readonly backup: ResolvedBackup | null;
  /** Groups of the identity provider that are this tenant's, each once. */
  readonly groups: readonly string[];
  readonly settings: unknown;
  readonly uniqueSettings: readonly string[];
}

/** Claims of one tenant; those on something that holds data may neither vanish nor move. */
export function claimsOf(context: ClaimsContext): Claim[] {
  const { id, product, namespace, placement, storageClass, services, offers, backup, settings } = context;
  const secretPaths = offers.flatMap((offer) => offer.secrets.map(({ path }) => ({ path, kind: offer.kind })));
  return [
    claim('id', id),
    claim('namespace', namespace, true),
    claim('argocd', id),
    // The id is part of the name, since many tenants share a cluster.
    claim('placement', `${id}@${placement}`, true),
    claim('state-key', context.stateKey, true),
    ...hostsOf([...context.routes, ...context.sharedRoutes]).map((host) => claim('host', host)),
    ...services.flatMap((service) =>
      service.volumes.map(({ claimName, sizeGiB }) =>
        claim('volume', `${placement}/${namespace}/${claimName}`, true, { sizeGiB, storageClass }),
      ),
    ),
    // Several clients may be for the same groups.
    ...new Map(offers.flatMap((offer) => offer.claims.map((held) => [`${held.space} ${held.name}`, held]))).values(),
    // A password can be set anew; what a generated secret has signed or encrypted cannot be read with another one.
    ...[...new Map(secretPaths.map(({ path, kind }) => [path, kind]))].map(([path, kind]) =>
      claim('secret-path', path, kind === 'secret'),
    ),
    ...(backup === null
      ? []
      : [
          claim('backup-repository', backup.repository, true),
          claim('secret-path', backup.secretPath, true),
          ...(backup.access === null ? [] : [claim('s3-user', `${backup.access.server}/${backup.access.user}`)]),
        ]),
    ...context.groups.map((group) => claim('group', group)),
    ...uniqueValues(settings, context.uniqueSettings).map(({ setting, text }) =>
      claim('setting', `${product}.${setting}=${text}`),
    ),
  ];
}

/** Names that a product's shared services on a cluster hold among those of all tenants and of other products' shared services. */
export function sharedClaims({ offers, backup }: Pick<Space, 'offers' | 'backup'>): Pick<Claim, 'space' | 'name'>[] {
  const paths = [
    ...offers.flatMap(({ secrets }) => secrets.map(({ path }) => path)),
    ...(backup === null ? [] : [backup.secretPath]),
  ];
  return [
    ...offers.flatMap(({ claims }) => claims),
    ...[...new Set(paths)].map((path) => claim('secret-path', path)),
    ...(backup === null ? [] : [claim('backup-repository', backup.repository)]),
  ];
}

/** Values that no other tenant may have, nor the same one twice. */
export function uniqueValues(settings: unknown, uniqueSettings: readonly string[]) {
  return uniqueSettings.flatMap((setting) =>
    valuesAt(settings, setting).map(({ path, value }) => ({ setting, path, text: JSON.stringify(value) })),
  );
}

// --- internal ---

function claim(space: ClaimSpace, name: string, stateful = false, fixed: Claim['fixed'] = {}): Claim {
  return { space, name, stateful, fixed };
}
