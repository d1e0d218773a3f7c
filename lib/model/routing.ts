import { show } from './errors';
import type { RateLimit } from './plan-schema';
import type { Routing } from './platform';

/** What the controllers behind a cluster's routing can do, so that what one cannot is refused before anything is rendered. */

/** What a tenant asks of its cluster's routing. */
export interface RoutingNeeds {
  readonly rateLimit: RateLimit | null;
  /** Its routes answer 503. */
  readonly suspended: boolean;
  /** It has hosts with certificates of their own. */
  readonly customDomains: boolean;
}

/** Why this routing cannot give a tenant what it needs, or null. */
export function routingProblem(routing: Routing, needs: RoutingNeeds): string | null {
  // A suspended tenant's requests are all refused alike.
  const limit = needs.suspended ? null : needs.rateLimit;
  return (
    (limit === null ? null : rateLimitProblem(routing, limit)) ??
    (needs.suspended ? suspensionProblem(routing) : null) ??
    (needs.customDomains ? customDomainProblem(routing) : null)
  );
}

/** Why this routing cannot give one host to several routes, such as those to own services and to shared ones, or null. */
export function splitHostProblem(routing: Routing): string | null {
  if (routing.kind !== 'ingress' || routing.controller !== 'f5-nginx') return null;
  return 'f5-nginx takes one Ingress a host, and each route is one';
}

/** A rate as nginx counts it. */
export interface NginxRate {
  readonly requests: number;
  readonly per: 'second' | 'minute';
}

/** nginx knows seconds and minutes: an hour's requests are a minute's sixty times over, or have no exact rate. */
export function nginxRate({ requests, per }: RateLimit): NginxRate | null {
  if (per !== 'hour') return { requests, per };
  return requests % 60 === 0 ? { requests: requests / 60, per: 'minute' } : null;
}

/** Why a path cannot be the prefix of a route, or null: it must be one for the Gateway API, whose rules are the strictest. */
export function pathPrefixProblem(path: string): string | null {
  const expected = (what: string) => `expected a path ${what}, got ${show(path)}`;
  if (!path.startsWith('/')) return expected('such as /api');
  if (path.length > 1024) return expected('of at most 1024 characters');
  if (!/^(?:[-A-Za-z0-9/._~!$&'()*+,;=:@]|%[0-9a-fA-F]{2})+$/.test(path))
    return expected('of characters that a URL may have');
  if (/%2f/i.test(path)) return expected('without an encoded slash');
  const segments = path.replace(/\/$/, '').split('/').slice(1);
  return segments.some((segment) => /^\.{0,2}$/.test(segment)) ? expected('without empty and dot segments') : null;
}

// --- internal ---

function rateLimitProblem(routing: Routing, limit: RateLimit): string | null {
  if (routing.kind === 'traefik') return null;
  const { controller } = routing;
  if (controller === 'envoy-gateway' || controller === 'traefik') return null;
  if (controller !== 'ingress-nginx' && controller !== 'f5-nginx') {
    return `the plan has a rate limit, and ${controllerName(routing)} has no means for one that is known here`;
  }
  if (nginxRate(limit) !== null) return null;
  const { requests } = limit;
  const [below, above] = [Math.floor(requests / 60) * 60, Math.ceil(requests / 60) * 60];
  const nearest = below === 0 ? `${above}` : `${below} or ${above}`;
  return `${requests} requests an hour are no whole number a minute, which is all that ${controller} counts in (${nearest} are)`;
}

/** The Gateway API's answer for a Service without ready endpoints is 503; of Ingress controllers each has its own. */
function suspensionProblem(routing: Routing): string | null {
  if (routing.kind !== 'ingress' || routing.controller !== 'f5-nginx') return null;
  return 'f5-nginx answers 502 where nothing runs, and a suspended tenant must answer 503';
}

function customDomainProblem(routing: Routing): string | null {
  if (routing.kind === 'gateway' && routing.controller === 'traefik') {
    return 'custom domains need ListenerSets, which Traefik does not read as a Gateway controller (3.7; its own kind does without)';
  }
  if (routing.kind === 'ingress' && routing.controller === 'f5-nginx' && routing.challenge === 'http01') {
    return 'f5-nginx takes one Ingress a host, so that the challenge of a custom domain finds no way (dns01 needs none)';
  }
  return null;
}

function controllerName(routing: Exclude<Routing, { kind: 'traefik' }>): string {
  return routing.controller === 'other' ? `the class ${routing.className}` : routing.controller;
}
