import { createHash } from 'node:crypto';
import { clusterApplications, type EmittedObject, tenantApplication } from '../argocd';
import { tenantKinds } from '../kube/kinds';
import { platformObjects, registrationObjects, tenantObjects } from '../kube/manifests';
import { registrationKinds } from '../kube/registration';
import { BACKUP_PRIORITY } from '../model/backup-space';
import type { JsonObject } from '../model/json';
import type { PlatformModel } from '../model/parse-platform';
import type { PlatformData } from '../model/platform';
import { sharedCredentials } from '../model/resolve-credentials';
import { offeredProducts, priorityLevels, sharedSpace } from '../model/resolve-shared';
import type { Space, Tenant } from '../model/resolved';
import { rowSecurityOf, rowSecurityPath, rowSecuritySql } from '../model/row-security';
import { sharedHoldings } from '../model/shared-holdings';
import { formatIndex, formatShared, indexCredentials } from '../registry/index-entry';
import type { Argument } from '../terraform/expression';
import { clusterStack, serverStacks, sharedStack, tenantStack } from '../terraform/manifests';
import { stackIgnores } from './stack-list';
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
  const made = tenant.state === 'purged' ? [] : [...manifests(platform, tenant), ...tenantStack(platform, tenant)];
  const files = made.map((file) => ({ ...file, sha256: sha256(file.text) }));
  const index = formatIndex({
    id: tenant.id,
    product: tenant.product,
    plan: tenant.planName,
    state: tenant.state,
    placement: tenant.clusterName,
    namespace: tenant.namespace,
    claims: tenant.claims,
    credentials: indexCredentials(tenant.credentials),
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
    ...shared.flatMap((space) => sharedStack(platform, space)),
    clusterStack({ platform, clusterName, products, root: rootOf(applications) }),
    ...shared.map((space) => sharedIndex(platform, space)),
  ];
}

/** What each product's shared database runs after its migrations. */
export function renderScripts({ products }: PlatformModel): RenderedFile[] {
  return [...products.values()].flatMap((product) => {
    const security = rowSecurityOf(product);
    if (security === null) return [];
    return [{ path: rowSecurityPath(product.name), text: rowSecuritySql(product.name, security) }];
  });
}

/** What the platform's servers have once. */
export function renderServers(platform: PlatformData): RenderedFile[] {
  return [...serverStacks(platform), stackIgnores()];
}

// --- internal ---

/** What shared services hold, so that a later synthesis sees what would be lost. */
function sharedIndex(platform: PlatformData, space: Space): RenderedFile {
  const { product, namespace, clusterName: placement } = space;
  const id = `${placement}.${product}`;
  const credentials = indexCredentials(sharedCredentials(platform, space));
  const text = formatShared({ id, product, placement, namespace, claims: sharedHoldings(space), credentials });
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

/** The application that syncs all others, with its project. */
function rootOf(applications: ReturnType<typeof clusterApplications>): Argument[] {
  const root = applications.find(({ path }) => path.endsWith('/_root.yaml'));
  if (root === undefined) throw new Error('expected a root application');
  return plain(root.objects) as unknown as Argument[];
}

/** Typed objects of a published schema are JSON, which their types do not say. */
function plain(objects: readonly unknown[]): readonly JsonObject[] {
  return objects as readonly JsonObject[];
}

function sha256(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
