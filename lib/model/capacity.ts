import type { Offer } from './offer';
import type { Quota } from './plan-schema';
import type { Routing } from './platform';
import type { Amounts, ContainerResources, ResolvedJob, ResolvedService } from './resolved';

/** What a namespace needs at its worst. Pure arithmetic on resolved data: quotas are derived from it and checked against it. */

/** Pods above the wanted number while a rollout goes on: a quarter, as Kubernetes does unless told otherwise. */
export function surgeOf(max: number, hasVolumes: boolean): number {
  return hasVolumes ? 0 : Math.ceil(max / 4);
}

/**
 * Pods of a service that exist at once at the very most: its maximum, one surge of new ones, and one of old ones that are
 * still ending. No more end at a time, since a new pod counts as available only after as long as an old one may take to end.
 */
export function podsAtWorst(service: Pick<ResolvedService, 'replicas' | 'surge'>): number {
  return service.replicas.max + 2 * service.surge;
}

/** Sums of cores and memory, in thousandths and MiB so that they stay whole. */
export interface Load {
  readonly milliCpu: number;
  readonly memoryMiB: number;
  readonly limitMilliCpu: number;
  readonly limitMemoryMiB: number;
  readonly pods: number;
}

export const NO_LOAD: Load = { milliCpu: 0, memoryMiB: 0, limitMilliCpu: 0, limitMemoryMiB: 0, pods: 0 };

/** cert-manager's HTTP-01 solver pods, one for each certificate being made; their limits are its defaults, or what they ask for. */
export function solverResources({ cpu, memoryMiB }: Routing['solver']): ContainerResources {
  return {
    requests: { cpu, memoryMiB, ephemeralMiB: 0 },
    limits: { cpu: Math.max(cpu, 0.1), memoryMiB: Math.max(memoryMiB, 64), ephemeralMiB: 0 },
  };
}

/** Of the pod that writes a tenant's rows: a client that sends one short file. */
export const PROJECTION_RESOURCES: ContainerResources = {
  requests: { cpu: 0.02, memoryMiB: 32, ephemeralMiB: 256 },
  limits: { cpu: 0.5, memoryMiB: 128, ephemeralMiB: 1024 },
};

/** Adds `pods` pods of one container each. */
export function addLoad(load: Load, resources: ContainerResources, pods: number): Load {
  return {
    milliCpu: load.milliCpu + milli(resources.requests.cpu) * pods,
    memoryMiB: load.memoryMiB + resources.requests.memoryMiB * pods,
    limitMilliCpu: load.limitMilliCpu + milli(resources.limits.cpu) * pods,
    limitMemoryMiB: load.limitMemoryMiB + resources.limits.memoryMiB * pods,
    pods: load.pods + pods,
  };
}

/** Resources of an own server's container: what it asks for is what it may take, so that nobody else's load slows it. */
export function ownServerResources(own: NonNullable<Offer['own']>): ContainerResources {
  const amounts: Amounts = { cpu: own.cpu, memoryMiB: own.memoryMiB, ephemeralMiB: 256 };
  return { requests: amounts, limits: { ...amounts, ephemeralMiB: 1024 } };
}

/**
 * Running pods without a deadline at their worst: services at their maximum during a rollout, own servers with one pod more
 * (an operator's bootstrap and replacement), and a solver for each certificate.
 */
export function runningLoad(
  services: readonly ResolvedService[],
  offers: readonly Offer[],
  solvers: { readonly count: number; readonly resources: ContainerResources } | null,
): Load {
  let load = solvers === null ? NO_LOAD : addLoad(NO_LOAD, solvers.resources, solvers.count);
  for (const service of services) load = addLoad(load, service.resources, podsAtWorst(service));
  for (const { own } of offers) if (own !== null) load = addLoad(load, ownServerResources(own), own.instances + 1);
  return load;
}

/**
 * Pods with a deadline at their worst: each job twice, and all backups at once with one more, since one may be started by hand while
 * others run.
 * @param runs backup jobs that may run at once
 */
export function jobLoad(jobs: readonly ResolvedJob[], backup: ContainerResources | null, runs = 1): Load {
  let load = NO_LOAD;
  for (const job of jobs) load = addLoad(load, job.service.resources, 2);
  return backup === null ? load : addLoad(load, backup, runs + 1);
}

/** Objects that a namespace holds at most, besides pods. */
export interface ObjectCounts {
  readonly storageGiB: number;
  readonly persistentVolumeClaims: number;
  readonly services: number;
  readonly secrets: number;
  readonly configMaps: number;
}

/** Objects of every kind that a quota counts, with room for what operators and people add. */
export function objectCounts(
  services: readonly ResolvedService[],
  jobs: number,
  offers: readonly Offer[],
  certificates: number,
  solvers: number,
): ObjectCounts {
  const volumes = services.flatMap((service) => service.volumes);
  const servers = offers.flatMap(({ own }) => (own === null ? [] : [own]));
  const topologies = offers.filter(({ claims }) => claims.some(({ space }) => space === 'vhost'));
  const stored = servers.filter((own) => own.storageGiB > 0);
  return {
    storageGiB: sum(volumes.map((v) => v.sizeGiB)) + sum(stored.map((own) => own.storageGiB * own.instances)),
    persistentVolumeClaims: volumes.length + sum(stored.map((own) => own.instances)),
    // An operator makes up to three services a server; a solver needs one for each host.
    services:
      services.filter((service) => Object.keys(service.ports).length > 0).length + 3 * servers.length + solvers + 2,
    // One for each workload, two for each certificate while it is renewed, one for each broker whose operator is told
    // the credentials, up to six for each server, five to spare.
    secrets: services.length + jobs + 1 + 2 * certificates + topologies.length + 6 * servers.length + 5,
    // kube-root-ca.crt is one; five to spare.
    configMaps: services.length + jobs + 2 * servers.length + 6,
  };
}

/** A whole quota from loads and counts. */
export function derivedQuota(load: Load, counts: ObjectCounts): Quota {
  return {
    cpu: Math.max(load.milliCpu, 1) / 1000,
    memoryGiB: Math.max(load.memoryMiB, 1) / 1024,
    limitsCpu: Math.max(load.limitMilliCpu, 1) / 1000,
    limitsMemoryGiB: Math.max(load.limitMemoryMiB, 1) / 1024,
    pods: Math.max(load.pods, 1),
    storageGiB: counts.storageGiB,
    persistentVolumeClaims: counts.persistentVolumeClaims,
    services: counts.services,
    secrets: counts.secrets,
    configMaps: counts.configMaps,
    loadBalancers: 0,
    nodePorts: 0,
  };
}

// --- internal ---

function milli(cores: number): number {
  return Math.round(cores * 1000);
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, n) => total + n, 0);
}
