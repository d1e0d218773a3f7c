import { Construct } from 'constructs';
import type { Space } from '../../model/resolved';
import { routingProblem } from '../../model/routing';
import { Certificates } from './certificates';
import { GatewayRoutes } from './gateway';
import { customHosts } from './hosts';
import { IngressRoutes } from './ingress';
import { TraefikRoutes } from './traefik';

export interface RoutesProps {
  readonly space: Space;
}

/** How requests reach a space, by the kind of its cluster's routing; nothing where the space has no routes. */
export class Routes extends Construct {
  readonly routes: GatewayRoutes | TraefikRoutes | IngressRoutes | null;
  /** Of custom hosts; a wildcard of the platform's covers the others. */
  readonly certificates: Certificates | null;

  constructor(scope: Construct, id: string, { space }: RoutesProps) {
    super(scope, id);
    const hasCustomHosts = customHosts(space).length > 0;
    this.routes = space.routes.length === 0 ? null : routesOf(this, space, hasCustomHosts);
    this.certificates = hasCustomHosts ? new Certificates(this, 'certificates', { space }) : null;
  }
}

// --- internal ---

function routesOf(scope: Construct, space: Space, customDomains: boolean) {
  const { routing } = space.cluster;
  const { rateLimit, suspended } = space;
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
