import { Chart } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import type { Construct } from 'constructs';
import type { PlatformData } from '../model/platform';
import type { Space } from '../model/resolved';
import { spaceLabels } from '../model/space-labels';
import { type AlertedProduct, Alerts } from './alerts';
import { BackupNamespace } from './backup-namespace';
import { CONFIRM, SYNC_OPTIONS_ANNOTATION, WAVE_ANNOTATION, WAVES } from './metadata';
import { PriorityClasses, type PriorityLevel } from './priority';
import { Retention } from './retention';
import { PlatformRouting, type RoutedProduct, routingNamespace } from './routes/gateway-platform';
import { SpaceParts } from './space';

export interface ClusterPlatformProps {
  readonly platform: PlatformData;
  readonly clusterName: string;
  /** Products on offer here. */
  readonly products: readonly (RoutedProduct & AlertedProduct)[];
  /** Their shared namespaces. */
  readonly shared: readonly Space[];
  readonly priorities: readonly PriorityLevel[];
}

/** What a cluster has once, whoever its tenants are. */
export class ClusterPlatform extends Chart {
  readonly priorities: PriorityClasses;
  /** Namespace of the Gateway and of the wildcard certificates. */
  readonly routingNamespace: k8s.KubeNamespace;
  readonly routing: PlatformRouting;
  readonly backup: BackupNamespace;
  readonly alerts: Alerts;
  readonly shared: readonly SpaceParts[];
  /** Of the shared namespaces that have a backup. */
  readonly retention: readonly Retention[];

  constructor(scope: Construct, id: string, props: ClusterPlatformProps) {
    super(scope, id, { disableResourceNameHashes: true });
    const { platform, clusterName, products, shared, priorities } = props;
    const cluster = platform.clusters[clusterName];
    if (cluster === undefined) throw new Error(`the platform has no cluster ${clusterName}`);
    const labels = spaceLabels('platform', platform.environment);
    this.priorities = new PriorityClasses(this, 'priorities', { levels: priorities, labels });
    this.routingNamespace = new k8s.KubeNamespace(this, 'routing-namespace', {
      metadata: {
        name: routingNamespace(cluster.routing),
        // Some controllers run their proxies beside the Gateway, and those are not all able to meet `restricted`.
        labels: { ...labels, 'pod-security.kubernetes.io/enforce': 'baseline' },
        annotations: { [WAVE_ANNOTATION]: String(WAVES.namespace), [SYNC_OPTIONS_ANNOTATION]: CONFIRM },
      },
    });
    this.routing = new PlatformRouting(this, 'routing', { routing: cluster.routing, products, labels });
    this.backup = new BackupNamespace(this, 'backup', { platform, clusterName });
    this.alerts = new Alerts(this, 'alerts', { platform, clusterName, products });
    this.shared = shared.map((space) => new SpaceParts(this, `shared-${space.product}`, { space }));
    this.retention = shared
      .filter(({ backup }) => backup !== null)
      .map(({ product, labels, backup, secretReader }) => {
        // No tenant is called so.
        const tenant = { id: `shared-${product}`, clusterName, labels, backup, secretReader };
        return new Retention(this, `retention-${product}`, { platform, tenant });
      });
  }
}
