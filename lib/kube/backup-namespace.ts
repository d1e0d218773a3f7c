import { JsonPatch } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { backupSpace } from '../model/backup-space';
import type { PlatformData } from '../model/platform';
import { serviceAccount } from './account';
import { BACKUP } from './backup-steps';
import { secretEntries } from './environment';
import { metadata } from './metadata';
import { NamespaceBase } from './namespace';
import { Network } from './network';
import { resticCredentials } from './restic';
import { MAINTAIN, maintenanceWorkload, RETENTION } from './retention';
import { NamespaceSecretStore } from './secret-store';
import { WorkloadSecrets } from './secrets';

export interface BackupNamespaceProps {
  readonly platform: PlatformData;
  readonly clusterName: string;
}

/** The namespace of a cluster's retention jobs, with all that is not one tenant's: bounds, policies, credentials. */
export class BackupNamespace extends Construct {
  readonly base: NamespaceBase;
  /** Names and the store of backups can be reached, nothing else, and nothing comes in. */
  readonly network: Network;
  readonly account: k8s.KubeServiceAccount;
  readonly secretStore: NamespaceSecretStore;
  /** What may remove from the cluster's backup store. */
  readonly maintenance: WorkloadSecrets;
  /** What each job runs. */
  readonly script: k8s.KubeConfigMap;

  constructor(scope: Construct, id: string, { platform, clusterName }: BackupNamespaceProps) {
    super(scope, id);
    const space = backupSpace(platform, clusterName);
    const { repository, storeName, secretPath: path } = space.backup;
    this.base = new NamespaceBase(this, 'base', { space });
    // The one namespace with a CronJob for each tenant.
    for (const [kind, count] of Object.entries(JOBS)) {
      this.base.objects.addJsonPatch(JsonPatch.replace(`/spec/hard/count~1${kind}`, k8s.Quantity.fromString(count)));
    }
    this.network = new Network(this, 'network', { space });
    this.account = serviceAccount(this, space, BACKUP);
    this.secretStore = new NamespaceSecretStore(this, 'secret-store', { space });
    this.maintenance = new WorkloadSecrets(this, 'maintenance', {
      space,
      workload: maintenanceWorkload(storeName),
      entries: secretEntries({ env: resticCredentials(repository, { path }), files: [] }),
    });
    this.script = new k8s.KubeConfigMap(this, 'script', {
      metadata: metadata(space, RETENTION, { wave: 'secret' }),
      data: { maintain: MAINTAIN },
    });
  }
}

// --- internal ---

/** More than a cluster can have tenants, and two finished Jobs of each, and one that runs. */
const JOBS = { 'cronjobs.batch': '10000', 'jobs.batch': '30000' } as const;
