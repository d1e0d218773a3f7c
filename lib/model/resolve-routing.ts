import { show } from './errors';
import type { PlatformModel } from './parse-platform';
import type { RateLimit } from './plan-schema';
import type { Report } from './report';
import type { Choices, Chosen } from './resolve-choices';
import { hostsOf } from './resolve-lookup';
import { checkPaths, resolveRoutes, routeContext, splitRoutes } from './resolve-routes';
import type { ResolvedRoute } from './resolved';
import { routingProblem, splitHostProblem } from './routing';
import type { TenantData } from './tenant';

/** How requests reach a tenant: its routes, and whether its cluster can serve them. */

export interface ResolvedRouting {
  readonly routes: readonly ResolvedRoute[];
  readonly sharedRoutes: readonly ResolvedRoute[];
  readonly rateLimit: RateLimit | null;
}

/** @param enabled services that are switched on */
export function resolveRouting(
  platform: PlatformModel,
  { product, cluster, plan }: Chosen,
  { domains, settings }: Pick<Choices, 'domains' | 'settings'>,
  data: TenantData,
  enabled: ReadonlySet<string>,
  report: Report,
): ResolvedRouting {
  const wanted = splitRoutes(product.routes);
  const context = routeContext(product.routes, { id: data.id, apex: product.apex, domains, settings, report });
  const routes = resolveRoutes({ services: product.services, enabled }, wanted.own, context);
  const services = product.shared?.services ?? {};
  const shared = { services, enabled: new Set(Object.keys(services)) };
  const sharedRoutes = resolveRoutes(shared, wanted.shared, context);
  const all = [...routes, ...sharedRoutes];
  checkPaths(all, context, { path: `products.${product.name}.routes`, file: platform.file });
  const rateLimit = data.overrides?.rateLimit ?? plan.rateLimit;
  const needs = {
    rateLimit,
    suspended: data.lifecycle.state === 'suspended',
    customDomains: countCustomHosts(all) > 0,
  };
  const unserved =
    all.length === 0
      ? null
      : (routingProblem(cluster.routing, needs) ??
        (all.flatMap(({ hosts }) => hosts).length > hostsOf(all).length ? splitHostProblem(cluster.routing) : null));
  if (unserved !== null)
    report(
      'E_ROUTING',
      'placement',
      `${show(data.placement)} cannot serve this tenant: ${unserved}`,
      'place it on a cluster whose controller can, or choose another plan',
    );
  return { routes, sharedRoutes, rateLimit };
}

/** Hosts with certificates of their own. */
export function countCustomHosts(routes: readonly ResolvedRoute[]): number {
  return routes.flatMap((route) => route.hosts).filter(({ kind }) => kind === 'custom').length;
}
