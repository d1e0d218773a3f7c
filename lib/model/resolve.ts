import { type Problem, show, TenantryError } from './errors';
import { parseWith } from './explain';
import { cut, expand } from './names';
import { type PlatformModel, parsePlatform } from './parse-platform';
import type { Platform } from './platform';
import type { Report } from './report';
import { resolveBackup } from './resolve-backup';
import { type Chosen, chooseAll, chooseNames } from './resolve-choices';
import { claimsOf } from './resolve-claims';
import { connectionsOf, resolveCredentials } from './resolve-credentials';
import { resolveFacts, resolveLabels } from './resolve-facts';
import { lookupFor, sharedNamespace } from './resolve-lookup';
import { resolveOffers } from './resolve-offers';
import { resolveProjection } from './resolve-projection';
import { groupsOfTenant, resolveRoles } from './resolve-roles';
import { hostsByService } from './resolve-routes';
import { resolveRouting } from './resolve-routing';
import { priorityClass, sharedSpace } from './resolve-shared';
import { resolveSizes } from './resolve-sizes';
import { readerRole } from './resolve-space';
import { resolveWorkloads } from './resolve-workloads';
import type { ResolvedBackup, Tenant } from './resolved';
import { sharedHosts } from './shared-hosts';
import { stateKey } from './state-key';
import { type TenantData, type TenantFile, tenantSchema } from './tenant';
import { plainText, resolveValue, type Value } from './values';

/** The one step from what people wrote to the resolved tenant. */

export interface Resolution {
  /** Null where there are problems. */
  readonly tenant: Tenant | null;
  readonly problems: readonly Problem[];
}

/** Checks one tenant against its platform and applies every default. Needs nothing of other tenants. */
export function resolveTenant(platform: PlatformModel, file: string, input: unknown): Resolution {
  const problems: Problem[] = [];
  const told = new Set<string>();
  const report: Report = (code, path, found, fix, where = file) => {
    // One mistake may be met in several places, such as a setting that own and shared routes have hosts of.
    const key = JSON.stringify([code, where, path, found]);
    if (!told.has(key)) problems.push({ code, file: where, path, found, fix });
    told.add(key);
  };
  const { data, problems: wrong } = parseWith(tenantSchema, input, { code: 'E_TENANT_FIELD', file });
  problems.push(...wrong);
  const chosen = chooseNames(platform, data ?? namesIn(input), report);
  if (data === null || chosen === null) return { tenant: null, problems };
  const tenant = resolveWith(platform, file, data, chosen, report);
  return { tenant: problems.length === 0 ? tenant : null, problems };
}

/**
 * Resolves one tenant in a program of one's own.
 * @throws a TenantryError with every problem of the platform, or of the tenant
 */
export function resolve(platform: Platform, tenant: TenantFile, file = 'tenant'): Tenant {
  const { platform: model, problems } = parsePlatform(platform, 'platform');
  if (model === null) throw new TenantryError(problems);
  if ((tenant as TenantFile | undefined)?.kind !== 'tenantry.tenant') {
    const found = `expected what defineTenant returns, got ${show(tenant)}`;
    throw new TenantryError([{ code: 'E_FILE_NO_TENANT', file, path: '', found, fix: 'write defineTenant({ ... })' }]);
  }
  const resolution = resolveTenant(model, file, tenant.input);
  if (resolution.tenant === null) throw new TenantryError(resolution.problems);
  return resolution.tenant;
}

// --- internal ---

