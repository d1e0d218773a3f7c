import type { IListenerEntry, IListenerSetSpec } from '@kubernetes-models/gateway-api/gateway.networking.k8s.io/v1';
import { ApiObject } from 'cdk8s';
import { Construct } from 'constructs';
import type { Space } from '../../model/resolved';
import { metadata } from '../metadata';
import { certificateSecret, chunks, customHosts, hostName, LISTENERS_PER_SET, listenerSetOf } from './hosts';

export interface CustomListenersProps {
  readonly space: Space;
  readonly gateway: { readonly name: string; readonly namespace: string };
}

/**
 * Listeners of a space's own on the platform's Gateway, one for each custom host: they take routes of this namespace only.
 * Plain HTTP and HTTPS are sets of their own, so that one that waits for a certificate holds up neither the redirect nor
 * the challenge that the certificate depends on.
 */
export class CustomListeners extends Construct {
  readonly http: readonly ApiObject[];
  readonly https: readonly ApiObject[];

  constructor(scope: Construct, id: string, props: CustomListenersProps) {
    super(scope, id);
    this.http = listenerSets(this, props, 'http', (host) => ({ ...entry(host), port: 80, protocol: 'HTTP' }));
    this.https = listenerSets(this, props, 'https', (host) => ({
      ...entry(host),
      port: 443,
      protocol: 'HTTPS',
      tls: { mode: 'Terminate', certificateRefs: [{ group: '', kind: 'Secret', name: certificateSecret(host) }] },
    }));
  }
}

// --- internal ---

function entry(hostname: string) {
  const allowedRoutes = { namespaces: { from: 'Same' as const } };
  return { name: hostName('host', hostname), hostname, allowedRoutes };
}

function listenerSets(
  scope: Construct,
  { space, gateway }: CustomListenersProps,
  protocol: 'http' | 'https',
  listener: (host: string) => IListenerEntry,
): ApiObject[] {
  return chunks(customHosts(space), LISTENERS_PER_SET).map((hosts, index) => {
    const spec: IListenerSetSpec = {
      parentRef: { group: 'gateway.networking.k8s.io', kind: 'Gateway', ...gateway },
      listeners: hosts.map(listener),
    };
    const name = listenerSetOf(protocol, index * LISTENERS_PER_SET);
    return new ApiObject(scope, name, {
      apiVersion: 'gateway.networking.k8s.io/v1',
      kind: 'ListenerSet',
      metadata: metadata(space, name, { wave: 'route' }),
      spec,
    });
  });
}
