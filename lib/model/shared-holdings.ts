import type { Claim } from './offer';
import { claimsOf } from './resolve-claims';
import type { Space } from './resolved';

/**
 * What a product's shared services hold on a cluster, as a tenant's claims say it. The namespace holds data where anything else
 * does: renaming it leaves volumes behind, and where there is nothing to be lost it may be renamed or go.
 */
export function sharedHoldings(space: Space): Claim[] {
  const { id, product, namespace, clusterName, cluster, services, offers, backup } = space;
  const all = claimsOf({
    ...{ id, product, namespace, services, offers, backup, stateKey: space.stateKey },
    placement: clusterName,
    storageClass: cluster.storageClass,
    routes: [],
    sharedRoutes: [],
    groups: [],
    settings: {},
    uniqueSettings: [],
  }).filter(({ space }) => !OF_TENANTS.has(space));
  const stateful = all.some((claim) => claim.stateful && claim.space !== 'state-key');
  // Of the same name on every cluster.
  // A state without data in it is made anew.
  const held = stateful ? all : all.filter(({ space }) => space !== 'state-key');
  return [{ space: 'namespace', name: `${clusterName}/${namespace}`, stateful, fixed: {} }, ...held];
}

// --- internal ---

/** Names that are a tenant's alone, or said in another way here. */
const OF_TENANTS: ReadonlySet<string> = new Set(['id', 'namespace', 'argocd', 'placement']);
