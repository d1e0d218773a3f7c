import type { IIngressRouteSpec, IRoute } from '@kubernetes-models/traefik/traefik.io/v1alpha1';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Routing } from '../../model/platform';
import type { ResolvedRoute } from '../../model/resolved';
import { metadata } from '../metadata';
import { certificateSecret, hostName, hostsOf, type RoutedSpace, TARGET_ANNOTATION } from './hosts';
import { middleware, RATE_LIMIT, traefikRateLimit } from './limits';

export type TraefikRouting = Extract<Routing, { kind: 'traefik' }>;

export interface TraefikRoutesProps {
  readonly space: RoutedSpace;
  readonly routing: TraefikRouting;
}

/**
 * Traefik's own routes. Platform hosts get the product's certificate from the default store, each custom host has a route
 * with its own. Plain HTTP is sent to HTTPS by Traefik's entry point, whose redirection needs a priority below that of
 * routes (`entryPoints.web.http.redirections.entryPoint.priority`), so that challenges of cert-manager pass.
 */
export class TraefikRoutes extends Construct {
  readonly routes: readonly ApiObject[];
  readonly rateLimit: ApiObject | null;
  /** Answers for a suspended space. */
  readonly suspension: ApiObject | null;

  constructor(scope: Construct, id: string, { space, routing }: TraefikRoutesProps) {
    super(scope, id);
    this.suspension = space.suspended ? suspension(this, space) : null;
    this.rateLimit =
      space.rateLimit === null || space.suspended ? null : traefikRateLimit(this, space, space.rateLimit);
    this.routes = space.routes.flatMap((route) => {
      const platform = hostsOf(route.hosts, 'platform');
      const custom = hostsOf(route.hosts, 'custom');
      const name = space.prefix + route.name;
      return [
        ...(platform.length === 0 ? [] : [ingressRoute(this, space, routing, route, name, platform, {})]),
        ...custom.map((host) => {
          const tls = { secretName: certificateSecret(host, space) };
          return ingressRoute(this, space, routing, route, hostName(name, host), [host], tls);
        }),
      ];
    });
  }
}

/**
 * Traefik's rule for hosts and a path prefix. Hosts are canonical, and a product's path is data: rules are read with Go's
 * syntax for strings, of which JSON's is a part. A prefix ends where a segment does, as everywhere else: `/api` is no
 * prefix of `/apis`. ExternalDNS finds hosts in backquotes only.
 */
export function matchRule(hosts: readonly string[], path: string): string {
  const anyHost = hosts.map(hostRule).join(' || ');
  const prefix = path.replace(/\/+$/, '');
  if (prefix === '') return anyHost;
  const text = (value: string) => JSON.stringify(value);
  return `(${anyHost}) && (Path(${text(prefix)}) || PathPrefix(${text(`${prefix}/`)}))`;
}

// --- internal ---

const SUSPENDED = 'suspended';

function hostRule(host: string): string {
  if (!host.startsWith('*.')) return `Host(\`${host}\`)`;
  return `HostRegexp(\`^[^.]+\\.${host.slice(2).replaceAll('.', '\\.')}$\`)`;
}

function ingressRoute(
  scope: Construct,
  space: RoutedSpace,
  routing: TraefikRouting,
  route: ResolvedRoute,
  name: string,
  hosts: readonly string[],
  tls: NonNullable<IIngressRouteSpec['tls']>,
): ApiObject {
  const annotations = { [TARGET_ANNOTATION]: routing.addresses.join(',') };
  const spec: IIngressRouteSpec = {
    entryPoints: [routing.entryPoint],
    routes: space.suspended ? [suspendedRule(space, hosts)] : rulesOf(space, route, hosts),
    tls,
  };
  return new ApiObject(scope, name, {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'IngressRoute',
    metadata: metadata(space, name, { wave: 'route', annotations }),
    spec,
  });
}

/** Longer rules go first, so that longer prefixes of the same hosts do. */
function rulesOf(space: RoutedSpace, { paths }: ResolvedRoute, hosts: readonly string[]): IRoute[] {
  const middlewares = space.rateLimit === null ? undefined : [{ name: space.prefix + RATE_LIMIT }];
  return paths.map(({ path, service, port }) => ({
    kind: 'Rule',
    match: matchRule(hosts, path),
    middlewares,
    services: [{ kind: 'Service', name: service, port }],
  }));
}

/** Behind the middleware that refuses everybody is nothing that could answer. */
function suspendedRule({ prefix }: RoutedSpace, hosts: readonly string[]): IRoute {
  return {
    kind: 'Rule',
    match: matchRule(hosts, '/'),
    middlewares: [{ name: prefix + SUSPENDED }],
    services: [{ kind: 'TraefikService', name: 'noop@internal' }],
  };
}

/**
 * Traefik answers 404 for a service without pods. No client has the address that alone is let through: it is that of
 * broadcasts, and is compared with the address of the connection and no header.
 */
function suspension(scope: Construct, space: RoutedSpace): ApiObject {
  return middleware(scope, space, SUSPENDED, {
    ipAllowList: { sourceRange: ['255.255.255.255/32'], rejectStatusCode: 503 },
  });
}
