import type { PlatformData } from '../model/platform';
import type { Space, Tenant } from '../model/resolved';
import { ClusterStack, type ClusterStackProps } from './cluster';
import { stackRoot, stackText } from './emit';
import { IdentityStack } from './identity';
import { hasBackupStores, MinioServerStack, minioBaseline } from './minio-server';
import { mysqlBaseline } from './mysql';
import { oauthClients } from './oauth-client';
import { PostgresqlServerStack, postgresqlBaseline } from './server';
import { hasStack, SpaceStack } from './tenant';

/** Stacks as files; nothing outside of this room sees cdktf. */

export interface StackFile {
  /** Below `dist/`. */
  readonly path: string;
  readonly text: string;
}

/** Folder of a stack, which is its name too. */
export function stackFolder(name: string): string {
  return `terraform/stacks/${name}`;
}

/** A tenant's; none where nothing of it is Terraform's. */
export function tenantStack(platform: PlatformData, tenant: Tenant): StackFile[] {
  return spaceStack(platform, tenant, tenant.id);
}

/** That of a product's shared services on a cluster. */
export function sharedStack(platform: PlatformData, space: Space): StackFile[] {
  return spaceStack(platform, space, sharedStackName(space));
}

/** No tenant's id has an underscore or a dot. */
export function sharedStackName({ id, product }: Pick<Space, 'id' | 'product'>): string {
  return `_${id}.${product}`;
}

/** That of a space's clients with secrets, applied after its own. */
export function identityStackName(name: string): string {
  return `${name}_identity`;
}

/** Those of the platform's servers, each with what its superuser runs once. */
export function serverStacks(platform: PlatformData): StackFile[] {
  return Object.entries(platform.servers).flatMap(([name, server]) => {
    const folder = stackFolder(`_server-${name}`);
    // Not beside the stack: cdktf's CLI removes folders of its own that no stack has.
    const baseline = (file: string, text: string) => ({ path: `terraform/servers/${name}/${file}`, text });
    if (server.engine === 'mysql') return [baseline('baseline.sql', mysqlBaseline(name, server))];
    if (server.engine === 's3') {
      const policy = baseline('baseline.json', minioBaseline());
      if (!hasBackupStores(platform, name)) return [policy];
      const stack = new MinioServerStack(stackRoot(), `_server-${name}`, { platform, name, server });
      return [{ path: `${folder}/cdk.tf.json`, text: stackText(stack) }, policy];
    }
    if (server.engine !== 'postgresql') return [];
    const stack = new PostgresqlServerStack(stackRoot(), `_server-${name}`, { platform, name, server });
    return [
      { path: `${folder}/cdk.tf.json`, text: stackText(stack) },
      baseline('baseline.sql', postgresqlBaseline(name, server)),
    ];
  });
}

/** A cluster's. */
export function clusterStack(props: ClusterStackProps): StackFile {
  const name = `_cluster-${props.clusterName}`;
  return { path: `${stackFolder(name)}/cdk.tf.json`, text: stackText(new ClusterStack(stackRoot(), name, props)) };
}

// --- internal ---

function spaceStack(platform: PlatformData, space: Space, name: string): StackFile[] {
  if (!hasStack(space)) return [];
  const stack = new SpaceStack(stackRoot(), name, { platform, space });
  const file = { path: `${stackFolder(name)}/cdk.tf.json`, text: stackText(stack) };
  if (oauthClients(space.offers).confidential.length === 0) return [file];
  const identity = identityStackName(name);
  const apart = new IdentityStack(stackRoot(), identity, { platform, space });
  return [file, { path: `${stackFolder(identity)}/cdk.tf.json`, text: stackText(apart) }];
}
