import type { Problem } from '../model/errors';
import type { PlatformModel } from '../model/parse-platform';
import { sharedClaims } from '../model/resolve-claims';
import type { TenantFacts } from '../model/resolved';
import { allSharedHosts } from '../model/shared-hosts';
import { claimProblems, type PlatformClaim } from './claims';
import { connectionProblems } from './connections';
import { hostProblems } from './hosts';
import { namespaceClaims, sharedNamespaceProblems } from './namespaces';
import { slotProblems } from './slots';

/** Every rule that only the whole set of tenants can show. */
export function ruleProblems(platform: PlatformModel, tenants: readonly TenantFacts[]): Problem[] {
  const products = [...platform.products.values()];
  return [
    ...claimProblems(tenants, [...namespaceClaims(platform, tenants), ...sharedClaimsOf(platform)]),
    ...sharedNamespaceProblems(platform, tenants),
    ...hostProblems(tenants, {
      apexes: products.map(({ name, apex }) => ({ product: name, apex })),
      sharedHosts: allSharedHosts(platform),
    }),
    ...slotProblems(tenants, platform.backup),
    ...connectionProblems(platform, tenants),
  ];
}

// --- internal ---

/** What shared services hold of the names that tenants may want. */
function sharedClaimsOf(platform: PlatformModel): PlatformClaim[] {
  return Array.from(platform.shared).flatMap(([clusterName, spaces]) =>
    Array.from(spaces.values()).flatMap((of) =>
      sharedClaims(of).map(({ space, name }) => ({
        ...{ space, name },
        owner: `the shared services of ${of.product} on ${clusterName}`,
      })),
    ),
  );
}
