import type { IHTTPRouteFilterSpec } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1';
import type {
  IHTTPRouteFilter,
  IHTTPRouteRule,
  IHTTPRouteSpec,
  IParentReference,
} from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Routing } from '../../model/platform';
import type { ResolvedRoute } from '../../model/resolved';
import { metadata } from '../metadata';
import { backendOf, chunks, hostsOf, listenerSetOf, numbered, ownHosts, type RoutedSpace } from './hosts';
import { envoyRateLimit, RATE_LIMIT, traefikRateLimit } from './limits';
import { CustomListeners } from './listeners';

export type GatewayRouting = Extract<Routing, { kind: 'gateway' }>;

export interface GatewayRoutesProps {
  readonly space: RoutedSpace;
  readonly routing: GatewayRouting;
}

/**
 * Routes of the Gateway API. Platform hosts attach to the product's listener of the platform's Gateway, custom hosts to
 * listeners of the space's own.
 */
export class GatewayRoutes extends Construct {
  readonly routes: readonly ApiObject[];
  /** Null without custom hosts. */
  readonly listeners: CustomListeners | null;
  /** Sends plain HTTP of custom hosts to HTTPS; the Gateway does so for platform hosts. */
  readonly redirect: ApiObject | null;
  readonly rateLimit: ApiObject | null;
  /** What a suspended space answers, where the controller has means for it. */
  readonly suspension: ApiObject | null;

  constructor(scope: Construct, id: string, { space, routing }: GatewayRoutesProps) {
    super(scope, id);
    const { controller, gateway } = routing;
    const custom = ownHosts(space);
    this.suspension = space.suspended && controller === 'envoy-gateway' ? suspension(this, space) : null;
    const rules = (route: ResolvedRoute) =>
      this.suspension === null ? rulesOf(space, controller, route) : [suspendedRule(space)];
    this.routes = space.routes.flatMap((route) => [
      ...httpRoutes(this, space, route.name, hostsOf(route.hosts, 'platform'), rules(route), () => [
        { ...gatewayRef(gateway), sectionName: space.product },
      ]),
      ...httpRoutes(this, space, `${route.name}.custom`, hostsOf(route.hosts, 'custom'), rules(route), (hosts) =>
        listenerRefs(space, 'https', hosts),
      ),
    ]);
    this.listeners = custom.length === 0 ? null : new CustomListeners(this, 'listeners', { space, gateway });
    this.redirect = custom.length === 0 ? null : redirect(this, space, listenerRefs(space, 'http', custom));
    this.rateLimit = space.suspended ? null : rateLimit(this, space, controller, this.routes);
  }
}

/** The rule that sends every request to HTTPS. @internal: published types are no dependency of ours. */
export const REDIRECT_RULE: IHTTPRouteRule = {
  matches: [{ path: { type: 'PathPrefix', value: '/' } }],
  filters: [{ type: 'RequestRedirect', requestRedirect: { scheme: 'https', statusCode: 301 } }],
};

/** A Gateway as the parent of routes. */
export function gatewayRef({ name, namespace }: GatewayRouting['gateway']) {
  return { group: GROUP, kind: 'Gateway', name, namespace };
}

// --- internal ---

const GROUP = 'gateway.networking.k8s.io';

/** What an HTTPRoute holds at most, of each. */
const PER_ROUTE = 16;

const SUSPENDED = 'suspended';

function suspendedRule({ prefix }: RoutedSpace): IHTTPRouteRule {
  return {
    matches: [{ path: { type: 'PathPrefix', value: '/' } }],
    filters: [extension('gateway.envoyproxy.io', 'HTTPRouteFilter', prefix + SUSPENDED)],
  };
}

