import { oneOf, show, suggest } from './errors';
import { formatPath } from './explain';
import { canonicalHost, isUnder } from './hosts';
import type { PlatformModel } from './parse-platform';
import type { ProductModel } from './parse-product';
import type { Plan } from './plan-schema';
import type { Cluster, NodePool } from './platform';
import { type Report, reportMessage } from './report';
import { checkSettingLimits, checkUnique, chooseSettings } from './resolve-settings';
import type { ResolvedService } from './resolved';
import type { TenantData } from './tenant';

/** What a tenant chooses of its product and plan: each function checks one choice and gives what holds. */

/** What a tenant is made of, by its names. */
export interface Chosen {
  readonly product: ProductModel;
  readonly cluster: Cluster;
  readonly plan: Plan;
}

/** Everything that it chooses besides. */
export interface Choices {
  readonly settings: unknown;
  readonly features: Readonly<Record<string, boolean>>;
  readonly limits: Readonly<Record<string, number | 'unlimited'>>;
  readonly jurisdiction: string;
  readonly pool: NodePool | null;
  /** Custom domains, null in the place of those that are none. */
  readonly domains: readonly (string | null)[];
}

export function chooseAll(
  platform: PlatformModel,
  { product, cluster, plan }: Chosen,
  data: TenantData,
  report: Report,
): Choices {
  const settings = chooseSettings(product, data.settings, report);
  const features = chooseFeatures(product, plan, data, report);
  const limits = chooseLimits(plan, data, report);
  const jurisdiction = chooseJurisdiction(platform, cluster, data, report);
  const pool = choosePool(plan, cluster, data, report);
  const domains = checkDomains(platform, plan, data, report);
  checkUnique(settings, product.uniqueSettings, report);
  checkSettingLimits(product, data.plan, settings, limits, report);
  return { settings, features, limits, jurisdiction, pool, domains };
}

/** Product, plan and placement by name. Works on input that is otherwise wrong, so that all mistakes are told at once. */
export function chooseNames(
  platform: PlatformModel,
  input: { readonly product?: unknown; readonly plan?: unknown; readonly placement?: unknown },
  report: Report,
): Chosen | null {
  const { product: productName, plan: planName, placement } = input;
  const product = typeof productName === 'string' ? platform.products.get(productName) : undefined;
  const cluster = own(platform.clusters, placement);
  const plan = product === undefined ? undefined : own(product.plans, planName);
  if (typeof productName === 'string' && product === undefined) {
    report(
      'E_TENANT_UNKNOWN',
      'product',
      `unknown product ${show(productName)}`,
      suggest(productName, [...platform.products.keys()]),
    );
  }
  if (typeof placement === 'string' && cluster === undefined) {
    report(
      'E_TENANT_UNKNOWN',
      'placement',
      `unknown placement ${show(placement)}`,
      suggest(placement, Object.keys(platform.clusters)),
    );
  }
  if (typeof planName === 'string' && product !== undefined && plan === undefined) {
    report(
      'E_TENANT_UNKNOWN',
      'plan',
      `${product.name} has no plan ${show(planName)}`,
      suggest(planName, Object.keys(product.plans)),
    );
  }
  if (product === undefined || cluster === undefined || plan === undefined) return null;
  if (!offers(cluster, product.name)) {
    const offering = Object.keys(platform.clusters).filter((name) => offers(platform.clusters[name], product.name));
    report(
      'E_TENANT_UNKNOWN',
      'placement',
      `${show(placement)} does not offer ${product.name}`,
      offering.length === 0 ? 'offer it on a cluster first' : `write ${oneOf(offering)}`,
    );
  }
  return { product, cluster, plan };
}

/** Overrides of services that this tenant has. */
export function chooseServiceOverrides(
  product: ProductModel,
  enabled: ReadonlySet<string>,
  data: TenantData,
  report: Report,
) {
  const overrides = data.overrides?.services ?? {};
  for (const [name, override] of Object.entries(overrides)) {
    const path = formatPath('overrides.services', [name]);
    if (!enabled.has(name))
      report('E_TENANT_UNKNOWN', path, `this tenant has no service ${show(name)}`, suggest(name, [...enabled]));
    const volumes = Object.keys(product.services[name]?.volumes ?? {});
    for (const volume of Object.keys(override.volumes ?? {})) {
      if (!volumes.includes(volume))
        report(
          'E_TENANT_UNKNOWN',
          formatPath(path, ['volumes', volume]),
          `the service has no volume ${show(volume)}`,
          volumes.length === 0 ? 'remove it' : suggest(volume, volumes),
        );
    }
  }
  return overrides;
}

/** Whether a service still makes sense after plan and overrides were applied. */
export function checkSizes(name: string, { replicas, resources, volumes }: ResolvedService, report: Report): void {
  const path = `overrides.services.${name}`;
  if (replicas.min > replicas.max)
    report(
      'E_TENANT_FIELD',
      `${path}.replicas`,
      `expected min to be at most max, got ${replicas.min} and ${replicas.max}`,
      'write both',
    );
  if (volumes.length > 0 && replicas.max > 1)
    report(
      'E_TENANT_FIELD',
      `${path}.replicas`,
      `${replicas.max} replicas would share a volume that one node mounts`,
      'write 1',
    );
  for (const key of ['cpu', 'memoryMiB', 'ephemeralMiB'] as const) {
    const request = resources.requests[key];
    if (resources.limits[key] < request)
      report(
        'E_TENANT_FIELD',
        `${path}.limits.${key}`,
        `expected at least the request of ${request}, got ${resources.limits[key]}`,
        `write at least ${request}`,
      );
  }
}

