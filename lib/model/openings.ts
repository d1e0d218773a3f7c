import type { Offer, Peer } from './offer';
import { type AddressRange, egressRanges, peerRange } from './outside';
import { peerAt } from './peer';
import type { Cluster, PodPeer } from './platform';
import type { ResolvedService, Space, Tenant } from './resolved';

/**
 * Which connections a namespace is meant to have, as plain data: network policies are rendered from it, and what they
 * really let through can be compared with it. All are TCP; name resolution, which every pod has, is apart (`dnsEnds`).
 */

/** Pods or addresses at one end of a connection. */
export type End =
  /** Pods of a workload of the same space, by its name. */
  | { readonly kind: 'component'; readonly name: string }
  | { readonly kind: 'pods'; readonly namespace: string; readonly podLabels: Readonly<Record<string, string>> }
  | AddressRange;

/** Connections with one other end. */
export interface Way {
  readonly with: End;
  /** Ports of whoever answers, in ascending order. */
  readonly ports: readonly number[];
}

/** All that goes in and out of some pods of a namespace. */
export interface Opening {
  /** Unique in the namespace. */
  readonly name: string;
  /** A workload by its name, or pods by the labels that an operator gives them. */
  readonly of: { readonly component: string } | { readonly podLabels: Readonly<Record<string, string>> };
  readonly ingress: readonly Way[];
  readonly egress: readonly Way[];
}

/** Workload that all pods of backups belong to. */
export const BACKUP_COMPONENT = 'backup';

/** Workload of the pods that write tenants' rows into shared databases; they are of the tenants and bear their labels. */
export const PROJECTION_COMPONENT = 'projection';

/**
 * Openings of a space: one for each service, job and own server, one for backups, one for what writes tenants' rows and one for
 * certificate challenges.
 */
export function openings(space: Space): readonly Opening[] {
  return [
    ...space.services.map((service) => serviceOpening(space, service)),
    ...space.jobs.map(({ name, service }) => workloadOpening(name, [], egressOf(space, service))),
    ...backupOpening(space),
    ...space.offers.flatMap((offer) => ownOpening(space, offer)),
    ...projectionOpening(space),
    ...solverOpening(space),
  ];
}

/** What a tenant's services and jobs reach in its product's shared namespace, by shared service. */
export function sharedIngress(tenant: Tenant): ReadonlyMap<string, Way[]> {
  const ways = new Map<string, Way[]>();
  for (const { name, service } of callersOf(tenant)) {
    for (const called of service.callsShared) {
      const way: Way = { with: { kind: 'component', name }, ports: [sharedPort(tenant, called)] };
      ways.set(called, [...(ways.get(called) ?? []), way]);
    }
  }
  return ways;
}

/** What shared services reach of a tenant's, by shared service. */
export function sharedEgress(tenant: Tenant): ReadonlyMap<string, Way[]> {
  const ways = new Map<string, Way[]>();
  for (const service of tenant.services) {
    const ports = calledPorts(service);
    if (ports.length === 0) continue;
    for (const caller of sharedCallers(tenant, service)) {
      const reached = way({ kind: 'component', name: service.name }, ports);
      ways.set(caller, [...(ways.get(caller) ?? []), reached]);
    }
  }
  return ways;
}

/** Where names are resolved: the cluster's DNS pods, and the node's own cache where there is one. UDP and TCP, port 53. */
export function dnsEnds({ dns }: Cluster): readonly End[] {
  const pods: End = { kind: 'pods', namespace: dns.namespace, podLabels: dns.podLabels };
  return dns.nodeLocal === null ? [pods] : [pods, { kind: 'range', cidr: `${dns.nodeLocal}/32`, except: [] }];
}

// --- internal ---

/** cert-manager's solver answers here, in the namespace of the certificate. */
const SOLVER_PORT = 8089;
const SOLVER_LABELS = { 'acme.cert-manager.io/http01-solver': 'true' };

