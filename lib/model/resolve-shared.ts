import { objectCounts, solverResources } from './capacity';
import type { PlatformModel } from './parse-platform';
import type { ProductModel } from './parse-product';
import { planSchema } from './product';
import type { Report } from './report';
import { resolveRoutes } from './resolve-routes';
import { resolveService } from './resolve-services';
import { resolveContainerLimits, resolveJobQuota, resolveQuota, type Sizing } from './resolve-space';
import type { Space } from './resolved';
import { spaceLabels } from './space-labels';
import type { Parts, Reference } from './values';

/** The shared namespace of a product on one cluster: it serves all tenants there and knows none of them by name. */

/** Products on offer on a cluster. */
export function offeredProducts(platform: PlatformModel, clusterName: string): ProductModel[] {
  const offered = platform.clusters[clusterName]?.products ?? null;
  return [...platform.products.values()].filter((product) => offered === null || offered.includes(product.name));
}

/** Priorities of all plans and shared services, each once. */
export function priorityLevels(products: readonly ProductModel[]): { readonly name: string; readonly value: number }[] {
  const values = products.flatMap(({ plans, shared }) => [
    ...Object.values(plans).map(({ priority }) => priority),
    ...(shared === null ? [] : [shared.priority]),
  ]);
  return [...new Set(values)].sort((a, b) => a - b).map((value) => ({ name: priorityClass(value), value }));
}

/** Kubernetes never lets a class change its value, so the value is the name. */
export function priorityClass(value: number): string {
  return `tenantry-${value}`;
}

/** Resolves it; everything that can be wrong with it was found when the product was parsed. */
export function resolveShared(platform: PlatformModel, product: ProductModel, clusterName: string): Space {
  const { shared } = product;
  const cluster = platform.clusters[clusterName];
  if (shared === null || cluster === undefined)
    throw new Error(`${product.name} has no shared services on ${clusterName}`);
  const lookup = ({ name, output }: Reference): Parts => {
    const port = shared.services[name]?.port ?? null;
    return [output === 'host' || port === null ? name : `http://${name}:${port}`];
  };
  const context = { lookup, identities: {}, plan: {}, overrides: {} };
  const services = Object.entries(shared.services).map(([name, service]) => resolveService(name, service, context));
  const enabled = new Set(Object.keys(shared.services));
  // A product that was parsed resolves; a problem here is a defect of ours.
  const never: Report = (_code, path, found) => {
    throw new Error(`${product.name}: ${path}: ${found}`);
  };
  const place = { platformFile: platform.file, planPath: '', hasServiceOverrides: false };
  const routes = resolveRoutes({ services: shared.services }, shared.routes, {
    id: product.name,
    apex: product.apex,
    domains: [],
    settings: {},
    enabled,
    report: never,
  });
  const solver = solverResources(cluster.routing.solver);
  const sizing: Sizing = { services, jobs: [], offers: [], backup: null, solvers: 0, solver };
  const plan = planSchema.parse({});
  const labels = spaceLabels(product.name, platform.environment);
  return {
    kind: 'shared',
    id: product.name,
    product: product.name,
    environment: platform.environment,
    namespace: shared.namespace,
    clusterName,
    cluster,
    labels,
    namespaceLabels: { ...labels, 'tenantry.dev/product': product.name },
    namespaceAnnotations: {},
    suspended: false,
    services: services.map((service) => ({
      ...service,
      callsShared: [],
      calls: [...new Set([...service.calls, ...service.callsShared])],
    })),
    jobs: [],
    offers: [],
    routes,
    roles: [],
    identities: [],
    rateLimit: null,
    quota: { ...resolveQuota(sizing, plan, {}, null, place, never), ...objectCounts(services, 0, [], 0) },
    jobQuota: resolveJobQuota(sizing),
    containerLimits: resolveContainerLimits(sizing, {}, place, never),
    priorityClass: priorityClass(shared.priority),
    nodePool: null,
    backup: null,
    secretReader: { role: '' },
    shared: null,
  };
}