// --- internal ---

/** Every feature of the product, on or off. */
function chooseFeatures(product: ProductModel, plan: Plan, data: TenantData, report: Report): Record<string, boolean> {
  const known = Object.keys(product.features);
  for (const [name, on] of Object.entries(data.features)) {
    const path = formatPath('features', [name]);
    if (!known.includes(name)) {
      report(
        'E_TENANT_UNKNOWN',
        path,
        `${product.name} has no feature ${show(name)}`,
        known.length === 0 ? 'remove it' : suggest(name, known),
      );
    } else if (on && plan.features[name] === undefined) {
      const having = Object.keys(product.plans).filter((other) => product.plans[other]?.features[name] !== undefined);
      report(
        'E_TENANT_PLAN',
        path,
        `the plan ${show(data.plan)} does not include ${show(name)}`,
        having.length === 0 ? 'remove it' : `remove it, or choose the plan ${having.join(' or ')}`,
      );
    }
  }
  return Object.fromEntries(
    known.map((name) => [
      name,
      plan.features[name] === undefined ? false : (data.features[name] ?? plan.features[name] === 'included'),
    ]),
  );
}

/** The plan's limits, with what the tenant's overrides change. */
function chooseLimits(plan: Plan, data: TenantData, report: Report): Record<string, number | 'unlimited'> {
  const overrides = data.overrides?.limits ?? {};
  const known = Object.keys(plan.limits);
  for (const name of Object.keys(overrides)) {
    if (!known.includes(name))
      report(
        'E_TENANT_UNKNOWN',
        formatPath('overrides.limits', [name]),
        `the plan has no limit ${show(name)}`,
        known.length === 0 ? 'remove it' : suggest(name, known),
      );
  }
  return { ...plan.limits, ...overrides };
}

/** The jurisdiction that all data stays in: that of the placement, which must be the one that the tenant asks for. */
function chooseJurisdiction(platform: PlatformModel, cluster: Cluster, data: TenantData, report: Report): string {
  const of = (c: Cluster) => platform.regions[c.region]?.jurisdiction ?? '';
  const wanted = data.residency;
  if (wanted !== null && wanted !== of(cluster)) {
    const fitting = Object.entries(platform.clusters).flatMap(([name, c]) => (of(c) === wanted ? [name] : []));
    report(
      'E_RESIDENCY',
      'placement',
      `${show(data.placement)} lies in ${show(of(cluster))}, and the data must stay in ${show(wanted)}`,
      fitting.length === 0 ? `add a cluster in ${wanted}, or write another residency` : `write ${oneOf(fitting)}`,
    );
  }
  return of(cluster);
}

/** Custom domains: as many as the plan has, each a host that somebody can own. Gives those, null in the place of others. */
function checkDomains({ products }: PlatformModel, plan: Plan, data: TenantData, report: Report): (string | null)[] {
  const allowed = plan.customDomains === 'unlimited' ? Number.POSITIVE_INFINITY : plan.customDomains;
  if (data.domains.length > allowed) {
    const includes = allowed === 0 ? 'no custom domain' : `${allowed} custom domain${allowed === 1 ? '' : 's'}`;
    report(
      'E_TENANT_PLAN',
      'domains',
      `the plan ${show(data.plan)} includes ${includes}, got ${data.domains.length}`,
      'remove some, or choose a larger plan',
    );
  }
  const seen = new Map<string, number>();
  return data.domains.map((domain, i) => {
    const path = `domains[${i}]`;
    const { host, problem } = canonicalHost(domain);
    if (host === undefined) {
      reportMessage(report, 'E_TENANT_FIELD', path, problem);
      return null;
    }
    const owner = [...products.values()].find(({ apex }) => isUnder(host, apex));
    if (owner !== undefined)
      report(
        'E_HOST',
        path,
        `${show(domain)} lies under ${owner.apex}, below which ${owner.name} gives hosts by id`,
        'write a domain of the tenant’s own',
      );
    if (host.startsWith('*.'))
      report(
        'E_TENANT_FIELD',
        path,
        `${show(domain)} is a wildcard, and nobody can prove to own all names below a domain`,
        'write each host by itself',
      );
    const before = seen.get(host);
    if (before !== undefined)
      report('E_HOST', path, `${show(domain)} is the host of domains[${before}] already`, 'remove it');
    seen.set(host, i);
    return host;
  });
}

/** Nodes that the plan's pods run on. */
function choosePool(plan: Plan, cluster: Cluster, data: TenantData, report: Report): NodePool | null {
  if (plan.nodePool === null) return null;
  const pool = cluster.nodePools[plan.nodePool];
  if (pool === undefined)
    report(
      'E_TENANT_PLAN',
      'placement',
      `the plan needs the node pool ${show(plan.nodePool)}, which ${show(data.placement)} does not have`,
      'place the tenant on a cluster that has it',
    );
  return pool ?? null;
}

function own<T>(map: Readonly<Record<string, T>>, name: unknown): T | undefined {
  return typeof name === 'string' && Object.hasOwn(map, name) ? map[name] : undefined;
}

function offers(cluster: Cluster | undefined, product: string): boolean {
  return cluster !== undefined && (cluster.products === null || cluster.products.includes(product));
}
