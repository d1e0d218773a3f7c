import { NO_LOAD, solverResources } from './capacity';
import { type Problem, show, TenantryError } from './errors';
import { parseWith } from './explain';
import { cut, expand } from './names';
import { egressProblem } from './outside';
import { type PlatformModel, parsePlatform } from './parse-platform';
import type { ProductModel } from './parse-product';
import type { Plan } from './plan-schema';
import type { Cluster, Platform } from './platform';
import type { Report } from './report';
import { resolveBackup } from './resolve-backup';
import {
  checkDomains,
  checkSizes,
  chooseFeatures,
  chooseJurisdiction,
  chooseLimits,
  chooseNames,
  choosePool,
  chooseServiceOverrides,
  chooseSettings,
} from './resolve-choices';
import { claimsOf, uniqueValues } from './resolve-claims';
import { hostsOf, lookupFor, sharedNamespace } from './resolve-lookup';
import { resolveOffers } from './resolve-offers';
import { resolveProjection } from './resolve-projection';
import { hostsByService, resolveRoutes, splitRoutes, valuesAt } from './resolve-routes';
import { inSteps, resolveJob, resolveService } from './resolve-services';
import { priorityClass, sharedHosts, sharedSpace } from './resolve-shared';
import { readerRole, resolveContainerLimits, resolveJobQuota, resolveQuota, type Sizing } from './resolve-space';
import type { ResolvedService, Tenant } from './resolved';
import { routingProblem } from './routing';
import { spaceLabels } from './space-labels';
import { type TenantData, type TenantFile, tenantSchema } from './tenant';
import { labelValue } from './text';
import { type Condition, plainText, resolveValue, type Value } from './values';

/** The one step from what people wrote to the resolved tenant. */

export interface Resolution {
  /** Null where there are problems. */
  readonly tenant: Tenant | null;
  readonly problems: readonly Problem[];
}

