import type { PlatformData } from '../model/platform';

/** What a project and its Application are both made from. */

export interface GroupKind {
  /** Empty for the core group. */
  readonly group: string;
  readonly kind: string;
}

/** A cluster-scoped object by its name, or all of its kind. */
export interface ClusterObject extends GroupKind {
  readonly name?: string;
}

export interface Scope {
  readonly platform: PlatformData;
  /** Of project and Application. */
  readonly name: string;
  readonly description: string;
  /** Address of the cluster that is synced to, as Argo CD knows it. */
  readonly server: string;
  /** Namespaces that are synced to; the first is the one of objects that name none. */
  readonly namespaces: readonly [string, ...string[]];
  /** Kinds of the namespaced objects that are emitted. */
  readonly kinds: readonly GroupKind[];
  /** Cluster-scoped objects that are emitted. */
  readonly clusterObjects: readonly ClusterObject[];
  /** Folder of the manifests below the committed output. */
  readonly folder: string;
}

/** The root Application neither prunes nor deletes them before a person has confirmed it. */
export function metadata({ name, platform }: Scope, annotations: Readonly<Record<string, string>>) {
  return {
    name,
    namespace: platform.argocd.namespace,
    labels: { 'app.kubernetes.io/managed-by': 'tenantry' },
    annotations: { ...annotations, 'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm' },
  };
}
