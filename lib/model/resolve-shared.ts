import { addLoad, NO_LOAD, PROJECTION_RESOURCES, solverResources } from './capacity';
import type { Login } from './credentials';
import { show } from './errors';
import { cut, expand } from './names';
import type { Offer } from './offer';
import type { PlatformModel } from './parse-platform';
import type { ProductModel } from './parse-product';
import { type Plan, planSchema } from './plan-schema';
import type { Cluster } from './platform';
import type { Shared } from './product';
import type { Report } from './report';
import { resolveBackup } from './resolve-backup';
import { resolveOffers } from './resolve-offers';
import { checkPaths, hostsByService, resolveRoutes, routeContext, splitRoutes } from './resolve-routes';
import { inSteps, resolveJob, resolveService } from './resolve-services';
import { readerRole, resolveContainerLimits, resolveJobQuota, resolveQuota, type Sizing } from './resolve-space';
import type { ResolvedJob, Space } from './resolved';
import { migratingJob, type RowSecurity, rowSecurityOf, rowSecurityPath, rowSecuritySql } from './row-security';
import { placedHost, publicAddress, sharedHosts } from './shared-hosts';
import { spaceLabels } from './space-labels';
import { stateKey } from './state-key';
import { everyTenant } from './store-key';
import { type Parts, type Reference, references } from './values';

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

/** The one of a cluster and a product, or null where the product has no shared services. */
export function sharedSpace(platform: PlatformModel, product: ProductModel, clusterName: string): Space | null {
  return platform.shared.get(clusterName)?.get(product.name) ?? null;
}

