import { cut } from '../../model/names';
import type { ResolvedHost, ResolvedRoute, Space } from '../../model/resolved';

/** Hosts as names of objects, and lists in pieces of what an object may hold. */

/** A space as its routes see it. */
export interface RoutedSpace extends Space {
  /** What the name of every object begins with: in a shared namespace lie the routes of many tenants. */
  readonly prefix: string;
  /**
   * Listeners of another namespace that take routes from here, with the custom hosts that they are numbered by. A host has
   * one listener on a Gateway, and with it one certificate; none for other controllers.
   */
  readonly lent: { readonly namespace: string; readonly hosts: readonly string[] } | null;
  /** While suspended, requests go to this Service without pods; null where none of the space's services has pods then anyway. */
  readonly idle: { readonly service: string; readonly port: number } | null;
}

/** Where ExternalDNS finds the addresses of a host's record. */
export const TARGET_ANNOTATION = 'external-dns.alpha.kubernetes.io/target';

/** Hosts with certificates of their own, over all routes, each once. */
export function customHosts(space: Pick<Space, 'routes'>): string[] {
  return [...new Set(space.routes.flatMap(({ hosts }) => hostsOf(hosts, 'custom')))];
}

/** Custom hosts whose listeners and certificates are the space's own. */
export function ownHosts(space: Pick<RoutedSpace, 'routes' | 'lent'>): string[] {
  return customHosts(space).filter((host) => !space.lent?.hosts.includes(host));
}

/** What a path of a route leads to. */
export function backendOf(
  { suspended, idle }: Pick<RoutedSpace, 'suspended' | 'idle'>,
  { service, port }: ResolvedRoute['paths'][number],
): { readonly service: string; readonly port: number } {
  return suspended && idle !== null ? idle : { service, port };
}

export function hostsOf(hosts: readonly ResolvedHost[], kind: ResolvedHost['kind']): string[] {
  return hosts.flatMap((host) => (host.kind === kind ? [host.host] : []));
}

/** A name for what belongs to one host. No host begins like the prefix with its dot, so a wildcard never takes another's. */
export function hostName(prefix: string, host: string): string {
  const name = host.startsWith('*.') ? `${prefix}-any.${host.slice(2)}` : `${prefix}.${host}`;
  return cut(name, 'kubernetesName');
}

/** A list in pieces of at most `size`. */
export function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

/** The names of what does not fit into one object: the first as it is, the others numbered, apart by a dot that no service has. */
export function numbered(name: string, index: number): string {
  return index === 0 ? name : `${name}.${index + 1}`;
}

/** Name of a host's certificate and of the Secret that it is kept in. */
export function certificateSecret(host: string, { prefix }: Pick<RoutedSpace, 'prefix'> = { prefix: '' }): string {
  return hostName(`${prefix}tls`, host);
}

/** Listeners that a ListenerSet holds at most. */
export const LISTENERS_PER_SET = 64;

/** Name of the ListenerSet with the listener of a custom host, by the host's place among them. */
export function listenerSetOf(protocol: 'http' | 'https', index: number): string {
  return numbered(`custom-${protocol}`, Math.floor(index / LISTENERS_PER_SET));
}
