import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { cut } from '../model/names';
import type { BackupItem, NamedValue, ResolvedBackup, Space } from '../model/resolved';
import { cron } from '../model/schedule';
import { serviceAccount } from './account';
import { BACKUP, type Dump, itemStep, passwordKey, repositoryStep, type Volume, volumeName } from './backup-steps';
import { metadata } from './metadata';
import { podTemplate } from './pod';
import { resticCredentials, resticPassword, SCRATCH } from './restic';

export interface BackupProps {
  readonly space: Space;
}

/**
 * The daily backup of a space, which goes on while it is suspended: `backup` with all databases and then the first
 * service's volumes, and `backup-<service>` for each further service with volumes, since two volumes that only one node
 * can mount may be on two.
 *
 * The login reads, and the store's key adds: neither can remove anything but its own locks. What is old is removed from
 * elsewhere (`Retention`).
 */
export class Backup extends Construct {
  /** Null where nothing is kept. */
  readonly account: k8s.KubeServiceAccount | null;
  readonly cronJobs: readonly k8s.KubeCronJob[];

  constructor(scope: Construct, id: string, { space }: BackupProps) {
    super(scope, id);
    const { backup } = space;
    const runs = backup === null ? [] : runsOf(backup);
    this.account = backup === null ? null : serviceAccount(this, space, BACKUP);
    this.cronJobs = backup === null ? [] : runs.map((run, index) => cronJob(this, space, backup, run, index));
  }
}

/** What the backup's Secret holds, as environment of the workload `backup`. */
export function backupEnvironment(space: Pick<Space, 'backup'>): NamedValue[] {
  const { backup } = space;
  if (backup === null) return [];
  const dumps = backup.items.filter((item): item is Dump => item.kind === 'dump');
  return [
    ...repositoryEnvironment(backup),
    ...dumps.map((item) => ({ name: passwordKey(item), parts: [item.dump.password] })),
  ];
}

// --- internal ---

/** A late start is better than none: the next is a day away. */
const LATEST_START_SECONDS = 3600;

/** Finished Jobs stay over a weekend, to be read; the history limits bound their number before that. */
const KEEP_JOBS_SECONDS = 3 * 86_400;

/** Between the starts of a space's backups, so that they seldom run at once and only one makes the repository. */
const APART_MINUTES = 15;

/** Of pods without volumes: any that is not root. */
const USER = 10_001;

interface Run {
  readonly name: string;
  readonly items: readonly BackupItem[];
  readonly volumes: readonly Volume[];
}

/** Databases come first: a file that a row refers to is then in the backup. */
function runsOf({ items }: ResolvedBackup): Run[] {
  const dumps = items.filter((item) => item.kind === 'dump');
  const byService = new Map<string, Volume[]>();
  for (const item of items) {
    if (item.kind === 'volume') byService.set(item.service, [...(byService.get(item.service) ?? []), item]);
  }
  const [first = [], ...others] = byService.values();
  const name = ([volume]: Volume[]) => cut(`${BACKUP}-${volume?.service}`, 'cronJob');
  return [
    { name: BACKUP, items: [...dumps, ...first], volumes: first },
    ...others.map((volumes) => ({ name: name(volumes), items: volumes, volumes })),
  ];
}

function repositoryEnvironment({ repository, secretPath }: ResolvedBackup): NamedValue[] {
  return [resticPassword(secretPath), ...resticCredentials(repository, { path: secretPath })];
}

function cronJob(scope: Construct, space: Space, backup: ResolvedBackup, run: Run, index: number): k8s.KubeCronJob {
  const { deadlineSeconds: activeDeadlineSeconds } = backup;
  return new k8s.KubeCronJob(scope, run.name, {
    metadata: metadata(space, run.name, { wave: 'schedule', component: BACKUP }),
    spec: {
      schedule: cron((backup.minute + index * APART_MINUTES) % 1440),
      timeZone: 'Etc/UTC',
      concurrencyPolicy: 'Forbid',
      startingDeadlineSeconds: LATEST_START_SECONDS,
      successfulJobsHistoryLimit: 1,
      failedJobsHistoryLimit: 2,
      jobTemplate: {
        spec: {
          activeDeadlineSeconds,
          backoffLimit: 1,
          ttlSecondsAfterFinished: KEEP_JOBS_SECONDS,
          template: pods(space, backup, run),
        },
      },
    },
  });
}

/**
 * One step after the other: all but the last are init containers, since a pod asks for the largest of those and not for
 * their sum. Its deadline is the pod's own too, which makes it count against the quota of jobs.
 */
function pods(space: Space, backup: ResolvedBackup, { items, volumes }: Run): k8s.PodTemplateSpec {
  const credentials = repositoryEnvironment(backup);
  const steps = items.map((item) => itemStep(space, backup, item, credentials));
  const last = steps.at(-1);
  if (last === undefined) throw new Error(`the backup of ${space.id} has nothing to copy`);
  return podTemplate(space, {
    component: BACKUP,
    initContainers: [repositoryStep(backup, credentials), ...steps.slice(0, -1)],
    containers: [last],
    // Mounts are read-only, and the claims are not: some drivers then attach a volume a second time.
    volumes: volumes.map((item) => ({ name: volumeName(item), persistentVolumeClaim: { claimName: item.claimName } })),
    scratch: [SCRATCH],
    // The service's own user and group: nobody else may read its files, and nobody's ownership of them changes.
    user: volumes[0]?.user ?? USER,
    near: volumes[0]?.service,
    restartPolicy: 'Never',
    deadlineSeconds: backup.deadlineSeconds,
    serviceAccount: BACKUP,
  });
}
