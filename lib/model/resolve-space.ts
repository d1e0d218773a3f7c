import { derivedQuota, jobLoad, type Load, objectCounts, ownServerResources, runningLoad } from './capacity';
import { expand } from './names';
import type { Offer } from './offer';
import type { Plan, Quota, QuotaOverride } from './plan-schema';
import type { Cluster, NodePool } from './platform';
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
  /** Hosts with certificates of their own. */
  readonly certificates: number;
  /** Those whose challenge runs a solver in the namespace. */
  readonly solvers: number;
  /** What a solver takes. */
  readonly solver: ContainerResources;
  /** What else runs with a deadline. */
  readonly more: Load;
}

/** Where a problem of sizes is told: a plan that does not hold by itself is the product's mistake, one that an override breaks the tenant's. */
export interface SizingPlace {
  readonly platformFile: string;
  readonly planPath: string;
  /** Whether the tenant overrides sizes of services, or of backing services. */
  readonly overridden: { readonly services: boolean; readonly backing: boolean };
}

/** The quota of running pods and objects. A field that is written must hold what may run; own servers come on top of it. */
export function resolveQuota(
  sizing: Sizing,
  plan: Plan,
  override: QuotaOverride,
  pool: NodePool | null,
  place: SizingPlace,
  report: Report,
): Quota {
  const { services, jobs, offers, certificates, solvers, solver } = sizing;
  const needed = derivedQuota(
    runningLoad(services, offers, { count: solvers, resources: solver }),
    objectCounts(services, jobs.length, offers, certificates, solvers),
  );
  const bounds = pool === null ? needed : boundedBy(pool, needed);
  const planned = Object.entries(typeof plan.quota === 'object' ? plan.quota : {});
  const unbounded = planned.flatMap(([field, amount]) => (amount === 'unlimited' ? [field as keyof Quota] : []));
  // What a pool bounds holds own servers already, which run on it as well.
  const base: Quota =
    plan.quota === 'unlimited'
      ? bounds
      : { ...needed, ...Object.fromEntries(unbounded.map((field) => [field, bounds[field]])) };
  const numbers = Object.fromEntries(planned.filter(([, amount]) => amount !== 'unlimited'));
  const written: QuotaOverride = withLimits({ ...numbers, ...defined(override) }, base);
  const servers = onTop(sizing);
  const quota: Record<string, number> = { ...base };
  for (const [field, value] of Object.entries(written))
    if (value !== undefined) quota[field] = exact(value + servers[field as keyof Quota]);
  for (const [name, need] of Object.entries(needed)) {
    const field = name as keyof Quota;
    const have = quota[field] ?? 0;
    if (have >= need) continue;
    // People write what the application may take, and compare it with that.
    const isWritten = written[field] !== undefined;
    const least = atLeast(field, isWritten ? need - servers[field] : need);
    const held = exact(isWritten ? have - servers[field] : have);
    const found = `expected a quota that holds what may run at maximum replicas during a rollout, ${least}, got ${held}`;
    const fix = `write at least ${least}, or fewer replicas`;
    if (override[field] !== undefined) report('E_QUOTA', `overrides.quota.${field}`, found, fix);
    else if (place.overridden.services || place.overridden.backing)
      report(
        'E_QUOTA',
        place.overridden.services ? 'overrides.services' : 'overrides.backing',
        `${field}: ${found}`,
        `add quota: { ${field}: ${least} } to the overrides, or write ${place.overridden.services ? 'fewer replicas' : 'less'}`,
      );
    else report('E_QUOTA', `${place.planPath}.quota.${field}`, found, fix, place.platformFile);
  }
  return quota as unknown as Quota;
}

/** The quota of pods with a deadline: jobs and backups. */
export function resolveJobQuota(sizing: Sizing): Space['jobQuota'] {
  const { cpu, memoryGiB, limitsCpu, limitsMemoryGiB, pods } = derivedQuota(
    sumOf(jobLoad(sizing.jobs, sizing.backup, backupRuns(sizing.services)), sizing.more),
    {
      storageGiB: 0,
      persistentVolumeClaims: 0,
      services: 0,
      secrets: 0,
      configMaps: 0,
    },
  );
  return { cpu, memoryGiB, limitsCpu, limitsMemoryGiB, pods };
}

