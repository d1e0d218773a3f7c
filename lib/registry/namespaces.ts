import { type Problem, show } from '../model/errors';
import { expand } from '../model/names';
import type { PlatformModel } from '../model/parse-platform';
import type { TenantFacts } from '../model/resolved';
import type { PlatformClaim } from './claims';

/** Namespaces that are somebody's: neither a tenant's nor those of shared services may be among them. */

/** Where operators commonly run, whether or not the platform says so: two owners of a namespace undo each other's quotas and policies. */
const OF_OPERATORS: ReadonlyMap<string, string> = new Map([
  ['default', 'Kubernetes'],
  ['kube-system', 'Kubernetes'],
  ['kube-public', 'Kubernetes'],
  ['kube-node-lease', 'Kubernetes'],
  ['cert-manager', 'cert-manager'],
  ['external-secrets', 'External Secrets'],
  ['cnpg-system', 'CloudNativePG'],
  ['mariadb-operator', 'mariadb-operator'],
  ['rabbitmq-system', 'RabbitMQ’s operators'],
]);

/** Namespaces that a tenant's must not be: the platform's own, those that its peers run in, and what its store keeps secrets in. */
export function namespaceClaims(platform: PlatformModel, tenants: readonly TenantFacts[]): PlatformClaim[] {
  const namespaces = new Map([...others(platform), ...storesOf(platform, tenants)]);
  for (const { name, shared } of platform.products.values())
    if (shared !== null) namespaces.set(shared.namespace, `the shared services of ${name}`);
  return Array.from(namespaces, ([name, owner]) => ({ space: 'namespace', name, owner }));
}

/** Namespaces of shared services that are somebody else's. */
export function sharedNamespaceProblems(platform: PlatformModel, tenants: readonly TenantFacts[]): Problem[] {
  const owners = new Map([...others(platform), ...storesOf(platform, tenants)]);
  return [...platform.products.values()].flatMap(({ name, shared }): Problem[] => {
    if (shared === null) return [];
    const { namespace } = shared;
    const owner =
      owners.get(namespace) ?? (namespace.startsWith('kube-') ? 'Kubernetes' : storeLike(platform, namespace));
    if (owner === undefined) return [];
    const found = `${show(namespace)} is the namespace of ${owner}`;
    const path = `products.${name}.shared.namespace`;
    return [{ code: 'E_PLATFORM_FIELD', file: platform.file, path, found, fix: 'write one of its own' }];
  });
}

// --- internal ---

function others(platform: PlatformModel): Map<string, string> {
  const namespaces = new Map(OF_OPERATORS);
  namespaces.set(platform.argocd.namespace, 'Argo CD');
  namespaces.set(platform.backup.namespace, 'the retention of backups');
  for (const [name, { routing, monitoring, dns, endpoints }] of Object.entries(platform.clusters)) {
    for (const peer of routing.peers) namespaces.set(peer.namespace, `the routing of ${name}`);
    namespaces.set(
      routing.kind === 'gateway' ? routing.gateway.namespace : routing.namespace,
      `the routing of ${name}`,
    );
    if (monitoring !== null) namespaces.set(monitoring.namespace, `the monitoring of ${name}`);
    namespaces.set(dns.namespace, `the DNS of ${name}`);
    for (const [endpoint, { peer }] of Object.entries(endpoints))
      if ('namespace' in peer) namespaces.set(peer.namespace, `the endpoint ${endpoint} of ${name}`);
  }
  for (const [name, server] of Object.entries(platform.servers)) {
    if ('namespace' in server.peer) namespaces.set(server.peer.namespace, `the server ${name}`);
    if (server.engine === 'rabbitmq') namespaces.set(server.cluster.namespace, `the server ${name}`);
  }
  return namespaces;
}

/** Namespaces that hold the tenants' secrets, where a store is of that kind. */
function storesOf({ clusters }: PlatformModel, tenants: readonly TenantFacts[]): [string, string][] {
  return tenants.flatMap(({ id, clusterName, claims }): [string, string][] => {
    const store = clusters[clusterName]?.secretStore;
    const namespace = claims.find(({ space }) => space === 'namespace')?.name;
    if (store?.kind !== 'kubernetes' || namespace === undefined) return [];
    return [[expand(store.namespace, { id, namespace }), `the secrets of ${id} on ${clusterName}`]];
  });
}

/** What a store's namespaces are called fits this one, so that it would hold the secrets of a tenant that may come. */
function storeLike({ clusters }: PlatformModel, namespace: string): string | undefined {
  for (const [name, { secretStore }] of Object.entries(clusters)) {
    if (secretStore.kind !== 'kubernetes') continue;
    const parts = secretStore.namespace.split(/\{[a-z]+\}/);
    // Where they are called like ids, every name fits, and those that are there are known.
    if (parts.every((part) => part === '')) continue;
    if (new RegExp(`^${parts.map(escaped).join('[a-z0-9-]+')}$`).test(namespace)) return `the secret store of ${name}`;
  }
  return undefined;
}

function escaped(text: string): string {
  return text.replace(/[\\.+*?()|[\]{}^$-]/g, '\\$&');
}
