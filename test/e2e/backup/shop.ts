import { definePlatform, defineProduct, postgresql, postgresqlRows, resolve } from '../../../lib';
import type { PostgresqlDetails } from '../../../lib/backing/postgresql';
import type { Login } from '../../../lib/model/credentials';
import { type PlatformModel, parsePlatform } from '../../../lib/model/parse-platform';
import { sharedSpace } from '../../../lib/model/resolve-shared';
import type { Space, Tenant } from '../../../lib/model/resolved';
import type { TenantFile } from '../../../lib/model/tenant';
import {
  type RenderedFile,
  renderCluster,
  renderScripts,
  renderServers,
  renderTenant,
} from '../../../lib/synth/render';
import type { Stack as PostgresqlStack } from '../../support/postgres-stack';
import type { KubeObject } from '../objects';
import { parseItems } from '../output';
import type { StorageStack } from './storage';

/** A shop whose tenants have a database each and rows in one that they share, on servers of this machine. */

export const ADMIN = 'tenantry';
export const BUCKET = 'backups';
/** Few, so that retention has something to remove. */
export const KEEP = { daily: 2, weekly: 1, monthly: 1 };

const CLUSTER = 'eu-1';
const database = postgresql({ name: 'database', extensions: ['citext'] });
const ledger = postgresql({ name: 'ledger' });
const rows = postgresqlRows({ name: 'rows', of: 'ledger', tables: ['entries', 'notes'] });
const resources = { requests: { cpu: 0.1, memoryMiB: 64 }, limits: { cpu: 0.2, memoryMiB: 128 } };

const shop = defineProduct({
  name: 'shop',
  displayName: 'Shop',
  apex: 'shop.example',
  backing: [database, rows],
  services: {
    web: {
      image: 'registry.example/web:1',
      port: 8080,
      env: { DATABASE_URL: database.url, ROWS: rows.url },
      resources,
    },
  },
  routes: [{ hosts: ['{id}.{apex}'], paths: { '/': 'web' } }],
  shared: {
    namespace: 'shop',
    backing: [ledger],
    services: { hub: { image: 'registry.example/hub:1', port: 8080, env: { DATABASE_URL: ledger.url }, resources } },
    jobs: { migrate: { service: 'hub', command: ['hub', 'migrate'] } },
  },
  plans: { basic: { backup: { keep: KEEP } } },
});

/** Ports that the servers answer on. */
export interface Ports {
  readonly postgres: number;
  readonly storage: number;
}

/** Terraform's JSON. */
export type Stack = PostgresqlStack & StorageStack;

/** What the library makes of it: the output, and what it was made of. */
export class Shop {
  readonly model: PlatformModel;
  private readonly files: readonly RenderedFile[];
  private readonly tenants: ReadonlyMap<string, Tenant>;

  constructor(ports: Ports, ids: readonly string[]) {
    const { platform } = platformAt(ports);
    this.model = parsed(platform);
    const tenants = ids.map((id) => resolve(platform, tenantFile(id)));
    this.tenants = new Map(tenants.map((tenant) => [tenant.id, tenant]));
    this.files = [
      ...renderCluster(this.model, this.model, CLUSTER),
      ...renderServers(this.model),
      ...renderScripts(this.model),
      ...tenants.flatMap((tenant) => renderTenant(this.model, tenant)),
    ];
  }

  tenant(id: string): Tenant {
    return found(this.tenants.get(id), id);
  }

  get shared(): Space {
    const [product] = this.model.products.values();
    return found(product === undefined ? null : sharedSpace(this.model, product, CLUSTER), 'shared services');
  }

  /** Objects of a tenant, or of the cluster as `_platform`, with what tenants have in the namespaces of others. */
  objects(folder: string): KubeObject[] {
    const paths = ['manifest', ...(folder === '_platform' ? this.tenants.keys() : [])];
    const wanted = paths.map((name) => `kubernetes/${CLUSTER}/${folder}/${name}.yaml`);
    const files = this.files.filter(({ path }) => wanted.includes(path));
    return files.flatMap(({ path, text }) => parseItems(path, text).map(({ object }) => object));
  }

  /** Stacks in the order in which they are applied: servers, clusters, tenants. */
  stacks(): Stack[] {
    const ranks = ['/_server-', '/_cluster-', '/_', '/'];
    const rank = (path: string) => ranks.findIndex((begin) => path.includes(`stacks${begin}`));
    const stacks = this.files.filter(({ path }) => path.endsWith('/cdk.tf.json'));
    return stacks.sort((a, b) => rank(a.path) - rank(b.path)).map(({ text }) => JSON.parse(text) as Stack);
  }

  text(path: string): string {
    return found(
      this.files.find((file) => file.path === path),
      path,
    ).text;
  }
}

/** Every login of a space that a stack makes. */
export function loginsOf({ offers }: Pick<Space, 'offers'>): Login[] {
  return offers.flatMap(({ details }) => (details as Partial<PostgresqlDetails>).logins ?? []);
}

/** Names of a space's own database. */
export function databaseOf({ offers }: Pick<Space, 'offers'>): PostgresqlDetails {
  return found(offers.find(({ kind }) => kind === 'postgresql')?.details as PostgresqlDetails | undefined, 'database');
}

// --- internal ---

function platformAt({ postgres, storage }: Ports) {
  const peer = { cidr: '192.0.2.9/32' };
  const host = '127.0.0.1';
  const store = { kind: 'vault' as const, server: 'https://vault.example', mount: 'secret', authMount: 'kubernetes' };
  return definePlatform({
    name: 'example',
    products: [shop],
    git: { repository: 'https://git.example/tenants.git' },
    regions: { eu: { jurisdiction: 'eu' } },
    clusters: {
      [CLUSTER]: {
        region: 'eu',
        podCidrs: ['10.64.0.0/12'],
        serviceCidrs: ['10.96.0.0/16'],
        routing: {
          kind: 'traefik',
          peers: [{ namespace: 'traefik', podLabels: { app: 'traefik' } }],
          issuer: 'letsencrypt',
          addresses: ['192.0.2.1'],
        },
        secretStore: { ...store, role: '{namespace}' },
        storageClass: 'fast',
        servers: { postgresql: 'pg-1' },
        backupStore: 'local',
      },
    },
    servers: {
      'pg-1': { engine: 'postgresql', version: '15', region: 'eu', host, port: postgres, peer, admin: ADMIN },
      's3-1': { engine: 's3', version: '2026', region: 'eu', host, port: storage, peer, tls: 'disable' },
    },
    backupStores: {
      local: {
        region: 'eu',
        repository: `s3:http://${host}:${storage}/${BUCKET}`,
        peer,
        port: storage,
        server: 's3-1',
      },
    },
    backup: { image: 'registry.example/backup:1' },
  });
}

function parsed(platform: Parameters<typeof parsePlatform>[0]): PlatformModel {
  const { platform: model, problems } = parsePlatform(platform, 'platform.ts');
  if (model === null) throw new Error(JSON.stringify(problems));
  return model;
}

function tenantFile(id: string): TenantFile {
  const input = {
    ...{ id, displayName: id, product: 'shop', plan: 'basic', placement: CLUSTER },
    ...{ contact: `admin@${id}.example`, createdOn: '2026-01-15' },
  };
  return { kind: 'tenantry.tenant', input } as TenantFile;
}

function found<T>(value: T | null | undefined, what: string): T {
  if (value === null || value === undefined) throw new Error(`there is no ${what}`);
  return value;
}
