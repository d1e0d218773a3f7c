import { ApiObject, App } from 'cdk8s';
import type { Construct } from 'constructs';
import type { JsonObject } from '../model/json';
import type { PlatformData } from '../model/platform';
import type { Tenant as ResolvedTenant } from '../model/resolved';
import { ClusterPlatform, type ClusterPlatformProps } from './cluster-platform';
import { Registration } from './registration';
import { Tenant } from './tenant';

/** Objects as plain JSON, for those who write files: each set from a short-lived App of its own. */

/** A tenant's own namespace and everything in it. */
export function tenantObjects(tenant: ResolvedTenant): JsonObject[] {
  return objectsOf(new Tenant(new App(), tenant.id, tenant));
}

/** What a tenant adds to namespaces of the platform. */
export function registrationObjects(platform: PlatformData, tenant: ResolvedTenant): JsonObject[] {
  return objectsOf(new Registration(new App(), tenant.id, { platform, tenant }));
}

/** What a cluster has once. */
export function platformObjects(props: ClusterPlatformProps): JsonObject[] {
  return objectsOf(new ClusterPlatform(new App(), props.clusterName, props));
}

/** The JSON of each object below a construct, in the order of construction. */
export function objectsOf(scope: Construct): JsonObject[] {
  const objects: JsonObject[] = [];
  for (const node of scope.node.findAll()) if (ApiObject.isApiObject(node)) objects.push(jsonOf(node));
  return objects;
}

// --- internal ---

/** What an object was made of, which cdk8s keeps to itself. */
interface Made {
  readonly props: JsonObject;
  readonly patches: readonly unknown[];
}

/** The typed classes of the core API turn props into a manifest without a construct. */
interface Typed {
  readonly manifest?: (props: unknown) => JsonObject;
}

/**
 * The same as `object.toJson()` for what our constructs make, and three times as fast: nothing in it is lazy, so that none of its
 * thousand values needs to be asked whether it is, and the emitter sorts and drops what is undefined. A test holds both
 * against each other.
 */
function jsonOf(object: ApiObject): JsonObject {
  const { props, patches } = object as unknown as Made;
  if (patches.length > 0) return object.toJson() as JsonObject;
  const { manifest } = object.constructor as Typed;
  return manifest === undefined ? props : manifest(props);
}
