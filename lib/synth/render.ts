import { createHash } from 'node:crypto';
import { ApiObject, App } from 'cdk8s';
import { clusterApplications, type EmittedKind, tenantApplication } from '../argocd';
import { ClusterPlatform } from '../kube/cluster-platform';
import { Registration } from '../kube/registration';
import { Tenant as TenantChart } from '../kube/tenant';
import type { PlatformData } from '../model/platform';
import type { Space, Tenant } from '../model/resolved';
import { formatIndex } from '../registry/index-entry';
import { type JsonObject, toManifest } from './yaml';

/** Resolved data in, paths and texts out: pure, no disk. */

export interface RenderedFile {
  /** Path below `dist/`, with forward slashes. */
  readonly path: string;
  readonly text: string;
}

/** Every file of one tenant; for a purged one only its index entry, which keeps its names reserved. */
export function renderTenant(platform: PlatformData, tenant: Tenant): RenderedFile[] {
  const files = tenant.state === 'purged' ? [] : manifests(platform, tenant);
  const digests = Object.fromEntries(files.map(({ path, text }) => [path, sha256(text)]));
  const entry = {
    id: tenant.id,
    product: tenant.product,
    plan: tenant.planName,
    state: tenant.state,
    placement: tenant.clusterName,
    namespace: tenant.namespace,
    claims: tenant.claims,
    files: digests,
  };
  return [...files, { path: `index/${tenant.id}.json`, text: formatIndex(entry) }];
}

/** What a cluster has once: guardrails, shared namespaces, and Argo CD's applications that sync everything else. */
export function renderCluster(
  platform: PlatformData,
  clusterName: string,
  spaces: readonly Space[],
  priorities: ReadonlyMap<string, number>,
  apexes: readonly string[],
): RenderedFile[] {
  const app = new App();
  const chart = new ClusterPlatform(app, clusterName, { platform, clusterName, spaces, priorities, apexes });
  const objects = objectsOf(chart);
  const applications = clusterApplications({ platform, clusterName, kinds: kindsOf(objects) });
  return [
    { path: `kubernetes/${clusterName}/_platform/manifest.yaml`, text: toManifest(objects) },
    ...applications.map(({ path, objects: own }) => ({
      path,
      text: toManifest(own as unknown as readonly JsonObject[]),
    })),
  ];
}

/** The JSON of each object below a construct, in the order of construction. */
export function objectsOf(scope: { readonly node: { findAll(): readonly unknown[] } }): JsonObject[] {
  const objects: JsonObject[] = [];
  for (const node of scope.node.findAll()) if (ApiObject.isApiObject(node)) objects.push(node.toJson() as JsonObject);
  return objects;
}

// --- internal ---

function manifests(platform: PlatformData, tenant: Tenant): RenderedFile[] {
  const { clusterName, id } = tenant;
  const folder = `kubernetes/${clusterName}/${id}`;
  const objects = objectsOf(new TenantChart(new App(), id, tenant));
  const registered = objectsOf(new Registration(new App(), id, { platform, tenant }));
  const application = tenantApplication({
    platform,
    clusterName,
    tenant: { id, namespace: tenant.namespace },
    kinds: kindsOf(objects),
    folder,
  });
  return [
    { path: `${folder}/manifest.yaml`, text: toManifest(objects) },
    ...(registered.length === 0
      ? []
      : [{ path: `kubernetes/${clusterName}/_platform/${id}.yaml`, text: toManifest(registered) }]),
    { path: `argocd/${clusterName}/${id}.yaml`, text: toManifest(application as unknown as readonly JsonObject[]) },
  ];
}

function kindsOf(objects: readonly JsonObject[]): EmittedKind[] {
  const kinds = new Map<string, EmittedKind>();
  for (const { apiVersion, kind } of objects) {
    const [group = '', version] = String(apiVersion).split('/');
    const emitted = { group: version === undefined ? '' : group, kind: String(kind) };
    kinds.set(`${emitted.group}/${emitted.kind}`, emitted);
  }
  return [...kinds.entries()].sort(([a], [b]) => (a < b ? -1 : 1)).map(([, kind]) => kind);
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
