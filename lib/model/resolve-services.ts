import { surgeOf } from './capacity';
import { cut } from './names';
import type { Plan } from './plan-schema';
import type { ProductData } from './product';
import type { Amounts, ContainerResources, NamedValue, ResolvedJob, ResolvedService } from './resolved';
import type { Amounts as AmountsInput, Resources, Service } from './service-schema';
import type { TenantData } from './tenant';
import { type Condition, type Parts, type Reference, references, resolveValue, type Value } from './values';

/** Services and jobs of a product, resolved for one tenant: sizes merged, values looked up. */

/** Scratch space that a container may fill unless it says otherwise: logs, /tmp. */
const EPHEMERAL_REQUEST_MIB = 64;
const EPHEMERAL_LIMIT_MIB = 1024;

type Lookup = (reference: Reference) => Parts;
type PlanSizes = Plan['services'][string];
type ServiceOverride = NonNullable<TenantData['overrides']>['services'][string];

export interface ServiceContext {
  readonly lookup: Lookup;
  readonly identities: Readonly<Record<string, string>>;
  readonly plan: Readonly<Record<string, PlanSizes>>;
  readonly overrides: Readonly<Record<string, ServiceOverride>>;
  /** Whether values count that hold under these conditions. */
  readonly isMet: IsMet;
}

/** Whether all of some conditions hold. */
export type IsMet = (conditions: readonly Condition[]) => boolean;

/** Resolves one service: product, then plan, then the tenant's overrides. */
export function resolveService(name: string, service: Service, context: ServiceContext): ResolvedService {
  const { lookup } = context;
  const sizes = context.plan[name];
  const override = context.overrides[name];
  const volumes = Object.entries(service.volumes).map(([volumeName, volume]) => ({
    claimName: cut(`${name}-${volumeName}`, 'persistentVolumeClaim'),
    name: volumeName,
    path: volume.path,
    sizeGiB: override?.volumes?.[volumeName]?.sizeGiB ?? sizes?.volumes?.[volumeName]?.sizeGiB ?? volume.sizeGiB,
    backup: volume.backup,
    databases: volume.databases,
  }));
  const replicas = { ...service.replicas, ...sizes?.replicas, ...defined(override?.replicas) };
  const resources = mergeResources(sizes?.resources ?? service.resources, override);
  const connections = connectionsOf(service, context.isMet);
  const ports = portsOf(service);
  return {
    name,
    image: service.image,
    command: service.command.map((v) => resolveValue(v, lookup)),
    args: service.args.map((v) => resolveValue(v, lookup)),
    port: service.port,
    ports,
    probes: service.probes,
    env: named(service.env, lookup),
    files: named(service.files, lookup),
    volumes,
    scratch: service.scratch,
    replicas,
    surge: surgeOf(replicas.max, volumes.length > 0),
    resources,
    scaling: { ...service.scaling, ...defined(sizes?.scaling) },
    user: service.user,
    stopSeconds: service.stopSeconds,
    calls: connections.calls,
    callsShared: connections.callsShared,
    callsTenants: service.callsTenants,
    uses: connections.uses,
    endpoints: connections.endpoints,
    // Those that are switched on, and how many come before, only the whole shows.
    startsAfter: service.startsAfter,
    step: 0,
    egress: service.egress,
    metrics: service.metrics,
    identity: service.identity === null ? null : (context.identities[service.identity] ?? null),
  };
}

/** A job runs its service's image with its connections, once, and answers nothing. */
export function resolveJob(
  name: string,
  job: ProductData['jobs'][string],
  of: ResolvedService,
  lookup: Lookup,
  isMet: IsMet = ALWAYS,
): ResolvedJob {
  const more = named(job.env, lookup);
  const env = [...of.env.filter((e) => !more.some((m) => m.name === e.name)), ...more];
  const extra = connectionsOfJob(job, isMet);
  const service: ResolvedService = {
    ...of,
    name,
    command: job.command.map((v) => resolveValue(v, lookup)),
    args: [],
    env,
    port: null,
    ports: {},
    probes: { readiness: null, liveness: null, startup: null },
    volumes: [],
    metrics: null,
    identity: null,
    replicas: { min: 1, max: 1 },
    surge: 0,
    resources: job.resources === null ? of.resources : mergeResources(job.resources, undefined),
    uses: [...new Set([...of.uses, ...extra.uses])].sort(),
    calls: [...new Set([...of.calls, ...extra.calls])].sort(),
    callsShared: [...new Set([...of.callsShared, ...extra.callsShared])].sort(),
    callsTenants: [],
    endpoints: [...new Set([...of.endpoints, ...extra.endpoints])].sort(),
    startsAfter: [],
    step: 0,
  };
  return { name, service, deadlineSeconds: job.deadlineSeconds, script: null };
}

