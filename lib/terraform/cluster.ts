import { NamespaceV1 } from '@cdktf/provider-kubernetes/lib/namespace-v1';
import type { Construct } from 'constructs';
import { BACKUP_SPACE_ID, backupSpace } from '../model/backup-space';
import type { PlatformData } from '../model/platform';
import { everyTenant } from '../model/store-key';
import { keep, type Prerequisite, Provider, Resource, Switch } from './elements';
import { type Argument, argument } from './expression';
import { KubernetesStore, VaultReader } from './readers';
import { kubernetesProvider } from './secret-store';
import { IsolatedStack } from './stack';

export interface ClusterStackProps {
  readonly platform: PlatformData;
  readonly clusterName: string;
  /** Products on offer here: templates of the paths of their tenants' entries. */
  readonly products: readonly { readonly name: string; readonly names: { readonly secretPath: string } }[];
  /** Argo CD's root application and its project, as manifests. */
  readonly root: readonly Argument[];
}

/**
 * What stands on a cluster before Argo CD syncs anything: its namespace, its root application, and what External Secrets may read for
 * the platform's own namespaces. Nothing here knows how many tenants there are. Argo CD's chart wants its namespace, and a plan of its
 * root application wants the definitions that come with the chart: on a new cluster the first apply is with `-var argocd=false`.
 */
export class ClusterStack extends IsolatedStack {
  constructor(scope: Construct, id: string, props: ClusterStackProps) {
    const { platform, clusterName, root } = props;
    super(scope, id, { backend: platform.terraform.backend, key: `${platform.environment}/${clusterName}/_cluster` });
    const kubernetes = kubernetesProvider(this, clusterName);
    const argocd = new NamespaceV1(this, 'argocd', {
      provider: kubernetes,
      metadata: { name: platform.argocd.namespace },
    });
    keep(argocd, { preventDestroy: true });
    let last: Prerequisite = argocd;
    const installed = new Switch(
      this,
      'argocd',
      'Whether Argo CD is installed, and its root application can be made.',
      true,
    );
    for (const manifest of root) {
      const { kind } = manifest as { readonly kind: string };
      const made = new Resource(this, `root-${kind.toLowerCase()}`, {
        type: 'kubernetes_manifest',
        provider: kubernetes,
        arguments: { manifest },
        after: [last],
      });
      made.addOverride('count', argument(installed.count));
      last = made;
    }
    readers(this, kubernetes, props);
  }
}

// --- internal ---

function readers(scope: Construct, kubernetes: Provider, { platform, clusterName, products }: ClusterStackProps): void {
  const backup = backupSpace(platform, clusterName);
  const store = backup.cluster.secretStore;
  if (store.kind === 'kubernetes') {
    // The stores of tenants and of shared services are in their own stacks, so that each goes with what it holds.
    new KubernetesStore(scope, 'store-backup', {
      provider: kubernetes,
      namespace: backup.secretReader.role,
      owners: [backup.namespace],
      guests: {},
    });
  }
  if (store.kind !== 'vault') return;
  const vault = new Provider(scope, 'vault', {
    name: 'vault',
    alias: clusterName,
    arguments: { address: store.server, skip_child_token: true },
  });
  const mounts = { provider: vault, mount: store.mount, authMount: store.authMount };
  new VaultReader(scope, `reader-${BACKUP_SPACE_ID}`, {
    ...mounts,
    role: backup.secretReader.role,
    policy: `${platform.environment}.${clusterName}.${backup.namespace}`,
    namespace: backup.namespace,
    paths: [
      backup.backup.secretPath,
      ...products.map(({ name, names }) =>
        everyTenant(names.secretPath, { product: name, environment: platform.environment, name: 'backup' }),
      ),
    ],
  });
}
