import { show } from './errors';
import { formatPath } from './explain';
import { cut } from './names';
import type { ProductScope } from './product-scope';
import { connectionsOf, mergeResources } from './resolve-services';
import type { Resources, Service } from './service-schema';

/** What is wrong with the services and jobs of a product. */

/** Names of workloads, accounts and policies that every namespace has already. */
export const TAKEN: readonly string[] = [
  ...['backup', 'default', 'projection', 'secret-reader', 'secret-store', 'suspended-tenants'],
  ...['default-deny', 'dns', 'acme-solver'],
];

export function checkService(
  scope: ProductScope,
  path: string,
  name: string,
  service: Service,
  isShared: boolean,
): void {
  const siblings = isShared ? scope.shared : scope.services;
  const reader = isShared ? 'shared' : 'tenant';
  if (TAKEN.includes(name)) scope.add(path, 'a name that every tenant has already', 'rename it');
  for (const [key, value] of Object.entries(service.env)) scope.checkValue(`${path}.env.${key}`, value, reader);
  for (const [key, value] of Object.entries(service.files))
    scope.checkValue(formatPath(`${path}.files`, [key]), value, reader);
  for (const value of [...service.command, ...service.args])
    scope.checkValue(`${path}.command`, value, reader, 'a command line');
  for (const called of service.calls) scope.known(`${path}.calls`, 'service', called, siblings);
  for (const called of service.callsShared) scope.known(`${path}.callsShared`, 'shared service', called, scope.shared);
  for (const used of service.uses)
    scope.known(`${path}.uses`, 'backing service', used, isShared ? scope.sharedBacking : scope.backing);
  if (service.feature !== null) scope.known(`${path}.feature`, 'feature', service.feature, scope.features);
  if (service.identity !== null)
    scope.known(`${path}.identity`, 'identity', service.identity, identitiesOf(scope, isShared));
  if (isShared && service.feature !== null)
    scope.add(`${path}.feature`, 'a shared service has no feature: it serves every tenant', 'remove it');
  checkTenantCalls(scope, path, service, isShared);
  checkOrder(scope, path, name, isShared);
  checkVolumes(scope, path, service);
  checkScaling(scope, `${path}.scaling`, service.scaling);
  checkPorts(scope, path, service);
  checkMounts(scope, path, service);
  checkResources(scope, `${path}.resources`, service.resources);
  checkCalls(scope, path, service, isShared);
}

export function checkVolumes(scope: ProductScope, path: string, { volumes, replicas }: Service): void {
  if (Object.keys(volumes).length > 0 && replicas.max > 1) {
    scope.add(
      `${path}.replicas.max`,
      `${replicas.max} replicas share a volume that one node mounts`,
      'write 1, or keep the data in a backing service',
    );
  }
}

/** The names of claims are joined of two names, and so can meet. */
export function checkVolumeNames(scope: ProductScope): void {
  const owners = new Map<string, string>();
  const { services, shared } = scope.product;
  for (const [place, some] of [
    ['services', services],
    ['shared.services', shared?.services ?? {}],
  ] as const) {
    for (const [name, { volumes }] of Object.entries(some)) {
      for (const volume of Object.keys(volumes)) {
        const claim = cut(`${name}-${volume}`, 'persistentVolumeClaim');
        // Shared services are in a namespace of their own.
        const key = `${place} ${claim}`;
        const owner = owners.get(key);
        const path = `${place}.${name}.volumes.${volume}`;
        if (owner !== undefined) scope.add(path, `its claim ${show(claim)} is that of ${owner}`, 'rename one of them');
        owners.set(key, path);
      }
    }
  }
}

export function checkJobs(scope: ProductScope, isShared: boolean): void {
  const { jobs, shared } = scope.product;
  const services = isShared ? scope.shared : scope.services;
  const reader = isShared ? 'shared' : 'tenant';
  for (const [name, job] of Object.entries(isShared ? (shared?.jobs ?? {}) : jobs)) {
    const path = `${isShared ? 'shared.' : ''}jobs.${name}`;
    if (TAKEN.includes(name)) scope.add(path, 'a name that every tenant has already', 'rename it');
    if (services.includes(name)) scope.add(path, 'a job with the name of a service', 'rename one of them');
    scope.known(`${path}.service`, 'service', job.service, services);
    for (const [key, value] of Object.entries(job.env)) scope.checkValue(`${path}.env.${key}`, value, reader);
    for (const value of job.command) scope.checkValue(`${path}.command`, value, reader, 'a command line');
    if (job.resources !== null) checkResources(scope, `${path}.resources`, job.resources);
  }
}

export function checkResources(scope: ProductScope, path: string, resources: Resources): void {
  const { requests, limits } = mergeResources(resources, undefined);
  for (const key of ['cpu', 'memoryMiB', 'ephemeralMiB'] as const) {
    if (limits[key] < requests[key])
      scope.add(
        `${path}.limits.${key}`,
        `${limits[key]} is below the request of ${requests[key]}`,
        `write at least ${requests[key]}`,
      );
  }
}

