import type { IBackendTrafficPolicySpec } from '@kubernetes-models/envoy-gateway/gateway.envoyproxy.io/v1alpha1';
import type { IMiddlewareSpec } from '@kubernetes-models/traefik/traefik.io/v1alpha1';
import { ApiObject } from 'cdk8s';
import type { Construct } from 'constructs';
import type { RateLimit } from '../../model/plan-schema';
import { nginxRate } from '../../model/routing';
import { metadata } from '../metadata';
import type { RoutedSpace } from './hosts';

/**
 * Rate limits, by the means of each controller. All count in every replica of the proxy by itself; Envoy for each rule of
 * a route and Traefik for each host, whoever asks, and the two nginx for each client's address, since they offer nothing
 * else. A limit is about fairness: nothing that keeps tenants apart depends on it.
 */

/** Name of the object with a space's limit, after its prefix. */
export const RATE_LIMIT = 'rate-limit';

/** Envoy Gateway's policy for HTTPRoutes: a bucket that is filled once in each unit. */
export function envoyRateLimit(
  scope: Construct,
  space: RoutedSpace,
  limit: RateLimit,
  routes: readonly string[],
): ApiObject {
  const unit = ({ second: 'Second', minute: 'Minute', hour: 'Hour' } as const)[limit.per];
  const spec: IBackendTrafficPolicySpec = {
    targetRefs: routes.map((name) => ({ group: 'gateway.networking.k8s.io', kind: 'HTTPRoute', name })),
    rateLimit: { type: 'Local', local: { rules: [{ limit: { requests: limit.requests, unit } }] } },
  };
  return new ApiObject(scope, RATE_LIMIT, {
    apiVersion: 'gateway.envoyproxy.io/v1alpha1',
    kind: 'BackendTrafficPolicy',
    metadata: metadata(space, space.prefix + RATE_LIMIT, { wave: 'route', disposable: true }),
    spec,
  });
}

/** Traefik's middleware: as many as the limit at once, refilled evenly. */
export function traefikRateLimit(scope: Construct, space: RoutedSpace, { requests, per }: RateLimit): ApiObject {
  const period = { second: '1s', minute: '1m', hour: '1h' }[per];
  const sourceCriterion = { requestHost: true };
  return middleware(scope, space, RATE_LIMIT, {
    rateLimit: { average: requests, period, burst: requests, sourceCriterion },
  });
}

/** A middleware of Traefik's in the namespace of its routes; its name is without the prefix. */
export function middleware(scope: Construct, space: RoutedSpace, name: string, spec: IMiddlewareSpec): ApiObject {
  return new ApiObject(scope, name, {
    apiVersion: 'traefik.io/v1alpha1',
    kind: 'Middleware',
    metadata: metadata(space, space.prefix + name, { wave: 'route', disposable: true }),
    spec,
  });
}

/** Annotations for an Ingress; none for a controller without means, which was refused before. */
export function nginxRateLimit(
  controller: 'ingress-nginx' | 'f5-nginx' | 'other',
  limit: RateLimit,
): Record<string, string> {
  const rate = nginxRate(limit);
  if (rate === null || controller === 'other') return {};
  const requests = String(rate.requests);
  if (controller === 'ingress-nginx') {
    const annotation = rate.per === 'second' ? 'limit-rps' : 'limit-rpm';
    return {
      [`nginx.ingress.kubernetes.io/${annotation}`]: requests,
      // As many at once as in a unit, and not five times that.
      'nginx.ingress.kubernetes.io/limit-burst-multiplier': '1',
    };
  }
  return {
    'nginx.org/limit-req-rate': `${requests}${rate.per === 'second' ? 'r/s' : 'r/m'}`,
    'nginx.org/limit-req-burst': requests,
    'nginx.org/limit-req-no-delay': 'true',
    'nginx.org/limit-req-reject-code': '429',
  };
}
