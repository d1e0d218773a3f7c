import type { IApplication, IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1';
import type { PlatformData } from '../model/platform';
import { project } from './project';
import { type ClusterObject, type GroupKind, metadata, type Scope } from './scope';

/**
 * What Argo CD is told: for each tenant an Application, which syncs one folder into one namespace, and an AppProject, which
 * allows exactly that. Both are literal objects in git: a generator that finds nothing would delete everything. Wants Argo CD
 * 3.5 or newer, whose projects allow cluster-scoped objects by name.
 */

/** Project and the Application within it, in the order in which they are applied. */
export type ProjectAndApplication = readonly [IAppProject, IApplication];

export interface Place {
  readonly platform: PlatformData;
  /** A cluster of the platform. */
  readonly clusterName: string;
}

export interface TenantApplicationProps extends Place {
  readonly tenant: { readonly id: string; readonly namespace: string };
  /** Kinds of the objects that are emitted, in any order; no other may be synced. */
  readonly kinds: readonly GroupKind[];
  /** Folder of the manifest below the committed output, such as `kubernetes/eu-1/acme`. */
  readonly folder: string;
}

export interface PlatformApplicationProps extends Place {
  /** Namespaces with objects of `_platform`; the first is the one of objects that name none. */
  readonly namespaces: readonly [string, ...string[]];
  readonly kinds: readonly GroupKind[];
  /** Cluster-scoped objects that are emitted, namespaces too. */
  readonly clusterObjects: readonly ClusterObject[];
  readonly folder: string;
}

/** Name of a cluster's `_platform` Application. Ids hold no dot, so that no tenant can ever have it. */
export const platformApplicationName = (clusterName: string): string => `platform.${clusterName}`;

/** Name of a cluster's root Application, which syncs all others. */
export const rootApplicationName = (clusterName: string): string => `root.${clusterName}`;

/** Where the Applications of a cluster lie below the committed output, one file a tenant. */
export const applicationFolder = (clusterName: string): string => `argocd/${clusterName}`;

/** A tenant's project and Application, both named by its id. */
export function tenantApplication({ tenant, kinds, ...props }: TenantApplicationProps): ProjectAndApplication {
  return together({
    ...props,
    // Not every Namespace, as a kind would be: its own, by name.
    kinds: kinds.filter(({ group, kind }) => group !== '' || kind !== 'Namespace'),
    name: tenant.id,
    description: `Tenant ${tenant.id} on ${props.clusterName}`,
    server: serverOf(props),
    namespaces: [tenant.namespace],
    clusterObjects: [{ group: '', kind: 'Namespace', name: tenant.namespace }],
  });
}

/** Project and Application of what a cluster has once. */
export function platformApplication(props: PlatformApplicationProps): ProjectAndApplication {
  return together({
    ...props,
    name: platformApplicationName(props.clusterName),
    description: `What all tenants on ${props.clusterName} share`,
    server: serverOf(props),
  });
}

/**
 * Project and Application that sync all others of a cluster. The bootstrap applies them once; they lie in the folder that they
 * sync, so that they are kept from then on.
 */
export function rootApplication(place: Place): ProjectAndApplication {
  return together({
    ...place,
    name: rootApplicationName(place.clusterName),
    description: `Applications and projects of ${place.clusterName}`,
    server: IN_CLUSTER,
    namespaces: [place.platform.argocd.namespace],
    kinds: [
      { group: 'argoproj.io', kind: 'AppProject' },
      { group: 'argoproj.io', kind: 'Application' },
    ],
    clusterObjects: [],
    folder: applicationFolder(place.clusterName),
  });
}

// --- internal ---

/** Argo CD's own cluster, as it calls it. */
const IN_CLUSTER = 'https://kubernetes.default.svc';

const SYNC_OPTIONS = [
  'ApplyOutOfSyncOnly=true',
  'Delete=confirm',
  'FailOnSharedResource=true',
  'Prune=confirm',
  // What waits for a confirmation comes after everything that does not.
  'PruneLast=true',
  'ServerSideApply=true',
];

function together(scope: Scope): ProjectAndApplication {
  return [project(scope), application(scope)];
}

/** No finalizer: whoever deletes the Application deletes nothing else. */
function application(scope: Scope): IApplication {
  const { git } = scope.platform;
  return {
    apiVersion: 'argoproj.io/v1alpha1',
    kind: 'Application',
    metadata: metadata(scope, {
      // What the API server fills in is no difference, so that self-healing comes to rest.
      'argocd.argoproj.io/compare-options': 'ServerSideDiff=true',
      // A commit to another tenant's folder costs this one nothing.
      'argocd.argoproj.io/manifest-generate-paths': '.',
    }),
    spec: {
      project: scope.name,
      source: {
        repoURL: git.repository,
        targetRevision: git.revision,
        path: `${git.path}/${scope.folder}`,
        directory: { recurse: false },
      },
      destination: { server: scope.server, namespace: scope.namespaces[0] },
      revisionHistoryLimit: 3,
      syncPolicy: {
        automated: { prune: true, selfHeal: true, allowEmpty: false },
        syncOptions: [...SYNC_OPTIONS],
        // A retry takes the newest commit: what repairs a failure is not held up by it.
        retry: { limit: 10, refresh: true, backoff: { duration: '10s', factor: 2, maxDuration: '5m' } },
      },
    },
  };
}

function serverOf({ platform, clusterName }: Place): string {
  const cluster = platform.clusters[clusterName];
  if (cluster === undefined) throw new Error(`the platform has no cluster ${clusterName}`);
  return cluster.server;
}
