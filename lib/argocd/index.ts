import type { IApplication, IAppProject } from '@kubernetes-models/argo-cd/argoproj.io/v1alpha1';
import { applicationFolder, type Place, platformApplication, rootApplication } from './application';
import type { ClusterObject, GroupKind } from './scope';

export { type ProjectAndApplication, type TenantApplicationProps, tenantApplication } from './application';
export type { GroupKind as EmittedKind } from './scope';

/** What is looked at of an emitted object. */
export interface EmittedObject {
  readonly apiVersion: string;
  readonly kind: string;
  readonly metadata: { readonly name: string; readonly namespace?: string };
}

export interface ClusterApplicationsProps extends Place {
  /** Everything in `_platform` that no tenant adds. */
  readonly objects: readonly EmittedObject[];
  /** Kinds of the namespaced objects that tenants add to `_platform`; their namespaces are among those of `objects`. */
  readonly registered: readonly GroupKind[];
}

/** A file of the output, relative to its folder, and the objects in it. */
export interface ApplicationFile {
  readonly path: string;
  readonly objects: readonly (IApplication | IAppProject)[];
}

/** What syncs `_platform`, and what syncs all Applications of the cluster. */
export function clusterApplications({ objects, registered, ...place }: ClusterApplicationsProps): ApplicationFile[] {
  const kinds: GroupKind[] = [...registered];
  const clusterObjects: ClusterObject[] = [];
  const namespaces = new Set<string>();
  for (const { apiVersion, kind, metadata } of objects) {
    const group = apiVersion.includes('/') ? apiVersion.slice(0, apiVersion.indexOf('/')) : '';
    if (metadata.namespace === undefined) clusterObjects.push({ group, kind, name: metadata.name });
    else {
      kinds.push({ group, kind });
      namespaces.add(metadata.namespace);
    }
  }
  const own = place.platform.backup.namespace;
  const others = [...namespaces].filter((namespace) => namespace !== own).sort();
  const folder = `kubernetes/${place.clusterName}/_platform`;
  const platform = platformApplication({ ...place, namespaces: [own, ...others], kinds, clusterObjects, folder });
  const below = applicationFolder(place.clusterName);
  return [
    { path: `${below}/_platform.yaml`, objects: platform },
    { path: `${below}/_root.yaml`, objects: rootApplication(place) },
  ];
}