/** Resolves it. What the platform lacks for it, such as a server, is reported; all else was found when the product was parsed. */
export function resolveShared(
  platform: PlatformModel,
  product: ProductModel,
  shared: Shared,
  clusterName: string,
  report: Report,
): Space {
  const cluster = platform.clusters[clusterName];
  if (cluster === undefined) throw new Error(`the platform has no cluster ${clusterName}`);
  const { namespace } = shared;
  const { environment } = platform;
  // No tenant may be called so; databases and secrets of two clusters stay apart by it. Those of two products don't, unless their
  // templates say {product}: `sharedSpaces` refuses what is left the same.
  const id = `shared-${clusterName}`;
  const variables = { id, product: product.name, environment };
  const secretPath = (name: string) => expand(product.names.secretPath, { ...variables, name });
  const jurisdiction = platform.regions[cluster.region]?.jurisdiction ?? '';
  const placeReport: Report = (code, path, found, fix, where = platform.file) =>
    report(code, where === platform.file ? path : `clusters.${clusterName}`, `${product.name}: ${found}`, fix, where);
  const enabled = new Set(Object.keys(shared.services));
  const given = { id, apex: product.apex, domains: [], settings: {}, report: placeReport };
  const sharedPlace = { cluster: clusterName, region: cluster.region };
  const wanted = shared.routes.map((route) => ({
    ...route,
    hosts: route.hosts.map((host) => placedHost(host, sharedPlace)),
  }));
  const toRoutes = routeContext(wanted, given);
  const routes = resolveRoutes({ services: shared.services, enabled }, wanted, toRoutes);
  checkPaths(routes, toRoutes, { path: `products.${product.name}.shared.routes`, file: platform.file });
  const security = rowSecurityOf(product);
  const provided = resolveOffers(
    product.sharedBacking,
    {
      ...{ id, product: product.name, environment, namespace, platform, clusterName, cluster, jurisdiction },
      productPath: `products.${product.name}.shared.backing`,
      apex: product.apex,
      domains: [],
      hosts: hostsByService(routes),
      sharedHosts: sharedHosts(product, sharedPlace),
      settings: {},
      features: {},
      limits: {},
      servers: {},
      credentials: cluster.credentials[product.name] ?? {},
      plan: {},
      overrides: {},
      shared: [],
      secretPath,
      report: (code, path, found, fix, where) =>
        report(code, path === 'placement' ? `clusters.${clusterName}` : path, `${product.name}: ${found}`, fix, where),
    },
    product.sharedBacking.map(({ name }) => name),
  );
  const offers = provided.map((offer) => uncapped(offer.name === security?.of ? dumpedWhole(offer) : offer));
  const lookup = lookupShared(product, shared, offers, cluster, clusterName, placeReport);
  const identities = Object.entries(shared.identities).map(([name, identity]) => ({ name, ...identity, by: [] }));
  const accounts = Object.fromEntries(identities.map(({ name, serviceAccount }) => [name, serviceAccount]));
  const context = { lookup, identities: accounts, plan: {}, overrides: {}, isMet: () => true };
  const services = inSteps(
    Object.entries(shared.services)
      .map(([name, service]) => resolveService(name, service, context))
      .map((service) => ({
        ...service,
        callsShared: [],
        calls: [...new Set([...service.calls, ...service.callsShared])].sort(),
      })),
  );
  if (services.some(({ identity }) => identity !== null) && cluster.apiServer === null) {
    const found = `shared services of ${product.name} act on the API server, and ${show(clusterName)} does not say where that is`;
    report('E_PLATFORM_FIELD', `clusters.${clusterName}.apiServer`, found, 'write apiServer: { cidrs: [...] }');
  }
  const jobs = Object.entries(shared.jobs).flatMap(([name, job]) => {
    const of = services.find((service) => service.name === job.service);
    return of === undefined ? [] : [withScript(resolveJob(name, job, of, lookup), product, security, offers)];
  });
  const plan: Plan = { ...planSchema.parse({}), backup: shared.backup };
  const backup = resolveBackup(platform, {
    ...{ id, namespace, clusterName, plan, at: null, services, offers, secretPath },
  });
  const rows = shared.projection?.rows ?? null;
  const projects = rows === null ? [] : offers.filter(({ name }) => name === rows.in);
  const routedByTenants = splitRoutes(product.routes).shared.flatMap(({ paths }) => Object.values(paths));
  const solves = cluster.routing.challenge === 'http01' && routedByTenants.length > 0;
  const solver = solverResources(cluster.routing.solver);
  const sizing: Sizing = {
    ...{ services, jobs, offers, solver },
    backup: backup?.resources ?? null,
    certificates: 0,
    solvers: solves ? SOLVERS_AT_ONCE : 0,
    more: rows === null ? NO_LOAD : addLoad(NO_LOAD, PROJECTION_RESOURCES, PROJECTIONS_AT_ONCE),
  };
  const place = {
    platformFile: platform.file,
    planPath: `products.${product.name}.shared`,
    overridden: { services: false, backing: false },
  };
  const labels = spaceLabels(product.name, environment);
  return {
    kind: 'shared',
    id,
    product: product.name,
    environment,
    namespace,
    clusterName,
    cluster,
    labels,
    namespaceLabels: { ...labels, 'tenantry.dev/product': product.name },
    namespaceAnnotations: {},
    suspended: false,
    services,
    jobs,
    offers,
    routes,
    roles: [],
    identities,
    rateLimit: null,
    metricLabels: { product: product.name },
    quota: {
      ...resolveQuota(sizing, plan, {}, null, place, placeReport),
      // Each tenant may have its own there, and nothing here may depend on how many tenants there are.
      secrets: MANY,
      configMaps: MANY,
      ...(solves ? { services: MANY } : {}),
    },
    jobQuota: resolveJobQuota(sizing),
    containerLimits: resolveContainerLimits(sizing, {}, place, placeReport),
    priorityClass: priorityClass(shared.priority),
    nodePool: null,
    backup,
    stateKey: stateKey(product.sharedBacking, {
      ...{ environment, clusterName, cluster, servers: {} },
      name: `_${id}.${product.name}`,
    }),
    secretReader: { role: readerRole(cluster, readerId(product.name, clusterName), namespace) },
    shared: null,
    projects,
    projectsSecrets: Object.keys(shared.projection?.secrets ?? {}).length > 0,
    projectedPaths: projectedPaths(product, shared, environment),
    solves,
    routedByTenants: [...new Set(routedByTenants)].sort(),
  };
}

