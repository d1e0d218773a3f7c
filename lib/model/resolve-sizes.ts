import { NO_LOAD, solverResources } from './capacity';
import type { PlatformModel } from './parse-platform';
import type { NodePool } from './platform';
import type { Report } from './report';
import type { Chosen } from './resolve-choices';
import { countCustomHosts } from './resolve-routing';
import { resolveContainerLimits, resolveJobQuota, resolveQuota, type Sizing } from './resolve-space';
import type { ResolvedBackup, ResolvedRoute, Space } from './resolved';
import type { TenantData } from './tenant';

/** What a tenant's namespace may hold: sizes of all that runs there, and whose mistake it is where they don't fit. */

export interface Running extends Pick<Sizing, 'services' | 'jobs' | 'offers'> {
  readonly backup: ResolvedBackup | null;
  /** To services of the tenant's own: certificates of their hosts are made in its namespace. */
  readonly routes: readonly ResolvedRoute[];
  readonly pool: NodePool | null;
}

export function resolveSizes(
  platform: PlatformModel,
  { product, cluster, plan }: Chosen,
  data: TenantData,
  { services, jobs, offers, backup, routes, pool }: Running,
  report: Report,
): Pick<Space, 'quota' | 'jobQuota' | 'containerLimits'> {
  const customHosts = countCustomHosts(routes);
  const sizing: Sizing = {
    ...{ services, jobs, offers },
    backup: backup?.resources ?? null,
    certificates: customHosts,
    solvers: cluster.routing.challenge === 'http01' ? customHosts : 0,
    solver: solverResources(cluster.routing.solver),
    more: NO_LOAD,
  };
  const { overrides } = data;
  const place = {
    platformFile: platform.file,
    planPath: `products.${product.name}.plans.${data.plan}`,
    overridden: { services: isAny(overrides?.services), backing: isAny(overrides?.backing) },
  };
  return {
    quota: resolveQuota(sizing, plan, overrides?.quota ?? {}, pool, place, report),
    jobQuota: resolveJobQuota(sizing),
    containerLimits: resolveContainerLimits(sizing, plan.containers, place, report),
  };
}

// --- internal ---

function isAny(overrides: object | undefined): boolean {
  return Object.keys(overrides ?? {}).length > 0;
}
