import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { Routing } from '../../model/platform';
import type { ResolvedRoute } from '../../model/resolved';
import { metadata } from '../metadata';
import { backendOf, certificateSecret, hostsOf, type RoutedSpace, TARGET_ANNOTATION } from './hosts';
import { nginxRateLimit } from './limits';

export type IngressRouting = Extract<Routing, { kind: 'ingress' }>;

export interface IngressRoutesProps {
  readonly space: RoutedSpace;
  readonly routing: IngressRouting;
}

/**
 * Routes as Ingress objects of a class. Platform hosts get the controller's default certificate, custom hosts their own.
 * A suspended space keeps its routes: nothing runs behind them, which controllers answer with 503.
 */
export class IngressRoutes extends Construct {
  readonly ingresses: readonly k8s.KubeIngress[];

  constructor(scope: Construct, id: string, { space, routing }: IngressRoutesProps) {
    super(scope, id);
    this.ingresses = space.routes.map((route) => ingress(this, space, routing, route));
  }
}

// --- internal ---

function ingress(scope: Construct, space: RoutedSpace, routing: IngressRouting, route: ResolvedRoute): k8s.KubeIngress {
  const limit = space.suspended || space.rateLimit === null ? {} : nginxRateLimit(routing.controller, space.rateLimit);
  const annotations = { [TARGET_ANNOTATION]: routing.addresses.join(','), ...limit };
  const platform = hostsOf(route.hosts, 'platform');
  const custom = hostsOf(route.hosts, 'custom');
  return new k8s.KubeIngress(scope, route.name, {
    metadata: metadata(space, space.prefix + route.name, { wave: 'route', annotations }),
    spec: {
      ingressClassName: routing.className,
      tls: [
        ...(platform.length === 0 ? [] : [{ hosts: platform }]),
        ...custom.map((host) => ({ hosts: [host], secretName: certificateSecret(host, space) })),
      ],
      rules: route.hosts.map(({ host }) => ({ host, http: { paths: pathsOf(space, route) } })),
    },
  });
}

function pathsOf(space: RoutedSpace, { paths }: ResolvedRoute): k8s.HttpIngressPath[] {
  return paths.map((each) => {
    const { service, port } = backendOf(space, each);
    const backend = { service: { name: service, port: { number: port } } };
    return { path: each.path, pathType: 'Prefix', backend };
  });
}
