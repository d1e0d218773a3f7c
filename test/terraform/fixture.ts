import { definePlatform, defineProduct, generatedSecret, postgresql, postgresqlRows, resolve } from '../../lib';
import { parsePlatform } from '../../lib/model/parse-platform';
import type { SecretStore } from '../../lib/model/platform';
import type { Tenant } from '../../lib/model/resolved';
import type { TenantFile } from '../../lib/model/tenant';
import { tenantStack } from '../../lib/terraform/manifests';

/** A platform with a cluster for each kind of store, and a shop with a database, rows of a shared one, and a key. */

const database = postgresql({ name: 'database', extensions: ['citext'] });
const ledger = postgresql({ name: 'ledger' });
const rows = postgresqlRows({ name: 'rows', of: 'ledger', tables: ['entries'] });
const key = generatedSecret({ name: 'key', length: 100 });

export const shop = defineProduct({
  name: 'shop',
  displayName: 'Shop',
  apex: 'shop.example',
  backing: [database, rows, key],
  services: {
    web: {
      image: 'registry.example/web:1',
      port: 8080,
      env: { DATABASE_URL: database.url, ROWS_URL: rows.url, KEY: key.value },
      resources: { requests: { cpu: 0.1, memoryMiB: 64 }, limits: { cpu: 0.2, memoryMiB: 128 } },
    },
  },
  routes: [{ hosts: ['{id}.{apex}'], paths: { '/': 'web' } }],
  shared: {
    namespace: 'shop',
    backing: [ledger],
    jobs: { migrate: { service: 'hub', command: ['hub', 'migrate'] } },
    services: {
      hub: {
        image: 'registry.example/hub:1',
        port: 8080,
        env: { DATABASE_URL: ledger.url },
        resources: { requests: { cpu: 0.1, memoryMiB: 64 }, limits: { cpu: 0.2, memoryMiB: 128 } },
      },
    },
  },
  plans: { basic: {} },
});

const STORES: Readonly<Record<string, SecretStore>> = {
  vault: {
    kind: 'vault',
    server: 'https://vault.example',
    mount: 'secret',
    authMount: 'kubernetes',
    role: '{namespace}',
  },
  aws: { kind: 'aws-secrets-manager', region: 'eu-west-1', roleArn: 'arn:aws:iam::1:role/{id}' },
  kube: { kind: 'kubernetes', namespace: 'store-{id}' },
};

export type StoreName = 'vault' | 'aws' | 'kube';

function clusters() {
  const cluster = (secretStore: SecretStore) => ({
    region: 'eu',
    podCidrs: ['10.64.0.0/12'],
    serviceCidrs: ['10.96.0.0/16'],
    routing: {
      kind: 'traefik' as const,
      peers: [{ namespace: 'traefik', podLabels: { app: 'traefik' } }],
      issuer: 'letsencrypt',
      addresses: ['192.0.2.1'],
    },
    secretStore,
    storageClass: 'fast',
    servers: { postgresql: 'pg-1' },
    backupStore: 'backups',
  });
  return Object.fromEntries(Object.entries(STORES).map(([name, store]) => [name, cluster(store)]));
}

const defined = definePlatform({
  name: 'example',
  products: [shop],
  git: { repository: 'https://git.example/tenants.git' },
  regions: { eu: { jurisdiction: 'eu' } },
  clusters: clusters() as Record<StoreName, ReturnType<typeof clusters>[string]>,
  servers: {
    'pg-1': {
      engine: 'postgresql',
      version: '17',
      region: 'eu',
      host: 'pg.example',
      port: 5432,
      peer: { cidr: '192.0.2.9/32' },
    },
  },
  backupStores: { backups: { region: 'eu', repository: 's3:https://s3.example/b', peer: { cidr: '192.0.2.10/32' } } },
  backup: { image: 'registry.example/backup:1' },
});

export const platform = parsed();

function parsed() {
  const { platform: model, problems } = parsePlatform(defined.platform, 'platform.ts');
  if (model === null) throw new Error(JSON.stringify(problems));
  return model;
}

/** A tenant of the shop, with whatever its file says besides. */
export function shopTenant(placement: StoreName, more: Readonly<Record<string, unknown>> = {}): Tenant {
  const input = {
    ...{ id: 'acme', displayName: 'ACME', product: 'shop', plan: 'basic', placement },
    ...{ contact: 'a@acme.example', createdOn: '2026-01-15' },
    ...more,
  };
  return resolve(defined.platform, { kind: 'tenantry.tenant', input } as TenantFile);
}

/** Terraform's JSON of a stack. */
export interface Stack {
  readonly terraform: {
    readonly required_version: string;
    readonly required_providers: Readonly<Record<string, object>>;
    readonly backend: object;
  };
  readonly provider: Readonly<Record<string, readonly Block[]>>;
  readonly resource: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly ephemeral?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
  readonly variable: Readonly<Record<string, Block>>;
  readonly data?: Readonly<Record<string, Readonly<Record<string, Block>>>>;
}
export type Block = Readonly<Record<string, unknown>>;

export function stackOf(tenant: Tenant): Stack {
  const [file, ...others] = tenantStack(platform, tenant);
  if (file === undefined || others.length > 0) throw new Error('expected one file');
  return JSON.parse(file.text) as Stack;
}

/** Every resource, by its address. */
export function resources(stack: Stack): Map<string, Block> {
  const found = Object.entries(stack.resource).flatMap(([type, blocks]) =>
    Object.entries(blocks).map(([name, block]): [string, Block] => [`${type}.${name}`, block]),
  );
  return new Map(found);
}