/** Checks one tenant against its platform and applies every default. Needs nothing of other tenants. */
export function resolveTenant(platform: PlatformModel, file: string, input: unknown): Resolution {
  const problems: Problem[] = [];
  const report: Report = (code, path, found, fix, where = file) =>
    problems.push({ code, file: where, path, found, fix });
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

interface Chosen {
  readonly product: ProductModel;
  readonly cluster: Cluster;
  readonly plan: Plan;
}

function resolveWith(platform: PlatformModel, file: string, data: TenantData, chosen: Chosen, report: Report): Tenant {
  const { product, cluster, plan } = chosen;
  const { id, placement } = data;
  const { environment } = platform;
  const variables = { id, product: product.name, environment };
  const namespace = cut(expand(product.names.namespace, variables), 'namespace');
  const secretPath = (name: string) => expand(product.names.secretPath, { ...variables, name });
  const settings = chooseSettings(product, data.settings, report);
  const features = chooseFeatures(product, plan, data, report);
  const limits = chooseLimits(plan, data, report);
  const jurisdiction = chooseJurisdiction(platform, cluster, data, report);
  const pool = choosePool(plan, cluster, data, report);
  const domains = checkDomains(platform, plan, data, report);
  checkUnique(settings, product.uniqueSettings, report);
  checkSettingLimits(product, data.plan, settings, limits, report);

  const isOn = (feature: string | null) => feature === null || features[feature] === true;
  const enabled = new Set(
    Object.keys(product.services).filter((name) => isOn(product.services[name]?.feature ?? null)),
  );
  const isMet = (conditions: readonly Condition[]) => conditions.every((c) => (features[c.feature] === true) === c.on);
  const wanted = splitRoutes(product.routes);
  const routeContext = { id, apex: product.apex, domains, settings, report };
  const routes = resolveRoutes({ services: product.services, enabled }, wanted.own, routeContext);
  const sharedServices = product.shared?.services ?? {};
  const sharedRoutes = resolveRoutes(
    { services: sharedServices, enabled: new Set(Object.keys(sharedServices)) },
    wanted.shared,
    routeContext,
  );
  const ofShared = sharedSpace(platform, product, placement)?.offers ?? [];
  const offers = resolveOffers(
    product.backing.filter((backing) => isOn(backing.feature)),
    {
      id,
      product: product.name,
      environment,
      namespace,
      platform,
      clusterName: placement,
      cluster,
      jurisdiction,
      apex: product.apex,
      domains: domains.filter((domain) => domain !== null),
      hosts: hostsByService([...routes, ...sharedRoutes]),
      sharedHosts: sharedHosts(product),
      settings,
      features,
      limits,
      servers: data.servers,
      plan: plan.backing,
      overrides: data.overrides?.backing ?? {},
      shared: ofShared,
      secretPath,
      report,
    },
    product.backing.map(({ name }) => name),
  );

  const hosts = hostsOf(routes);
  const shared = sharedNamespace(product);
  const facts = {
    id,
    displayName: data.displayName,
    product: product.name,
    plan: data.plan,
    environment,
    region: cluster.region,
    jurisdiction,
    namespace,
    contact: data.contact,
    createdOn: data.createdOn,
    status: data.lifecycle.state,
    billingId: data.billing.id ?? '',
    costCenter: data.billing.costCenter ?? '',
    department: data.billing.department ?? '',
    host: hosts[0] ?? '',
    hosts: hosts.join(','),
    urls: hosts.map((host) => `https://${host}`).join(','),
    url: hosts[0] === undefined ? '' : `https://${hosts[0]}`,
  };
  const { endpoints } = cluster;
  const lookup = lookupFor({
    ...{ product, facts, settings, limits, features, offers, shared, endpoints },
    clusterName: placement,
    report,
  });
  const texts = (values: Readonly<Record<string, Value>>) =>
    Object.fromEntries(Object.entries(values).map(([key, value]) => [key, plainText(resolveValue(value, lookup))]));

  const identities = Object.entries(product.identities).map(([name, { serviceAccount, ...identity }]) => ({
    name,
    serviceAccount: cut(expand(serviceAccount, { id }), 'dnsLabel'),
    ...identity,
  }));
  const overrides = chooseServiceOverrides(product, enabled, data, report);
  const accounts = Object.fromEntries(identities.map(({ name, serviceAccount }) => [name, serviceAccount]));
  const every = [...enabled].flatMap((name): ResolvedService[] => {
    const service = product.services[name];
    if (service === undefined) return [];
    const context = { lookup, identities: accounts, plan: plan.services, overrides, isMet };
    const resolved = resolveService(name, service, context);
    checkSizes(name, resolved, report);
    if (resolved.identity !== null && cluster.apiServer === null) {
      const found = `${name} acts on the API server, and ${show(placement)} does not say where that is`;
      report(
        'E_PLATFORM_FIELD',
        `clusters.${placement}.apiServer`,
        found,
        'write apiServer: { cidrs: [...] }',
        platform.file,
      );
    }
    for (const { to } of resolved.egress) {
      const problem = egressProblem(to, cluster);
      if (problem !== null)
        report(
          'E_TENANT_PLAN',
          'placement',
          `${name} of ${product.name} cannot run on ${show(placement)}: ${problem}`,
          'narrow the egress of the product',
        );
    }
    return [{ ...resolved, calls: resolved.calls.filter((called) => enabled.has(called)) }];
  });
  const services = inSteps(every);
  const jobs = Object.entries(product.jobs).flatMap(([name, job]) => {
    const of = services.find((service) => service.name === job.service);
    return of === undefined ? [] : [resolveJob(name, job, of, lookup, isMet)];
  });
  const backup = resolveBackup(platform, {
    id,
    namespace,
    clusterName: placement,
    plan,
    at: data.backup.at,
    services,
    offers,
    secretPath,
  });
  const storeJurisdiction = backup === null ? jurisdiction : platform.regions[backup.store.region]?.jurisdiction;
  if (backup !== null && storeJurisdiction !== jurisdiction) {
    const found = `backups in ${show(backup.storeName)} would lie in ${show(storeJurisdiction)}, and the data must stay in ${show(jurisdiction)}`;
    report('E_RESIDENCY', `clusters.${placement}.backupStore`, found, `name a store in ${jurisdiction}`, platform.file);
  }

  const customHosts = routes.flatMap((route) => route.hosts).filter(({ kind }) => kind === 'custom').length;
  const solvers = cluster.routing.challenge === 'http01' ? customHosts : 0;
  const solver = solverResources(cluster.routing.solver);
  const sizing: Sizing = {
    services,
    jobs,
    offers,
    backup: backup?.resources ?? null,
    certificates: customHosts,
    solvers,
    solver,
    more: NO_LOAD,
  };
  const place = {
    platformFile: platform.file,
    planPath: `products.${product.name}.plans.${data.plan}`,
    hasServiceOverrides: Object.keys(overrides).length > 0,
  };
  const quota = resolveQuota(sizing, plan, data.overrides?.quota ?? {}, pool, place, report);
  const containerLimits = resolveContainerLimits(sizing, plan.containers, place, report);

  const { state } = data.lifecycle;
  const rateLimit = data.overrides?.rateLimit ?? plan.rateLimit;
  const unserved =
    routes.length + sharedRoutes.length === 0
      ? null
      : routingProblem(cluster.routing, {
          rateLimit,
          suspended: state === 'suspended',
          customDomains: customHosts + sharedRoutes.length > 0,
        });
  if (unserved !== null)
    report(
      'E_ROUTING',
      'placement',
      `${show(placement)} cannot serve this tenant: ${unserved}`,
      'place it on a cluster whose controller can, or choose another plan',
    );

  const labels = {
    ...spaceLabels(product.name, environment),
    ...texts(product.labels),
    tenant: id,
    plan: data.plan,
    ...(data.billing.costCenter === null ? {} : { 'cost-center': data.billing.costCenter }),
    ...(data.billing.id === null ? {} : { 'billing-id': data.billing.id }),
    ...(data.billing.department === null ? {} : { department: data.billing.department }),
  };
  checkLabels(labels, report);
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
    roles: Object.entries(product.roles).map(([name, role]) => ({
      name,
      rules: role.rules,
      groups: role.groups.map((group) => expand(group, { id, namespace, product: product.name, role: name })),
    })),
    identities,
    rateLimit,
    metricLabels: {
      ...{ product: product.name, tenant_id: id, tenant: id, plan: data.plan },
      ...texts(product.metricLabels),
    },
    quota,
    jobQuota: resolveJobQuota(sizing),
    containerLimits,
    priorityClass: priorityClass(plan.priority),
    nodePool: pool,
    backup,
    secretReader: { role: readerRole(cluster, id, namespace) },
    shared,
    projects: [],
    projectsSecrets: false,
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
    claims: claimsOf({
      id,
      product: product.name,
      namespace,
      placement,
      storageClass: cluster.storageClass,
      routes,
      sharedRoutes,
      services,
      offers,
      backup,
      settings,
      uniqueSettings: product.uniqueSettings,
    }),
  };
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

/** Other tenants are compared by their claims; a tenant's own values stand here side by side. */
function checkUnique(settings: unknown, uniqueSettings: readonly string[], report: Report): void {
  const seen = new Map<string, string>();
  for (const { setting, path, text } of uniqueValues(settings, uniqueSettings)) {
    const before = seen.get(`${setting} ${text}`);
    if (before !== undefined)
      report('E_CLAIM', path, `${show(JSON.parse(text))} is that of ${before} already`, 'write another');
    seen.set(`${setting} ${text}`, path);
  }
}

/** Values at a path of the settings, such as sites, are as many as the plan's limit allows. */
function checkSettingLimits(
  { settingLimits }: ProductModel,
  plan: string,
  settings: unknown,
  limits: Readonly<Record<string, number | 'unlimited'>>,
  report: Report,
): void {
  for (const [path, name] of Object.entries(settingLimits)) {
    const count = valuesAt(settings, path).length;
    const most = limits[name];
    if (typeof most !== 'number' || count <= most) continue;
    const found = `the plan ${show(plan)} includes ${most} of ${show(name)}, got ${count}`;
    report('E_TENANT_PLAN', `settings.${path}`, found, 'remove some, or choose a larger plan');
  }
}

function checkLabels(labels: Readonly<Record<string, string>>, report: Report): void {
  for (const [key, text] of Object.entries(labels)) {
    if (text === '' || labelValue.safeParse(text).success) continue;
    report(
      'E_TENANT_FIELD',
      '',
      `the label ${show(key)} would be ${show(text)}, which no label can hold`,
      'write letters, digits, "-", "_" and "." where it comes from, at most 63, or let the product make it an annotation',
    );
  }
}
