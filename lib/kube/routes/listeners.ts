import type { IListenerEntry, IListenerSetSpec } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import { metadata } from '../metadata';
import {
  certificateSecret,
  chunks,
  hostName,
  LISTENERS_PER_SET,
  listenerSetOf,
  ownHosts,
  type RoutedSpace,
} from './hosts';

export interface CustomListenersProps {
  readonly space: RoutedSpace;
  readonly gateway: { readonly name: string; readonly namespace: string };
}

/**
 * Listeners of a space's own on the platform's Gateway, one for each custom host: they take routes of this namespace only,
 * and those of the product's shared one, where other paths of the same host may lead.
 * Plain HTTP and HTTPS are sets of their own, so that one that waits for a certificate holds up neither the redirect nor
 * the challenge that the certificate depends on.
 */
export class CustomListeners extends Construct {
  readonly http: readonly ApiObject[];
  readonly https: readonly ApiObject[];

  constructor(scope: Construct, id: string, props: CustomListenersProps) {
    super(scope, id);
    const { space } = props;
    this.http = listenerSets(this, props, 'http', (host) => ({ ...entry(space, host), port: 80, protocol: 'HTTP' }));
    this.https = listenerSets(this, props, 'https', (host) => ({
      ...entry(space, host),
      port: 443,
      protocol: 'HTTPS',
      tls: {
        mode: 'Terminate',
        certificateRefs: [{ group: '', kind: 'Secret', name: certificateSecret(host, space) }],
      },
    }));
  }
}

// --- internal ---

function entry(space: RoutedSpace, hostname: string) {
  const allowedRoutes = { namespaces: routesFrom(space) };
  return { name: hostName('host', hostname), hostname, allowedRoutes };
}

function routesFrom({ namespace, shared }: RoutedSpace) {
  if (shared === null) return { from: 'Same' as const };
  const names = { key: 'kubernetes.io/metadata.name', operator: 'In', values: [namespace, shared.namespace] };
  return { from: 'Selector' as const, selector: { matchExpressions: [names] } };
}

function listenerSets(
  scope: Construct,
  { space, gateway }: CustomListenersProps,
  protocol: 'http' | 'https',
  listener: (host: string) => IListenerEntry,
): ApiObject[] {
  return chunks(ownHosts(space), LISTENERS_PER_SET).map((hosts, index) => {
    const spec: IListenerSetSpec = {
      parentRef: { group: 'gateway.networking.k8s.io', kind: 'Gateway', ...gateway },
      listeners: hosts.map(listener),
    };
    const name = space.prefix + listenerSetOf(protocol, index * LISTENERS_PER_SET);
    return new ApiObject(scope, name, {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'ListenerSet',
      metadata: metadata(space, name, { wave: 'route' }),
      spec,
    });
  });
}
