import { derivedQuota, jobLoad, objectCounts, ownServerResources, runningLoad } from './capacity';
import type { Offer } from './offer';
import type { NodePool } from './platform';
import type { Plan, Quota, QuotaOverride } from './product';
import type { Report } from './report';
import type {
  Amounts,
  ContainerResources,
  ResolvedContainerLimits,
  ResolvedJob,
  ResolvedService,
  Space,
} from './resolved';

/** Quotas and container bounds of a namespace: derived from what it may run, and checked against what a plan writes. */

export interface Sizing {
  readonly services: readonly ResolvedService[];
  readonly jobs: readonly ResolvedJob[];
  readonly offers: readonly Offer[];
  readonly backup: ContainerResources | null;
  /** Hosts with certificates of their own whose challenge runs a solver in the namespace. */
  readonly solvers: number;
}

/** Where a problem of sizes is told: a plan that does not hold by itself is the product's mistake, one that an override breaks the tenant's. */
export interface SizingPlace {
  readonly platformFile: string;
  readonly planPath: string;
  readonly hasServiceOverrides: boolean;
}

/** The quota of running pods and objects. A field that is written must hold what may run. */
export function resolveQuota(
  sizing: Sizing,
  plan: Plan,
  override: QuotaOverride,
  pool: NodePool | null,
  place: SizingPlace,
  report: Report,
): Quota {
  const needed = derivedQuota(
    runningLoad(sizing.services, sizing.offers, sizing.solvers),
    objectCounts(sizing.services, sizing.jobs.length, sizing.offers, sizing.solvers),
  );
  const base = plan.quota === 'unlimited' && pool !== null ? boundedBy(pool, needed) : needed;
  const written: QuotaOverride = typeof plan.quota === 'object' ? withOwnServers(plan.quota, sizing.offers) : {};
  const quota: Record<string, number> = { ...base };
  for (const [field, value] of Object.entries({ ...written, ...override }))
    if (value !== undefined) quota[field] = value;
  for (const [field, need] of Object.entries(needed)) {
    const have = quota[field] ?? 0;
    if (have >= need) continue;
    const found = `expected a quota that holds what may run at maximum replicas during a rollout, ${round(need)}, got ${round(have)}`;
    const fix = `write at least ${round(need)}, or fewer replicas`;
    if (override[field as keyof Quota] !== undefined) report('E_QUOTA', `overrides.quota.${field}`, found, fix);
    else if (place.hasServiceOverrides)
      report(
        'E_QUOTA',
        'overrides.services',
        found,
        `add quota: { ${field}: ${round(need)} } to the overrides, or write fewer replicas`,
      );
    else report('E_QUOTA', `${place.planPath}.quota.${field}`, found, fix, place.platformFile);
  }
  return quota as unknown as Quota;
}

/** The quota of pods with a deadline: jobs and backups. */
export function resolveJobQuota(sizing: Sizing): Space['jobQuota'] {
  const { cpu, memoryGiB, limitsCpu, limitsMemoryGiB, pods } = derivedQuota(jobLoad(sizing.jobs, sizing.backup), {
    storageGiB: 0,
    persistentVolumeClaims: 0,
    services: 0,
    secrets: 0,
    configMaps: 0,
  });
  return { cpu, memoryGiB, limitsCpu, limitsMemoryGiB, pods };
}

const DEFAULT_LIMIT: Amounts = { cpu: 0.5, memoryMiB: 512, ephemeralMiB: 1024 };
const DEFAULT_REQUEST: Amounts = { cpu: 0.1, memoryMiB: 128, ephemeralMiB: 64 };
/** cert-manager's solver asks for 10m and 64Mi, the smallest container that is expected anywhere. */
const SMALLEST: Amounts = { cpu: 0.01, memoryMiB: 16, ephemeralMiB: 1 };

