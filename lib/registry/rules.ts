import type { Problem } from '../model/errors';
import { expand } from '../model/names';
import type { PlatformModel } from '../model/parse-platform';
import type { TenantFacts } from '../model/resolved';
import { claimProblems, type PlatformClaim } from './claims';
import { hostProblems } from './hosts';
import { slotProblems } from './slots';

/** Every rule that only the whole set of tenants can show. */
export function ruleProblems(platform: PlatformModel, tenants: readonly TenantFacts[]): Problem[] {
  const products = [...platform.products.values()];
  return [
    ...claimProblems(tenants, platformClaims(platform)),
    ...hostProblems(tenants, {
      apexes: products.map(({ name, apex }) => ({ product: name, apex })),
      sharedHosts: products.flatMap((product) =>
        (product.shared?.routes ?? []).flatMap(({ hosts }) =>
          hosts.map((host) => ({ host: expand(host, { id: product.name, apex: product.apex }), owner: product.name })),
        ),
      ),
    }),
    ...slotProblems(tenants, platform.backup),
  ];
}

// --- internal ---

/** Namespaces that a tenant's must not be: the platform's own, and those that its peers run in. */
function platformClaims(platform: PlatformModel): PlatformClaim[] {
  const namespaces = new Map<string, string>([
    [platform.argocd.namespace, 'Argo CD'],
    [platform.backup.namespace, 'the retention of backups'],
    ['kube-system', 'Kubernetes'],
  ]);
  for (const { name, shared } of platform.products.values())
    if (shared !== null) namespaces.set(shared.namespace, `the shared services of ${name}`);
  for (const [name, { routing, monitoring, dns }] of Object.entries(platform.clusters)) {
    for (const peer of routing.peers) namespaces.set(peer.namespace, `the routing of ${name}`);
    if (routing.kind === 'gateway') namespaces.set(routing.gateway.namespace, `the Gateway of ${name}`);
    if (monitoring !== null) namespaces.set(monitoring.namespace, `the monitoring of ${name}`);
    namespaces.set(dns.namespace, `the DNS of ${name}`);
  }
  for (const [name, { peer }] of Object.entries(platform.servers))
    if ('namespace' in peer) namespaces.set(peer.namespace, `the server ${name}`);
  const shared = Array.from(platform.shared).flatMap(([clusterName, spaces]) =>
    Array.from(spaces.values()).flatMap(({ offers, product }) =>
      offers
        .flatMap(({ claims }) => claims)
        .map(({ space, name }) => ({ space, name, owner: `the shared services of ${product} on ${clusterName}` })),
    ),
  );
  return [...Array.from(namespaces, ([name, owner]) => ({ space: 'namespace' as const, name, owner })), ...shared];
}
