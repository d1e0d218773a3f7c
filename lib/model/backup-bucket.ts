import type { BackupStore, PlatformData, Server } from './platform';

/** The bucket of a backup store that lies on a server of the platform. */

export interface BackupBucket {
  readonly server: string;
  readonly bucket: string;
}

/** Null where the store is somebody else's. */
export function backupBucket(platform: PlatformData, storeName: string): BackupBucket | null {
  const store = platform.backupStores[storeName];
  if (store === undefined || store.server === null) return null;
  return { server: store.server, bucket: store.repository.slice(store.repository.lastIndexOf('/') + 1) };
}

/** How clients address a storage. A port speaks TLS or does not, to everybody. */
export function storageAddress({
  host,
  port,
  tls,
}: Pick<Extract<Server, { engine: 's3' }>, 'host' | 'port' | 'tls'>): string {
  const [scheme, usual] = tls === 'disable' ? ['http', 80] : ['https', 443];
  return port === usual ? `${scheme}://${host}` : `${scheme}://${host}:${port}`;
}

/** Why a store does not lie on the server that it names; null where it does. */
export function bucketProblem(
  { repository, region }: Pick<BackupStore, 'repository' | 'region'>,
  server: Server,
): { readonly field: 'server' | 'region' | 'repository'; readonly found: string; readonly fix: string } | null {
  if (server.engine !== 's3') {
    return { field: 'server', found: 'it is no S3 storage', fix: 'name a server of engine s3' };
  }
  if (server.region !== region) {
    const found = `it is ${JSON.stringify(region)}, and its server lies in ${JSON.stringify(server.region)}`;
    return { field: 'region', found, fix: `write ${JSON.stringify(server.region)}` };
  }
  const begin = `s3:${storageAddress(server)}/`;
  const bucket = repository.startsWith(begin) ? repository.slice(begin.length) : '';
  if (/^[a-z0-9][a-z0-9-]{1,61}[a-z0-9]$/.test(bucket)) return null;
  return {
    field: 'repository',
    found: `${JSON.stringify(repository)} is no bucket of its server`,
    fix: `write ${begin}<bucket>`,
  };
}