/** A container's amounts with the defaults for its scratch space. */
export function mergeResources(resources: Resources, override: ServiceOverride | undefined): ContainerResources {
  const amounts = (base: AmountsInput, over: Partial<AmountsInput> | undefined, ephemeral: number): Amounts => ({
    cpu: over?.cpu ?? base.cpu,
    memoryMiB: over?.memoryMiB ?? base.memoryMiB,
    ephemeralMiB: over?.ephemeralMiB ?? base.ephemeralMiB ?? ephemeral,
  });
  const requests = amounts(resources.requests, override?.requests, EPHEMERAL_REQUEST_MIB);
  const limits = amounts(resources.limits, override?.limits, Math.max(EPHEMERAL_LIMIT_MIB, requests.ephemeralMiB));
  return { requests, limits };
}

/** Whom a service talks to follows from its values; what they do not show is listed by the product. */
export function connectionsOf(
  service: Pick<Service, 'env' | 'files' | 'command' | 'args' | 'calls' | 'callsShared' | 'callsEndpoints' | 'uses'>,
  isMet: IsMet = ALWAYS,
) {
  const endpoints = new Set(service.callsEndpoints);
  const calls = new Set(service.calls);
  const callsShared = new Set(service.callsShared);
  const uses = new Set(service.uses);
  for (const value of [
    ...Object.values(service.env),
    ...Object.values(service.files),
    ...service.command,
    ...service.args,
  ]) {
    references(value, ({ source, name }, conditions) => {
      if (!isMet(conditions)) return;
      if (source === 'service') calls.add(name);
      else if (source === 'shared') callsShared.add(name);
      else if (source === 'backing') uses.add(name);
      else if (source === 'endpoint') endpoints.add(name);
    });
  }
  return {
    calls: [...calls].sort(),
    callsShared: [...callsShared].sort(),
    uses: [...uses].sort(),
    endpoints: [...endpoints].sort(),
  };
}

/** What a job talks to besides what its service does. */
export function connectionsOfJob({ env, command }: ProductData['jobs'][string], isMet: IsMet = ALWAYS) {
  const nothing = { files: {}, args: [], calls: [], callsShared: [], callsEndpoints: [], uses: [] };
  return connectionsOf({ env, command, ...nothing }, isMet);
}

/** Services in the order of their steps: each comes after those that it waits for. Those that are switched off are waited for by nobody. */
export function inSteps(services: readonly ResolvedService[]): ResolvedService[] {
  const byName = new Map(services.map((service) => [service.name, service]));
  const stepOf = (name: string, above: readonly string[]): number => {
    // What waits for itself was refused with the product.
    const waits = (byName.get(name)?.startsAfter ?? []).filter((other) => byName.has(other) && !above.includes(other));
    return Math.max(0, ...waits.map((other) => stepOf(other, [...above, name]) + 1));
  };
  return services.map((service) => ({
    ...service,
    startsAfter: service.startsAfter.filter((name) => byName.has(name)),
    step: service.startsAfter.length === 0 ? 0 : stepOf(service.name, []),
  }));
}

// --- internal ---

const ALWAYS: IsMet = () => true;

function defined<T extends object>(value: T | undefined): Partial<T> {
  return Object.fromEntries(Object.entries(value ?? {}).filter(([, v]) => v !== undefined)) as Partial<T>;
}

function named(values: Readonly<Record<string, Value>>, lookup: Lookup): NamedValue[] {
  return Object.entries(values).map(([name, value]) => ({ name, parts: resolveValue(value, lookup) }));
}

function portsOf(service: Service): Record<string, number> {
  const ports: Record<string, number> = service.port === null ? {} : { http: service.port };
  Object.assign(ports, service.ports);
  if (service.metrics !== null && !Object.values(ports).includes(service.metrics.port))
    ports.metrics = service.metrics.port;
  return ports;
}
