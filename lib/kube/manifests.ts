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
  for (const node of scope.node.findAll()) if (ApiObject.isApiObject(node)) objects.push(node.toJson() as JsonObject);
  return objects;
}
