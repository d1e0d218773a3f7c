import { expand } from './names';
import type { Cluster, PlatformData } from './platform';
import type { ContainerResources, ResolvedBackup, Space } from './resolved';
import { type Window, window } from './schedule';
import { spaceLabels } from './space-labels';

/**
 * The namespace of the retention jobs on a cluster, as a space, so that whatever makes namespaces, policies and stores serves
 * it too. It alone holds credentials that can remove snapshots.
 */

/** No tenant may have it, since places in the secret store can follow from an id. */
export const BACKUP_SPACE_ID = 'platform-backup';

/** PriorityClass of the retention jobs: they wait for room. */
export const BACKUP_PRIORITY = { name: 'platform-backup', value: 100 } as const;

/** Jobs that run at once at most; the others wait. A week has room for 2,500 tenants of half an hour each with four at a time. */
const AT_ONCE = 30;

/** More than a cluster can have tenants: counts in a quota that bounds nothing but accidents. */
const MANY = 10_000;

/** Pruning holds the index of the whole repository in memory. */
const RESOURCES: ContainerResources = {
  requests: { cpu: 0.1, memoryMiB: 256, ephemeralMiB: 256 },
  limits: { cpu: 1, memoryMiB: 2048, ephemeralMiB: 4096 },
};

/** Of one tenant's weekly pruning and checking. */
const DEADLINE_SECONDS = 6 * 3600;

/** A cluster's space for retention. Its `backup` copies nothing; it says what the jobs run with and where they connect to. */
export function backupSpace(platform: PlatformData, clusterName: string): Space & { readonly backup: ResolvedBackup } {
  const cluster = platform.clusters[clusterName];
  if (cluster === undefined) throw new Error(`the platform has no cluster ${clusterName}`);
  const { environment } = platform;
  const { namespace } = platform.backup;
  const labels = spaceLabels('platform', environment);
  const { requests, limits } = RESOURCES;
  return {
    kind: 'shared',
    id: BACKUP_SPACE_ID,
    product: 'platform',
    environment,
    namespace,
    clusterName,
    cluster,
    labels,
    namespaceLabels: labels,
    namespaceAnnotations: {},
    suspended: false,
    services: [],
    jobs: [],
    offers: [],
    routes: [],
    roles: [],
    identities: [],
    rateLimit: null,
    metricLabels: {},
    quota: {
      // Nothing runs without a deadline; one small pod by hand, to look at a repository.
      cpu: requests.cpu,
      memoryGiB: requests.memoryMiB / 1024,
      limitsCpu: limits.cpu,
      limitsMemoryGiB: limits.memoryMiB / 1024,
      pods: 1,
      storageGiB: 0,
      persistentVolumeClaims: 0,
      services: 0,
      secrets: MANY,
      configMaps: 5,
      loadBalancers: 0,
      nodePorts: 0,
    },
    jobQuota: {
      cpu: AT_ONCE * requests.cpu,
      memoryGiB: (AT_ONCE * requests.memoryMiB) / 1024,
      limitsCpu: AT_ONCE * limits.cpu,
      limitsMemoryGiB: (AT_ONCE * limits.memoryMiB) / 1024,
      pods: AT_ONCE,
    },
    containerLimits: {
      max: limits,
      min: { cpu: 0.01, memoryMiB: 16, ephemeralMiB: 1 },
      default: limits,
      defaultRequest: requests,
    },
    priorityClass: BACKUP_PRIORITY.name,
    nodePool: null,
    backup: maintenance(platform, cluster),
    // Its entries are made by hand: they come from whoever owns the backup stores.
    stateKey: `${environment}/${clusterName}/_backup`,
    secretReader: { role: readerRole(cluster, namespace) },
    shared: null,
    projects: [],
    projectsSecrets: false,
    projectedPaths: [],
    solves: false,
    routedByTenants: [],
  };
}

/** Path of the entry with the `accessKeyId` and `secretAccessKey` that may remove from a backup store. */
export function maintenancePath(platform: PlatformData, storeName: string): string {
  return `${platform.environment}/platform/backup/${storeName}`;
}

/** When retention jobs start: away from the backups, which share a repository with them, by a sixth of the rest of the day. */
export function retentionWindow({ backup }: PlatformData): Window {
  const { window: backups, problem } = window(backup.window);
  if (backups === undefined) throw new Error(problem);
  const rest = DAY - backups.length;
  const margin = Math.floor(rest / 6);
  return { from: (backups.from + backups.length + margin) % DAY, length: Math.max(rest - 2 * margin, 1) };
}

// --- internal ---

const DAY = 24 * 60;

function maintenance(platform: PlatformData, { backupStore }: Cluster): ResolvedBackup {
  const store = platform.backupStores[backupStore];
  if (store === undefined) throw new Error(`the platform has no backup store ${backupStore}`);
  return {
    minute: 0,
    keep: { daily: 0, weekly: 0, monthly: 0 },
    items: [],
    store,
    storeName: backupStore,
    repository: store.repository,
    secretPath: maintenancePath(platform, backupStore),
    access: null,
    image: platform.backup.image,
    resources: RESOURCES,
    deadlineSeconds: DEADLINE_SECONDS,
  };
}

/** As a tenant's reader is named; this one reads the maintenance entry, and each tenant's entry with its repository's password. */
function readerRole({ secretStore }: Cluster, namespace: string): string {
  const variables = { id: BACKUP_SPACE_ID, namespace };
  switch (secretStore.kind) {
    case 'vault':
      return expand(secretStore.role, variables);
    case 'aws-secrets-manager':
      return expand(secretStore.roleArn, variables);
    case 'kubernetes':
      return expand(secretStore.namespace, variables);
  }
}
