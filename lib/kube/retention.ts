import type { ApiObject } from 'cdk8s';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { backupSpace, retentionWindow } from '../model/backup-space';
import type { PlatformData } from '../model/platform';
import type { ResolvedBackup, Space, Tenant } from '../model/resolved';
import { cronWeekly } from '../model/schedule';
import { BACKUP } from './backup-steps';
import { secretsName } from './environment';
import { copiedSecret } from './external-secret';
import { metadata } from './metadata';
import { podTemplate } from './pod';
import { resticPassword, SCRATCH } from './restic';
import { SECRET_STORE, secretStore } from './secret-store';

export interface RetentionProps {
  readonly platform: PlatformData;
  /** A tenant, or what has a backup like one. */
  readonly tenant: Pick<Tenant, 'id' | 'clusterName' | 'labels' | 'backup' | 'secretReader'>;
}

/**
 * The weekly removal of a tenant's old snapshots, and a check of what stays, from the platform's own namespace: credentials
 * that can remove never come near a tenant.
 *
 * Short on purpose, with all that tenants have in common in one ConfigMap: Argo CD reads at most 10 MB of a folder, and this
 * is in one folder for all tenants of a cluster.
 */
export class Retention extends Construct {
  /** Null where there is no backup. */
  readonly cronJob: k8s.KubeCronJob | null = null;
  /** For stores that know a place of secrets by its namespace; elsewhere the store of retention reads every tenant's password. */
  readonly secretStore: ApiObject | null = null;
  /** Brings the password of the tenant's repository. */
  readonly password: ApiObject | null = null;

  constructor(scope: Construct, id: string, { platform, tenant }: RetentionProps) {
    super(scope, id);
    const { backup } = tenant;
    if (backup === null) return;
    const space = { ...backupSpace(platform, tenant.clusterName), labels: LABELS };
    const schedule = cronWeekly(`${tenant.id}/retention`, retentionWindow(platform));
    const template = pods({ ...space, labels: tenant.labels }, tenant.id, backup, space.backup);
    this.cronJob = cronJob(this, space, tenant.id, schedule, template);
    const store = space.cluster.secretStore.kind === 'kubernetes' ? storeName(tenant.id) : SECRET_STORE;
    if (store !== SECRET_STORE)
      this.secretStore = secretStore(this, { ...space, secretReader: tenant.secretReader }, store, 'route');
    this.password = password(this, space, tenant.id, backup, store);
  }
}

/** Name of the ConfigMap with the script that all retention jobs run. */
export const RETENTION = 'retention';

/** Workload whose Secret has the credentials that may remove from a store. No tenant's id holds a dot. */
export function maintenanceWorkload(storeName: string): string {
  return `maintenance.${storeName}`;
}

/** Script, credentials and password of a job lie here, a file each. */
const FOLDER = '/retention';

/**
 * Another tenth of the data is read each week, so that all of it is in ten. `unlock` removes only locks that nobody has
 * refreshed for half an hour. Where no backup has run yet, which restic says by 10, there is nothing to do.
 */
export const MAINTAIN = `set -eu
daily=$2 weekly=$3 monthly=$4
: "\${FOLDER:=${FOLDER}}" "\${TMPDIR:=${SCRATCH}}"
for file in AWS_ACCESS_KEY_ID AWS_SECRET_ACCESS_KEY AZURE_ACCOUNT_NAME AZURE_ACCOUNT_KEY \\
  B2_ACCOUNT_ID B2_ACCOUNT_KEY RESTIC_REST_USERNAME RESTIC_REST_PASSWORD; do
  if [ -f "$FOLDER/$file" ]; then export "$file=$(cat "$FOLDER/$file")"; fi
done
export RESTIC_REPOSITORY="$1" RESTIC_PASSWORD_FILE="$FOLDER/RESTIC_PASSWORD" RESTIC_CACHE_DIR="$TMPDIR/cache" TMPDIR
code=0
restic cat config --no-lock > /dev/null || code=$?
if [ "$code" -eq 10 ]; then exit 0; fi
if [ "$code" -ne 0 ]; then exit "$code"; fi
restic unlock
restic forget --retry-lock 1h --group-by host,tags --keep-within 7d \\
  --keep-daily "$daily" --keep-weekly "$weekly" --keep-monthly "$monthly" --prune
restic check --retry-lock 1h --read-data-subset "$(($(date +%s) / 604800 % 10 + 1))/10"
`;

// --- internal ---

const LABELS = { 'app.kubernetes.io/managed-by': 'tenantry' };
const USER = 10_001;

function cronJob(scope: Construct, space: Space, id: string, schedule: string, template: k8s.PodTemplateSpec) {
  return new k8s.KubeCronJob(scope, 'cron-job', {
    metadata: metadata(space, id, { wave: 'schedule', labels: { tenant: id } }),
    spec: {
      schedule,
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      // No deadline for its start: a late one is better than none for a week.
      successfulJobsHistoryLimit: 1,
      jobTemplate: { spec: { backoffLimit: 1, template } },
    },
  });
}

/** What they cost is the tenant's: so are their labels. */
function pods(space: Space, id: string, backup: ResolvedBackup, { image, resources, deadlineSeconds }: ResolvedBackup) {
  const { keep, repository, storeName } = backup;
  const counts = [keep.daily, keep.weekly, keep.monthly].map(String);
  const secrets = [secretsName(maintenanceWorkload(storeName)), id].map((name) => ({ secret: { name } }));
  return podTemplate(space, {
    component: BACKUP,
    containers: [
      {
        name: 'restic',
        image,
        command: ['/bin/sh', `${FOLDER}/maintain`, repository, ...counts].map((word) => [word]),
        resources,
        mounts: [{ name: RETENTION, mountPath: FOLDER, readOnly: true }],
      },
    ],
    volumes: [{ name: RETENTION, projected: { sources: [{ configMap: { name: RETENTION } }, ...secrets] } }],
    scratch: [SCRATCH],
    user: USER,
    restartPolicy: 'Never',
    deadlineSeconds,
    serviceAccount: BACKUP,
  });
}

/** No tenant's id holds a dot, so that none is called like the namespace's own store. */
function storeName(id: string): string {
  return `tenant.${id}`;
}

function password(
  scope: Construct,
  space: Space,
  id: string,
  { secretPath }: ResolvedBackup,
  store: string,
): ApiObject {
  return copiedSecret(scope, 'password', space, {
    name: id,
    store,
    key: resticPassword(secretPath).name,
    part: { path: secretPath, key: 'password', encode: 'none' },
    // In the last wave: one tenant's missing credential must hold up no sync of the cluster.
    metadata: { wave: 'route' },
  });
}