function resolveWith(platform: PlatformModel, file: string, data: TenantData, chosen: Chosen, report: Report): Tenant {
  const { product, cluster, plan } = chosen;
  const { id, placement } = data;
  const { environment } = platform;
  const variables = { id, product: product.name, environment };
  const namespace = cut(expand(product.names.namespace, variables), 'namespace');
  const key = stateKey(product.backing, {
    ...{ environment, clusterName: placement, cluster, name: id },
    servers: data.servers,
  });
  const names = { id, namespace, product: product.name };
  const secretPath = (name: string) => expand(product.names.secretPath, { ...variables, name });
  const choices = chooseAll(platform, chosen, data, report);
  const { settings, features, limits, jurisdiction, pool, domains } = choices;

  const isOn = (feature: string | null) => feature === null || features[feature] === true;
  const enabled = new Set(
    Object.keys(product.services).filter((name) => isOn(product.services[name]?.feature ?? null)),
  );
  const { routes, sharedRoutes, rateLimit } = resolveRouting(platform, chosen, choices, data, enabled, report);
  const ofShared = sharedSpace(platform, product, placement)?.offers ?? [];
  const offers = resolveOffers(
    product.backing.filter((backing) => isOn(backing.feature)),
    {
      ...{ ...variables, namespace, platform, clusterName: placement, cluster, jurisdiction },
      apex: product.apex,
      domains: domains.filter((domain) => domain !== null),
      hosts: hostsByService([...routes, ...sharedRoutes]),
      sharedHosts: sharedHosts(product, { cluster: placement, region: cluster.region }),
      ...{ settings, features, limits },
      servers: data.servers,
      credentials: data.credentials,
      plan: plan.backing,
      overrides: data.overrides?.backing ?? {},
      shared: ofShared,
      productPath: `products.${product.name}.backing`,
      ...{ secretPath, report },
    },
    product.backing.map(({ name }) => name),
  );

  const shared = sharedNamespace(product);
  const lookup = lookupFor({
    ...{ product, settings, limits, features, offers, shared },
    facts: resolveFacts(data, { chosen, environment, jurisdiction, namespace, routes }),
    endpoints: cluster.endpoints,
    clusterName: placement,
    report,
  });
  const texts = (values: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, plainText(resolveValue(value, lookup))]));
  const workloads = resolveWorkloads(platform, chosen, data, { enabled, features, lookup, report });
  const { services, jobs, identities } = workloads;
  const backup = resolveBackup(platform, {
    ...{ id, namespace, clusterName: placement, plan, services, offers, secretPath },
    at: data.backup.at,
  });
  checkStore(platform, placement, jurisdiction, backup, report);

  const runs = { services, jobs, offers, backup, routes, pool };
  const sizes = resolveSizes(platform, chosen, data, runs, report);

  const { state } = data.lifecycle;
  const labels = resolveLabels(data, product.name, environment, texts(product.labels), report);
  return {
    kind: 'tenant',
    id,
    file,
    product: product.name,
    environment,
    namespace,
    clusterName: placement,
    cluster,
    labels,
    namespaceLabels: { ...labels, 'tenantry.dev/product': product.name },
    namespaceAnnotations: {
      'tenantry.dev/display-name': data.displayName,
      'tenantry.dev/contact': data.contact,
      'tenantry.dev/created-on': data.createdOn,
      ...texts(product.annotations),
    },
    suspended: state === 'suspended',
    services,
    jobs,
    offers,
    routes,
    roles: resolveRoles(product, names),
    identities,
    rateLimit,
    metricLabels: {
      ...{ product: product.name, tenant_id: id, tenant: id, plan: data.plan },
      ...texts(product.metricLabels),
    },
    ...sizes,
    priorityClass: priorityClass(plan.priority),
    nodePool: pool,
    backup,
    stateKey: key,
    secretReader: { role: readerRole(cluster, id, namespace) },
    shared,
    projects: [],
    projectsSecrets: false,
    projectedPaths: [],
    solves: false,
    routedByTenants: [],
    displayName: data.displayName,
    contact: data.contact,
    createdOn: data.createdOn,
    state,
    planName: data.plan,
    plan,
    jurisdiction,
    features,
    limits,
    settings,
    sharedRoutes,
    projection: resolveProjection({
      ...{ product, platformFile: platform.file, lookup, settings, limits, report },
      shared: ofShared,
    }),
    credentials: resolveCredentials(data.credentials, offers, {
      known: product.backing.map(({ name }) => name),
      createdOn: data.createdOn,
      report,
    }),
    connections: connectionsOf(offers),
    claims: claimsOf({
      stateKey: key,
      ...{ ...names, placement, routes, sharedRoutes, services, offers, backup, settings },
      storageClass: cluster.storageClass,
      groups: groupsOfTenant(product, names, offers),
      uniqueSettings: product.uniqueSettings,
    }),
  };
}

/** Copies stay where the data must. */
function checkStore(
  { regions, file }: PlatformModel,
  placement: string,
  jurisdiction: string,
  backup: ResolvedBackup | null,
  report: Report,
): void {
  const where = backup === null ? jurisdiction : regions[backup.store.region]?.jurisdiction;
  if (backup === null || where === jurisdiction) return;
  const found = `backups in ${show(backup.storeName)} would lie in ${show(where)}, and the data must stay in ${show(jurisdiction)}`;
  report('E_RESIDENCY', `clusters.${placement}.backupStore`, found, `name a store in ${jurisdiction}`, file);
}

/** What names a product, plan and placement in input that is otherwise wrong; reading it may run code of a registry. */
function namesIn(input: unknown): {
  readonly product?: unknown;
  readonly plan?: unknown;
  readonly placement?: unknown;
} {
  try {
    const { product, plan, placement } = (input ?? {}) as Readonly<Record<string, unknown>>;
    return { product, plan, placement };
  } catch {
    return {};
  }
}
