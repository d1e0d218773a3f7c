import { createHash } from 'node:crypto';
import { clusterApplications, type EmittedObject, tenantApplication } from '../argocd';
import { tenantKinds } from '../kube/kinds';
import { platformObjects, registrationObjects, tenantObjects } from '../kube/manifests';
import { registrationKinds } from '../kube/registration';
import { BACKUP_PRIORITY } from '../model/backup-space';
import type { JsonObject } from '../model/json';
import type { PlatformModel } from '../model/parse-platform';
import type { PlatformData } from '../model/platform';
import { offeredProducts, priorityLevels, sharedSpace } from '../model/resolve-shared';
import type { Space, Tenant } from '../model/resolved';
import { sharedHoldings } from '../model/shared-holdings';
import { formatIndex, formatShared } from '../registry/index-entry';
import { toManifest } from './yaml';

/** Resolved data in, paths and texts out: pure, no disk. */

export interface RenderedFile {
  /** Path below `dist/`, with forward slashes. */
  readonly path: string;
  readonly text: string;
  /** Hexadecimal SHA-256 of the text, where it was needed anyway. */
  readonly sha256?: string;
}

/** Every file of one tenant; for a purged one only its index entry, which keeps its names reserved. */
export function renderTenant(platform: PlatformData, tenant: Tenant): RenderedFile[] {
  const made = tenant.state === 'purged' ? [] : manifests(platform, tenant);
  const files = made.map((file) => ({ ...file, sha256: sha256(file.text) }));
  const index = formatIndex({
    id: tenant.id,
    product: tenant.product,
    plan: tenant.planName,
    state: tenant.state,
    placement: tenant.clusterName,
    namespace: tenant.namespace,
    claims: tenant.claims,
    files: Object.fromEntries(files.map((file) => [file.path, file.sha256])),
  });
  return [...files, { path: `index/${tenant.id}.json`, text: index }];
}

/** What a cluster has once: guardrails, shared namespaces, and Argo CD's applications that sync everything else. */
export function renderCluster(model: PlatformModel, platform: PlatformData, clusterName: string): RenderedFile[] {
  const cluster = platform.clusters[clusterName];
  if (cluster === undefined) throw new Error(`the platform has no cluster ${clusterName}`);
  const products = offeredProducts(model, clusterName);
  const shared = products.flatMap((product) => sharedSpace(model, product, clusterName) ?? []);
  const priorities = [...priorityLevels(products), BACKUP_PRIORITY];
  const objects = platformObjects({ platform, clusterName, products, shared, priorities });
  const applications = clusterApplications({
    platform,
    clusterName,
    objects: objects as unknown as readonly EmittedObject[],
    registered: registrationKinds(cluster),
  });
  return [
    { path: `kubernetes/${clusterName}/_platform/manifest.yaml`, text: toManifest(objects) },
    ...applications.map((file) => ({ path: file.path, text: toManifest(plain(file.objects)) })),
    ...shared.map(sharedIndex),
  ];
}

// --- internal ---

/** What shared services hold, so that a later synthesis sees what would be lost. */
function sharedIndex(space: Space): RenderedFile {
  const { product, namespace, clusterName: placement } = space;
  const id = `${placement}.${product}`;
  const text = formatShared({ id, product, placement, namespace, claims: sharedHoldings(space) });
  return { path: `index/_shared/${id}.json`, text };
}

function manifests(platform: PlatformData, tenant: Tenant): RenderedFile[] {
  const { clusterName, id, namespace } = tenant;
  const folder = `kubernetes/${clusterName}/${id}`;
  const objects = tenantObjects(tenant);
  const registered = registrationObjects(platform, tenant);
  const application = tenantApplication({
    platform,
    clusterName,
    tenant: { id, namespace },
    kinds: tenantKinds(tenant.cluster),
    folder,
  });
  return [
    { path: `${folder}/manifest.yaml`, text: toManifest(objects) },
    ...(registered.length === 0
      ? []
      : [{ path: `kubernetes/${clusterName}/_platform/${id}.yaml`, text: toManifest(registered) }]),
    { path: `argocd/${clusterName}/${id}.yaml`, text: toManifest(plain(application)) },
  ];
}

/** Typed objects of a published schema are JSON, which their types do not say. */
function plain(objects: readonly unknown[]): readonly JsonObject[] {
  return objects as readonly JsonObject[];
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
