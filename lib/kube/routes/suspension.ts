import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import type { Routing } from '../../model/platform';
import type { Space } from '../../model/resolved';
import { metadata, selectorLabels } from '../metadata';

export interface SuspendedBackendProps {
  readonly space: Space;
}

/** Name of the Service without pods; it is of the shared namespace, whoever its requests are meant for. */
export const SUSPENDED_BACKEND = 'suspended-tenants';

/** Its port, on which nothing listens. */
export const SUSPENDED_PORT = 80;

/**
 * Where requests of suspended tenants go that are meant for a shared service, which runs on for everybody else: a Service
 * without pods, whose requests are answered with 503. Once a namespace, and only where the controller has no means of its own.
 */
export class SuspendedBackend extends Construct {
  readonly service: k8s.KubeService;

  constructor(scope: Construct, id: string, { space }: SuspendedBackendProps) {
    super(scope, id);
    this.service = new k8s.KubeService(this, 'service', {
      metadata: metadata(space, SUSPENDED_BACKEND, { wave: 'policy' }),
      spec: {
        type: 'ClusterIP',
        // Of pods that nobody makes.
        selector: selectorLabels(space, SUSPENDED_BACKEND),
        ports: [{ name: 'http', port: SUSPENDED_PORT, targetPort: k8s.IntOrString.fromNumber(SUSPENDED_PORT) }],
      },
    });
  }
}

/** Whether a suspended tenant's requests have to be kept from a service that runs by sending them elsewhere. */
export function needsSuspendedBackend(routing: Routing): boolean {
  return routing.kind === 'ingress' || (routing.kind === 'gateway' && routing.controller !== 'envoy-gateway');
}