/** Fewer replicas only below, more only above: between the two nothing changes. */
export function checkScaling(
  scope: ProductScope,
  path: string,
  { cpuPercent, memoryPercent, downPercent }: Service['scaling'],
): void {
  const up = Math.max(cpuPercent, memoryPercent ?? 0);
  if (downPercent === null || downPercent < up) return;
  scope.add(
    `${path}.downPercent`,
    `${downPercent} is not below ${up}, at which replicas are added`,
    `write less than ${up}`,
  );
}

// --- internal ---

function identitiesOf({ product }: ProductScope, isShared: boolean): string[] {
  return Object.keys(isShared ? (product.shared?.identities ?? {}) : product.identities);
}

/** Shared services call tenants; tenants call each other never, and themselves by `calls`. */
function checkTenantCalls(scope: ProductScope, path: string, { callsTenants }: Service, isShared: boolean): void {
  for (const called of callsTenants) {
    if (!isShared)
      scope.add(`${path}.callsTenants`, 'only a shared service calls tenants', 'write calls, or remove it');
    scope.known(`${path}.callsTenants`, 'service', called, scope.services);
    if (scope.product.services[called]?.port === null)
      scope.add(path, `it calls ${show(called)}, which has no port`, `write port: ... in services.${called}`);
  }
}

/** What is waited for must be able to say that it is ready, and must not wait in turn. */
function checkOrder(scope: ProductScope, path: string, name: string, isShared: boolean): void {
  const services = (isShared ? scope.product.shared?.services : scope.product.services) ?? {};
  const place = `${path}.startsAfter`;
  for (const first of services[name]?.startsAfter ?? []) {
    scope.known(place, 'service', first, Object.keys(services));
    const waited = services[first];
    if (waited === undefined) continue;
    if (waited.probes.readiness === null)
      scope.add(place, `${show(first)} never says that it is ready`, 'write probes: { readiness: ... } in it');
    if (waitsFor(services, first, name, []))
      scope.add(place, `${show(first)} waits for ${show(name)} in turn`, 'remove one of the two');
  }
}

function waitsFor(
  services: Readonly<Record<string, Service>>,
  name: string,
  other: string,
  above: readonly string[],
): boolean {
  if (name === other) return true;
  if (above.includes(name)) return false;
  return (services[name]?.startsAfter ?? []).some((next) => waitsFor(services, next, other, [...above, name]));
}

/** Whoever is called must answer somewhere. */
function checkCalls(scope: ProductScope, path: string, service: Service, isShared: boolean): void {
  const { calls, callsShared } = connectionsOf(service);
  const { services, shared } = scope.product;
  const own = isShared ? (shared?.services ?? {}) : services;
  for (const name of calls) {
    const called = own[name];
    if (called !== undefined && called.port === null && Object.keys(called.ports).length === 0)
      scope.add(path, `it calls ${show(name)}, which has no port`, `write port: ... in services.${name}`);
  }
  for (const name of callsShared) {
    if (shared?.services[name] !== undefined && shared.services[name].port === null)
      scope.add(path, `it calls ${show(name)}, which has no port`, `write port: ... in shared.services.${name}`);
  }
}

function checkPorts(scope: ProductScope, path: string, { port, ports, metrics, probes }: Service): void {
  if (port !== null && ports.http !== undefined)
    scope.add(`${path}.ports.http`, 'a port with the name of the main one', 'rename it');
  if (metrics !== null && ports.metrics !== undefined && ports.metrics !== metrics.port)
    scope.add(`${path}.ports.metrics`, `${ports.metrics} is not the port of metrics, ${metrics.port}`, 'rename it');
  const taken = new Map<number, string>(port === null ? [] : [[port, 'port']]);
  for (const [name, number] of Object.entries(ports)) {
    const other = taken.get(number);
    if (other !== undefined) scope.add(`${path}.ports.${name}`, `${number} is that of ${other}`, 'remove one of them');
    if (name.includes('--')) scope.add(`${path}.ports.${name}`, 'two hyphens in a row', 'rename it');
    taken.set(number, `ports.${name}`);
  }
  for (const [name, probe] of Object.entries(probes)) {
    if (port === null && probe !== null && 'http' in probe && probe.port === null)
      scope.add(`${path}.probes.${name}`, 'the service has no port to ask', 'write port: ... in the probe');
  }
}

/** Kubernetes mounts one thing at a path, and nothing inside a file. */
function checkMounts(scope: ProductScope, path: string, { files, volumes, scratch }: Service): void {
  const names = Object.keys(files);
  const paths = [...names, ...Object.values(volumes).map((v) => v.path), ...scratch];
  for (const twice of new Set(paths.filter((p, i) => paths.indexOf(p) !== i)))
    scope.add(path, `two things are mounted at ${show(twice)}`, 'give each its own path');
  for (const file of names) {
    const inside = paths.find((p) => p.startsWith(`${file}/`));
    if (inside !== undefined)
      scope.add(path, `${show(inside)} lies in ${show(file)}, which is a file`, 'give each its own path');
  }
}