function httpRoutes(
  scope: Construct,
  space: RoutedSpace,
  name: string,
  hosts: readonly string[],
  rules: readonly IHTTPRouteRule[],
  parents: (hosts: readonly string[]) => IParentReference[],
): ApiObject[] {
  const pieces = chunks(hosts, PER_ROUTE).flatMap((some) =>
    chunks(rules, PER_ROUTE).map((part) => [some, part] as const),
  );
  return pieces.map(([hostnames, part], index) =>
    httpRoute(scope, space, numbered(name, index), { parentRefs: parents(hostnames), hostnames, rules: part }),
  );
}

function httpRoute(scope: Construct, space: RoutedSpace, name: string, spec: IHTTPRouteSpec): ApiObject {
  return new ApiObject(scope, name, {
    apiVersion: 'gateway.networking.k8s.io/v1',
    kind: 'HTTPRoute',
    metadata: metadata(space, space.prefix + name, { wave: 'route' }),
    spec,
  });
}

/** Each default is written, so that what is applied is what is there. Longest prefixes win by the API's own rules. */
function rulesOf(
  space: RoutedSpace,
  controller: GatewayRouting['controller'],
  { paths }: ResolvedRoute,
): IHTTPRouteRule[] {
  const filters =
    space.rateLimit !== null && !space.suspended && controller === 'traefik'
      ? [extension('traefik.io', 'Middleware', space.prefix + RATE_LIMIT)]
      : undefined;
  return paths.map((each) => {
    const { service, port } = backendOf(space, each);
    return {
      matches: [{ path: { type: 'PathPrefix', value: each.path } }],
      filters,
      backendRefs: [{ group: '', kind: 'Service', name: service, port, weight: 1 }],
    };
  });
}

/** The ListenerSets with the listeners of some of the custom hosts. */
function listenerRefs(space: RoutedSpace, protocol: 'http' | 'https', hosts: readonly string[]): IParentReference[] {
  const { prefix, lent } = space;
  const own = ownHosts(space);
  const refs = hosts.map((host): IParentReference => {
    const place = lent?.hosts.indexOf(host) ?? -1;
    return lent === null || place === -1
      ? { group: GROUP, kind: 'ListenerSet', name: prefix + listenerSetOf(protocol, own.indexOf(host)) }
      : { group: GROUP, kind: 'ListenerSet', name: listenerSetOf(protocol, place), namespace: lent.namespace };
  });
  return [...new Map(refs.map((ref) => [`${ref.namespace}/${ref.name}`, ref])).values()];
}

/** cert-manager's challenge has an exact path, which goes before this prefix. */
function redirect(scope: Construct, space: RoutedSpace, parentRefs: IParentReference[]): ApiObject {
  return httpRoute(scope, space, 'custom.redirect', { parentRefs, rules: [REDIRECT_RULE] });
}

function rateLimit(
  scope: Construct,
  space: RoutedSpace,
  controller: GatewayRouting['controller'],
  routes: readonly ApiObject[],
): ApiObject | null {
  if (space.rateLimit === null || routes.length === 0) return null;
  if (controller === 'traefik') return traefikRateLimit(scope, space, space.rateLimit);
  const names = routes.map(({ name }) => name);
  return controller === 'envoy-gateway' ? envoyRateLimit(scope, space, space.rateLimit, names) : null;
}

/** By itself the proxy answers 503 where nothing runs; this says it at once and in words. */
function suspension(scope: Construct, space: RoutedSpace): ApiObject {
  const spec: IHTTPRouteFilterSpec = {
    directResponse: {
      statusCode: 503,
      contentType: 'text/plain; charset=utf-8',
      body: { type: 'Inline', inline: 'This service is suspended.\n' },
    },
  };
  return new ApiObject(scope, SUSPENDED, {
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'HTTPRouteFilter',
    metadata: metadata(space, space.prefix + SUSPENDED, { wave: 'route', disposable: true }),
    spec,
  });
}

function extension(group: string, kind: string, name: string): IHTTPRouteFilter {
  return { type: 'ExtensionRef', extensionRef: { group, kind, name } };
}
