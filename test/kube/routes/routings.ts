import { Routes } from '../../../lib/kube/routes';
import type { Routing } from '../../../lib/model/platform';
import type { ResolvedHost, ResolvedRoute, Space } from '../../../lib/model/resolved';
import { cluster, type Manifest, manifests, space } from '../fixture';

/** Routings of every kind, and spaces with them. */

const common = {
  peers: [{ namespace: 'gateway', podLabels: {} }],
  issuer: 'letsencrypt',
  challenge: 'http01' as const,
  solver: { cpu: 0.01, memoryMiB: 64 },
  addresses: ['203.0.113.10', '203.0.113.11'],
};

export type GatewayRouting = Extract<Routing, { kind: 'gateway' }>;
export type IngressRouting = Extract<Routing, { kind: 'ingress' }>;

export function gateway(
  controller: GatewayRouting['controller'],
  overrides: Partial<GatewayRouting> = {},
): GatewayRouting {
  const own = { className: 'public-class', gateway: { name: 'public', namespace: 'gateway' } };
  return { ...common, kind: 'gateway', controller, ...own, ...overrides };
}

export const traefik: Routing = { ...common, kind: 'traefik', entryPoint: 'websecure', namespace: 'traefik' };

export function ingress(controller: IngressRouting['controller'], overrides: Partial<IngressRouting> = {}): Routing {
  return { ...common, kind: 'ingress', controller, className: 'public-class', namespace: 'ingress', ...overrides };
}

export function routed(routing: Routing, overrides: Partial<Space> = {}): Space {
  return space({ cluster: { ...cluster, routing }, ...overrides });
}

export function render(of: Space): Manifest[] {
  return manifests((chart) => new Routes(chart, 'routes', { space: of }));
}

export function platformHosts(count: number): ResolvedHost[] {
  return Array.from({ length: count }, (_, i) => ({ host: `site-${i}.nekotab.app`, kind: 'platform' }));
}

export function customHosts(count: number): ResolvedHost[] {
  return Array.from({ length: count }, (_, i) => ({ host: `www.site-${i}.example`, kind: 'custom' }));
}

export function route(overrides: Partial<ResolvedRoute> = {}): ResolvedRoute {
  const hosts: ResolvedHost[] = [{ host: 'acme.nekotab.app', kind: 'platform' }];
  return { name: 'web', hosts, health: '/', paths: [{ path: '/', service: 'web', port: 8000 }], ...overrides };
}