// --- internal ---

/** Tenants have logins of their own in it, so that nothing but its own logins' limits bounds what these open. */
function uncapped(offer: Offer): Offer {
  const logins = (offer.details.logins ?? []) as readonly Login[];
  const sum = logins.reduce((total, { connections }) => total + connections, 0);
  return (offer.connections ?? 0) === 0 ? offer : { ...offer, connections: Math.max(sum, offer.connections ?? 0) };
}

/** Forced policies are for dumps too: one that reads all rows says that it knows of them. */
function dumpedWhole(offer: Offer): Offer {
  return offer.dump?.tool === 'pg_dump' ? { ...offer, dump: { ...offer.dump, rowSecurity: true } } : offer;
}

/** The job that migrates the tables of all tenants closes them again. */
function withScript(
  job: ResolvedJob,
  { name, shared }: ProductModel,
  security: RowSecurity | null,
  offers: readonly Offer[],
): ResolvedJob {
  const backing = offers.find((offer) => offer.name === security?.of);
  if (security === null || backing === undefined || migratingJob(security, shared) !== job.name) return job;
  const uses = [...new Set([...job.service.uses, backing.name])].sort();
  const file = rowSecurityPath(name).replace(/^.*\//, '');
  const script = { file, sql: rowSecuritySql(name, security), backing, image: security.image };
  return { ...job, service: { ...job.service, uses }, script };
}

/**
 * What a store knows the reader by in place of a tenant's id: every product's reads its own entries only, and templates such as
 * `store-{id}` know no product. As short as a tenant's, so that what a template makes of one it makes of the other.
 */
function readerId(product: string, clusterName: string): string {
  return cut(`shared-${product}-${clusterName}`, 32);
}

/** More than a cluster has tenants: a count that bounds nothing but accidents. */
const MANY = 100_000;

/** Certificates that are made at the same time, and projections that are written: more of either wait. */
const SOLVERS_AT_ONCE = 10;
const PROJECTIONS_AT_ONCE = 10;

/** Entries of every tenant that are projected, whichever login is in use. */
function projectedPaths({ name: product, names }: ProductModel, shared: Shared, environment: string): string[] {
  const backing = new Set<string>();
  for (const value of Object.values(shared.projection?.secrets ?? {})) {
    references(value, ({ source, name }) => {
      if (source === 'backing') backing.add(name);
    });
  }
  return [...backing]
    .flatMap((name) => [name, `${name}-a`, `${name}-b`])
    .map((name) => everyTenant(names.secretPath, { product, environment, name }));
}

function lookupShared(
  product: ProductModel,
  shared: Shared,
  offers: Space['offers'],
  cluster: Cluster,
  clusterName: string,
  report: Report,
) {
  return ({ source, name, output }: Reference): Parts => {
    if (source === 'backing') return offers.find((offer) => offer.name === name)?.outputs[output] ?? [''];
    if (source === 'endpoint') {
      const found = Object.hasOwn(cluster.endpoints, name) ? cluster.endpoints[name] : undefined;
      if (found === undefined)
        report(
          'E_PLATFORM_FIELD',
          `clusters.${clusterName}.endpoints`,
          `shared services of ${product.name} call ${show(name)}, which ${show(clusterName)} does not offer`,
          `write ${name}: { url, peer, port }`,
        );
      return [found?.url ?? ''];
    }
    if (source === 'public')
      return [publicAddress(product, name, { cluster: clusterName, region: cluster.region }) ?? ''];
    const port = shared.services[name]?.port ?? null;
    return [output === 'host' || port === null ? cut(name, 'dnsLabel') : `http://${name}:${port}`];
  };
}
