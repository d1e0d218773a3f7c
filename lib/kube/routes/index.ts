import { Construct } from 'constructs';
import type { Space, Tenant } from '../../model/resolved';
import { routingProblem } from '../../model/routing';
import { Certificates } from './certificates';
import { GatewayRoutes } from './gateway';
import { customHosts, ownHosts, type RoutedSpace } from './hosts';
import { IngressRoutes } from './ingress';
import { needsSuspendedBackend, SUSPENDED_BACKEND, SUSPENDED_PORT } from './suspension';
import { TraefikRoutes } from './traefik';

export interface RoutesProps {
  readonly space: Space | RoutedSpace;
}

/** How requests reach a space, by the kind of its cluster's routing; nothing where the space has no routes. */
export class Routes extends Construct {
  readonly routes: GatewayRoutes | TraefikRoutes | IngressRoutes | null;
  /** Of custom hosts; a wildcard of the platform's covers the others. */
  readonly certificates: Certificates | null;

  constructor(scope: Construct, id: string, props: RoutesProps) {
    super(scope, id);
    const space: RoutedSpace = { prefix: '', lent: null, idle: null, ...props.space };
    this.routes = space.routes.length === 0 ? null : routesOf(this, space);
    this.certificates = ownHosts(space).length === 0 ? null : new Certificates(this, 'certificates', { space });
  }
}

/**
 * A tenant's routes to shared services: beside those services, since a route leads to services of its own namespace. Limit and
 * suspension are the tenant's. A host may have paths to both kinds of services: on a Gateway the tenant's own listener takes both
 * then.
 */
export function sharedRoutes(tenant: Tenant, namespace: string): RoutedSpace {
  const { routing } = tenant.cluster;
  return {
    ...tenant,
    namespace,
    routes: tenant.sharedRoutes,
    // Its listeners take routes of this namespace alone.
    shared: null,
    prefix: `tenant.${tenant.id}.`,
    lent: routing.kind === 'gateway' ? { namespace: tenant.namespace, hosts: customHosts(tenant) } : null,
    idle: needsSuspendedBackend(routing) ? { service: SUSPENDED_BACKEND, port: SUSPENDED_PORT } : null,
  };
}

// --- internal ---

function routesOf(scope: Construct, space: RoutedSpace) {
  const { routing } = space.cluster;
  const { rateLimit, suspended } = space;
  const customDomains = customHosts(space).length > 0;
  const problem = routingProblem(routing, { rateLimit, suspended, customDomains });
  if (problem !== null) throw new Error(`${space.id}: ${problem}`);
  switch (routing.kind) {
    case 'gateway':
      return new GatewayRoutes(scope, 'gateway', { space, routing });
    case 'traefik':
      return new TraefikRoutes(scope, 'traefik', { space, routing });
    case 'ingress':
      return new IngressRoutes(scope, 'ingress', { space, routing });
  }
}
