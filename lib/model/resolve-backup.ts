import { createHash } from 'node:crypto';
import { backupBucket } from './backup-bucket';
import { cut } from './names';
import type { Offer } from './offer';
import type { PlatformModel } from './parse-platform';
import type { Plan } from './plan-schema';
import type { BackupItem, ContainerResources, ResolvedBackup, ResolvedService } from './resolved';
import { parseTime, slotFor, window } from './schedule';

/** What a tenant's daily backup copies, when, and where to. */

/** A dump streams through restic, whose index grows with the repository. */
const RESOURCES: ContainerResources = {
  requests: { cpu: 0.1, memoryMiB: 256, ephemeralMiB: 256 },
  limits: { cpu: 1, memoryMiB: 1024, ephemeralMiB: 4096 },
};

/** AWS IAM ends names of users there. */
const USER_LIMIT = 64;

/** A backup that takes longer than this is stuck. */
const DEADLINE_SECONDS = 4 * 3600;

export interface BackupContext {
  readonly id: string;
  readonly namespace: string;
  readonly clusterName: string;
  readonly plan: Plan;
  readonly at: string | null;
  readonly services: readonly ResolvedService[];
  readonly offers: readonly Offer[];
  readonly secretPath: (name: string) => string;
}

/** The tenant's backup, or null where nothing is kept. */
export function resolveBackup(platform: PlatformModel, context: BackupContext): ResolvedBackup | null {
  const items = backupItems(context);
  if (items.length === 0) return null;
  const storeName = platform.clusters[context.clusterName]?.backupStore ?? '';
  const store = platform.backupStores[storeName];
  if (store === undefined) throw new Error(`no backup store ${storeName}`);
  const daily = window(context.plan.backup.window ?? platform.backup.window).window;
  const at = context.at === null ? undefined : parseTime(context.at).minute;
  const place = `${context.clusterName}/${context.namespace}`;
  const bucket = backupBucket(platform, storeName);
  return {
    minute: at ?? (daily === undefined ? 0 : slotFor(context.id, daily)),
    keep: context.plan.backup.keep,
    items,
    store,
    storeName,
    repository: `${store.repository}/${place}`,
    secretPath: context.secretPath('backup'),
    access:
      bucket === null
        ? null
        : { ...bucket, prefix: `${place}/`, user: cut(`backup.${place.replace('/', '.')}`, USER_LIMIT) },
    image: platform.backup.image,
    resources: withRoomFor(items, context.services),
    deadlineSeconds: DEADLINE_SECONDS,
  };
}

/** A short digest for names that must change with their content. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 10);
}

// --- internal ---

/** Databases in files are copied before they are read: there must be room for the largest volume of them. */
function withRoomFor(items: readonly BackupItem[], services: readonly ResolvedService[]): ContainerResources {
  const copied = items.flatMap((item) => (item.kind === 'volume' && item.databases.length > 0 ? [item.claimName] : []));
  const volumes = services.flatMap((service) => service.volumes).filter(({ claimName }) => copied.includes(claimName));
  const largest = Math.max(0, ...volumes.map(({ sizeGiB }) => sizeGiB * 1024));
  const { requests, limits } = RESOURCES;
  return { requests, limits: { ...limits, ephemeralMiB: limits.ephemeralMiB + largest } };
}

/** Databases first, files after: a file that a row refers to then exists in the backup. */
function backupItems({ services, offers }: BackupContext): BackupItem[] {
  const dumps = offers.flatMap((offer): BackupItem[] =>
    offer.dump === null ? [] : [{ kind: 'dump', name: offer.name, dump: offer.dump, peers: offer.peers }],
  );
  const volumes = services.flatMap((service) =>
    service.volumes
      .filter((volume) => volume.backup !== 'none')
      .map(
        (volume): BackupItem => ({
          kind: 'volume',
          name: volume.claimName,
          service: service.name,
          claimName: volume.claimName,
          databases: volume.backup === 'sqlite' ? volume.databases : [],
          user: service.user,
        }),
      ),
  );
  return [...dumps, ...volumes];
}