/** CloudNativePG's label of a server's pods, its own pods, and where instances report (its documentation, "Networking"). */
const CNPG_LABEL = 'cnpg.io/cluster';
const CNPG: PodPeer = { namespace: 'cnpg-system', podLabels: { 'app.kubernetes.io/name': 'cloudnative-pg' } };
const CNPG_STATUS_PORT = 8000;

/** mariadb-operator's own pods, which make databases and users by SQL (its Helm chart's labels, installed in a namespace of its name). */
const MARIADB: PodPeer = {
  namespace: 'mariadb-operator',
  podLabels: { 'app.kubernetes.io/name': 'mariadb-operator' },
};

/** Services and jobs with what they connect to. */
function callersOf({ services, jobs }: Space): readonly { readonly name: string; readonly service: ResolvedService }[] {
  return [...services.map((service) => ({ name: service.name, service })), ...jobs];
}

function serviceOpening(space: Space, service: ResolvedService): Opening {
  const { name, metrics } = service;
  const { monitoring, routing } = space.cluster;
  const routed = space.routes.flatMap(({ paths }) => paths.flatMap((p) => (p.service === name ? [p.port] : [])));
  // Routes lead to the main port of a service.
  if (space.routedByTenants.includes(name) && service.port !== null) routed.push(service.port);
  const callers = callersOf(space).filter((caller) => caller.service.calls.includes(name));
  const ingress = [
    ...(routed.length === 0 ? [] : routing.peers.map((peer) => way(pods(peer), routed))),
    ...callers.map((caller) => way({ kind: 'component', name: caller.name }, calledPorts(service))),
    ...sharedCallers(space, service).map((caller) => way(sharedPods(space, caller), calledPorts(service))),
    ...(metrics === null || monitoring === null ? [] : [way(pods(monitoring), [metrics.port])]),
  ];
  return workloadOpening(name, ingress, egressOf(space, service));
}

/** A way without ports would be one to all ports. */
function workloadOpening(name: string, ingress: readonly Way[], egress: readonly Way[]): Opening {
  const usable = ({ ports }: Way) => ports.length > 0;
  return { name, of: { component: name }, ingress: ingress.filter(usable), egress: egress.filter(usable) };
}

/** What callers reach: all but a port that is there for metrics alone. */
function calledPorts({ ports }: ResolvedService): number[] {
  return Object.entries(ports).flatMap(([name, port]) => (name === 'metrics' ? [] : [port]));
}

function egressOf(space: Space, service: ResolvedService): Way[] {
  const called = space.services.filter(({ name }) => service.calls.includes(name));
  const used = space.offers.filter(({ name }) => service.uses.includes(name));
  return [
    ...called.map((other) => way({ kind: 'component', name: other.name }, calledPorts(other))),
    ...service.callsShared.map((name) => way(sharedPods(space, name), [sharedPort(space, name)])),
    ...used.flatMap(({ peers }) => peers.map((peer) => peerWay(space.cluster, peer))),
    ...service.endpoints.map((name) => peerWay(space.cluster, endpointPeer(space, name))),
    ...service.egress.flatMap((egress) => egressRanges(egress, space.cluster).map((range) => way(range, egress.ports))),
    ...(service.identity === null ? [] : apiServer(space.cluster)),
  ];
}

function sharedCallers({ shared }: Space, { name }: ResolvedService): readonly string[] {
  return shared?.callers[name] ?? [];
}

function endpointPeer({ clusterName, cluster }: Space, name: string): Peer {
  const endpoint = cluster.endpoints[name];
  if (endpoint === undefined) throw new Error(`the cluster ${clusterName} has no endpoint ${JSON.stringify(name)}`);
  return peerAt(endpoint.peer, endpoint.port);
}

function sharedPods({ shared }: Space, service: string): End {
  return { kind: 'pods', namespace: shared?.namespace ?? '', podLabels: { 'app.kubernetes.io/name': service } };
}