/** Bounds of a single container: the plan's, else wide enough for everything that runs. A container outside them is a problem. */
export function resolveContainerLimits(
  sizing: Sizing,
  plan: Plan['containers'],
  place: SizingPlace,
  report: Report,
): ResolvedContainerLimits {
  const container = (name: string, resources: ContainerResources, of: Container['of'] = 'services'): Container => ({
    ...{ name, resources, of },
    keys: AMOUNTS,
  });
  const containers: Container[] = [
    ...sizing.services.map((s) => container(s.name, s.resources)),
    ...sizing.jobs.map((j) => container(j.name, j.service.resources)),
    ...sizing.offers.flatMap(({ own }) =>
      own === null ? [] : [container(own.name, ownServerResources(own), 'backing')],
    ),
    ...(sizing.backup === null ? [] : [container('backup', sizing.backup)]),
    // It asks for no scratch space, and is given the default of it.
    ...(sizing.solvers === 0
      ? []
      : [{ name: SOLVER, resources: sizing.solver, keys: ['cpu', 'memoryMiB'] as const, of: null }]),
  ];
  const extreme = (of: 'requests' | 'limits', start: Amounts, pick: (a: number, b: number) => number) =>
    containers.reduce(
      (found, { resources, keys }) =>
        eachAmount((key) => (keys.some((k) => k === key) ? pick(found[key], resources[of][key]) : found[key])),
      start,
    );
  const bound = (key: 'max' | 'min' | 'default' | 'defaultRequest', otherwise: Amounts): Amounts => ({
    ...otherwise,
    ...defined(plan[key]),
  });
  const max = bound('max', extreme('limits', DEFAULT_LIMIT, Math.max));
  const min = bound('min', extreme('requests', SMALLEST, Math.min));
  for (const { name, resources, keys, of } of containers) {
    const problem = (found: string, fix: string) => {
      if (of !== null && place.overridden[of]) report('E_QUOTA', `overrides.${of}`, found, fix);
      else report('E_QUOTA', `${place.planPath}.containers`, found, fix, place.platformFile);
    };
    const request = name === SOLVER ? "raise solver in the cluster's routing and in cert-manager" : 'raise the request';
    for (const key of keys) {
      const [least, most] = [resources.requests[key], resources.limits[key]];
      if (most > max[key])
        problem(
          `the limit of ${name}, ${key} ${most}, is above the plan's ${max[key]} for a container`,
          `raise containers.max.${key}${name === SOLVER ? '' : ' or lower the limit'}`,
        );
      if (least < min[key])
        problem(
          `the request of ${name}, ${key} ${least}, is below the plan's ${min[key]} for a container`,
          `lower containers.min.${key} or ${request}`,
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

/** As what a tenant's or shared namespace's reader is known to the store: a role, or the namespace of its entries. */
export function readerRole({ secretStore }: Cluster, id: string, namespace: string): string {
  const template =
    secretStore.kind === 'vault'
      ? secretStore.role
      : secretStore.kind === 'kubernetes'
        ? secretStore.namespace
        : secretStore.roleArn;
  return expand(template, { id, namespace });
}

// --- internal ---

/** What may be requested may be used: a bound of requests that is written raises that of limits where nothing is written. */
function withLimits(written: QuotaOverride, otherwise: Quota): QuotaOverride {
  const { cpu, memoryGiB, limitsCpu, limitsMemoryGiB } = written;
  return {
    ...written,
    ...(cpu === undefined || limitsCpu !== undefined || cpu <= otherwise.limitsCpu ? {} : { limitsCpu: cpu }),
    ...(memoryGiB === undefined || limitsMemoryGiB !== undefined || memoryGiB <= otherwise.limitsMemoryGiB
      ? {}
      : { limitsMemoryGiB: memoryGiB }),
  };
}

function sumOf(a: Load, b: Load): Load {
  return {
    milliCpu: a.milliCpu + b.milliCpu,
    memoryMiB: a.memoryMiB + b.memoryMiB,
    limitMilliCpu: a.limitMilliCpu + b.limitMilliCpu,
    limitMemoryMiB: a.limitMemoryMiB + b.limitMemoryMiB,
    pods: a.pods + b.pods,
  };
}

/** Backup jobs that may run at once: one for each service with volumes, since two volumes may be mounted on two nodes. */
function backupRuns(services: readonly ResolvedService[]): number {
  return Math.max(services.filter(({ volumes }) => volumes.some(({ backup }) => backup !== 'none')).length, 1);
}

const DEFAULT_LIMIT: Amounts = { cpu: 0.5, memoryMiB: 512, ephemeralMiB: 1024 };
const DEFAULT_REQUEST: Amounts = { cpu: 0.1, memoryMiB: 128, ephemeralMiB: 64 };
/** The smallest container that is expected where nothing smaller runs. */
const SMALLEST: Amounts = { cpu: 0.01, memoryMiB: 16, ephemeralMiB: 1 };

const AMOUNTS = ['cpu', 'memoryMiB', 'ephemeralMiB'] as const;
const SOLVER = "cert-manager's solver";

/** A container with the amounts that it names itself. */
interface Container {
  readonly name: string;
  readonly resources: ContainerResources;
  readonly keys: readonly (keyof Amounts)[];
  /** Which overrides may have sized it. */
  readonly of: keyof SizingPlace['overridden'] | null;
}

/** What is added to each field of a written quota: a tenant's own servers, and the pods that its certificates are proven by. */
function onTop({ offers, certificates, solvers, solver }: Sizing): Quota {
  const load = runningLoad([], offers, { count: solvers, resources: solver });
  const counts = objectCounts([], 0, offers, certificates, solvers);
  const base = objectCounts([], 0, [], 0, 0);
  return {
    cpu: load.milliCpu / 1000,
    memoryGiB: load.memoryMiB / 1024,
    limitsCpu: load.limitMilliCpu / 1000,
    limitsMemoryGiB: load.limitMemoryMiB / 1024,
    pods: load.pods,
    storageGiB: counts.storageGiB,
    persistentVolumeClaims: counts.persistentVolumeClaims,
    services: counts.services - base.services,
    secrets: counts.secrets - base.secrets,
    configMaps: counts.configMaps - base.configMaps,
    loadBalancers: 0,
    nodePorts: 0,
  };
}

/** Thousandths of a core and MiB are whole; sums of decimals carry noise. */
function exact(amount: number): number {
  return Math.round(amount * 1_024_000) / 1_024_000;
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

function defined<T extends object>(amounts: T | undefined): { [key in keyof T]?: Exclude<T[key], undefined> } {
  return Object.fromEntries(Object.entries(amounts ?? {}).filter(([, value]) => value !== undefined)) as never;
}

/** The least that may be written for a field and holds an amount: memory in eighths of a GiB. */
function atLeast(field: keyof Quota, amount: number): number {
  const steps = field === 'memoryGiB' || field === 'limitsMemoryGiB' ? 8 : 1000;
  // 32.2 * 1000 is a little above 32200.
  return Math.ceil(exact(amount) * steps - 1e-6) / steps;
}