/** Bounds of a single container: the plan's, else wide enough for everything that runs. A container outside them is a problem. */
export function resolveContainerLimits(
  sizing: Sizing,
  plan: Plan['containers'],
  place: SizingPlace,
  report: Report,
): ResolvedContainerLimits {
  const containers: [string, ContainerResources][] = [
    ...sizing.services.map((s): [string, ContainerResources] => [s.name, s.resources]),
    ...sizing.jobs.map((j): [string, ContainerResources] => [j.name, j.service.resources]),
    ...sizing.offers.flatMap(({ own }): [string, ContainerResources][] =>
      own === null ? [] : [[own.name, ownServerResources(own)]],
    ),
  ];
  if (sizing.backup !== null) containers.push(['backup', sizing.backup]);
  const largest = containers.reduce(
    (max, [, { limits }]) => eachAmount((key) => Math.max(max[key], limits[key])),
    DEFAULT_LIMIT,
  );
  const bound = (key: 'max' | 'min' | 'default' | 'defaultRequest', otherwise: Amounts): Amounts => ({
    ...otherwise,
    ...defined(plan[key]),
  });
  const max = bound('max', largest);
  const min = bound('min', SMALLEST);
  const problem = (found: string, fix: string) => {
    if (place.hasServiceOverrides) report('E_QUOTA', 'overrides.services', found, fix);
    else report('E_QUOTA', `${place.planPath}.containers`, found, fix, place.platformFile);
  };
  for (const [name, { requests, limits }] of containers) {
    for (const key of ['cpu', 'memoryMiB', 'ephemeralMiB'] as const) {
      if (limits[key] > max[key])
        problem(
          `the limit of ${name}, ${key} ${limits[key]}, is above the plan's ${max[key]} for a container`,
          `raise containers.max.${key} or lower the limit`,
        );
      if (requests[key] < min[key])
        problem(
          `the request of ${name}, ${key} ${requests[key]}, is below the plan's ${min[key]} for a container`,
          `lower containers.min.${key} or raise the request`,
        );
    }
  }
  const within = (amounts: Amounts) => eachAmount((key) => Math.min(Math.max(amounts[key], min[key]), max[key]));
  const limit = within(bound('default', DEFAULT_LIMIT));
  const request = bound('defaultRequest', DEFAULT_REQUEST);
  return {
    max,
    min,
    default: limit,
    defaultRequest: eachAmount((key) => Math.min(Math.max(request[key], min[key]), limit[key])),
  };
}

// --- internal ---

/** What a plan writes is for the application; a tenant's own servers come on top. */
function withOwnServers(quota: QuotaOverride, offers: readonly Offer[]): QuotaOverride {
  const servers = runningLoad([], offers, 0);
  const counts = objectCounts([], 0, offers, 0);
  const base = objectCounts([], 0, [], 0);
  const more: Partial<Record<keyof Quota, number>> = {
    cpu: servers.milliCpu / 1000,
    memoryGiB: servers.memoryMiB / 1024,
    limitsCpu: servers.limitMilliCpu / 1000,
    limitsMemoryGiB: servers.limitMemoryMiB / 1024,
    pods: servers.pods,
    storageGiB: counts.storageGiB,
    persistentVolumeClaims: counts.persistentVolumeClaims,
    services: counts.services - base.services,
    secrets: counts.secrets - base.secrets,
    configMaps: counts.configMaps - base.configMaps,
  };
  return Object.fromEntries(
    Object.entries(quota).map(([field, value]) => [
      field,
      value === undefined ? value : Math.round((value + (more[field as keyof Quota] ?? 0)) * 1024000) / 1024000,
    ]),
  );
}

/** `unlimited` ends where the node pool does. */
function boundedBy(pool: NodePool, needed: Quota): Quota {
  return {
    ...needed,
    cpu: pool.cpu,
    memoryGiB: pool.memoryGiB,
    limitsCpu: pool.cpu,
    limitsMemoryGiB: pool.memoryGiB,
    // 110 pods a node is Kubernetes' own limit; a pool of the smallest useful nodes has one for each four cores.
    pods: Math.max(needed.pods, Math.ceil(pool.cpu / 4) * 110),
    storageGiB: Math.max(needed.storageGiB, pool.storageGiB),
  };
}

function eachAmount(of: (key: keyof Amounts) => number): Amounts {
  return { cpu: of('cpu'), memoryMiB: of('memoryMiB'), ephemeralMiB: of('ephemeralMiB') };
}

function defined(amounts: Partial<Record<keyof Amounts, number | undefined>> | undefined): Partial<Amounts> {
  return Object.fromEntries(Object.entries(amounts ?? {}).filter(([, value]) => value !== undefined));
}

function round(amount: number): number {
  return Math.ceil(amount * 1000) / 1000;
}