function sharedPort({ id, shared }: Space, service: string): number {
  const port = shared?.ports[service];
  if (port === undefined)
    throw new Error(`${id} calls the shared service ${JSON.stringify(service)}, which has no port`);
  return port;
}

/** Backups reach what they dump and where they keep it; nothing reaches them. */
function backupOpening({ backup, cluster }: Space): Opening[] {
  if (backup === null) return [];
  const { items, store } = backup;
  const target = peerAt(store.peer, store.port);
  const peers = [...items.flatMap((item) => (item.kind === 'dump' ? item.peers : [])), target];
  const egress = peers.map((peer) => peerWay(cluster, peer));
  return [workloadOpening(BACKUP_COMPONENT, [], egress)];
}

/** By the name alone: the pods are tenants', each with its own labels. */
const PROJECTION_LABELS = { 'app.kubernetes.io/name': PROJECTION_COMPONENT };

function projectionPods({ namespace }: Space): End {
  return { kind: 'pods', namespace, podLabels: PROJECTION_LABELS };
}

function projectionOpening({ projects, cluster }: Space): Opening[] {
  if (projects.length === 0) return [];
  const egress = projects.flatMap(({ peers }) => peers.map((peer) => peerWay(cluster, peer)));
  return [{ name: PROJECTION_COMPONENT, of: { podLabels: PROJECTION_LABELS }, ingress: [], egress }];
}

/** A tenant's own server hears those who use it, its replicas and its operator. */
function ownOpening(space: Space, { name, own, details }: Offer): Opening[] {
  if (own === null) return [];
  const { podLabels, port } = own;
  const same: End = { kind: 'pods', namespace: space.namespace, podLabels };
  const users = callersOf(space).flatMap((caller) => (caller.service.uses.includes(name) ? [caller.name] : []));
  const dumped = space.backup?.items.some((item) => item.kind === 'dump' && item.name === name) ?? false;
  const operated = CNPG_LABEL in podLabels;
  const replicas = way(same, operated ? [port, CNPG_STATUS_PORT] : [port]);
  const ingress = [
    ...[...users, ...(dumped ? [BACKUP_COMPONENT] : [])].map((user) => way({ kind: 'component', name: user }, [port])),
    ...(space.projects.some((offer) => offer.name === name) ? [way(projectionPods(space), [port])] : []),
    replicas,
    ...(operated ? [way(pods(CNPG), [port, CNPG_STATUS_PORT])] : []),
    ...(details.operator === 'mariadb-operator' ? [way(pods(MARIADB), [port])] : []),
  ];
  const egress = operated ? [replicas, ...apiServer(space.cluster)] : [replicas];
  return [{ name: own.name, of: { podLabels }, ingress, egress }];
}

function solverOpening({ cluster, routes, solves }: Space): Opening[] {
  const { challenge, peers } = cluster.routing;
  const isNeeded =
    solves || (challenge === 'http01' && routes.some(({ hosts }) => hosts.some(({ kind }) => kind === 'custom')));
  if (!isNeeded) return [];
  const ingress = peers.map((peer) => way(pods(peer), [SOLVER_PORT]));
  return [{ name: 'acme-solver', of: { podLabels: SOLVER_LABELS }, ingress, egress: [] }];
}

/**
 * Where the API server's endpoints lie, for identities and for operators' instances. By address and not by its Service:
 * network policies judge a packet after that was translated.
 */
function apiServer({ apiServer: endpoints }: Cluster): Way[] {
  return endpoints?.cidrs.map((cidr) => way({ kind: 'range', cidr, except: [] }, [endpoints.port])) ?? [];
}

function peerWay(cluster: Cluster, peer: Peer): Way {
  return way(peer.kind === 'pods' ? pods(peer) : peerRange(peer, cluster), [peer.port]);
}

function pods({ namespace, podLabels }: PodPeer): End {
  return { kind: 'pods', namespace, podLabels };
}

function way(end: End, ports: readonly number[]): Way {
  return { with: end, ports: [...new Set(ports)].sort((a, b) => a - b) };
}
