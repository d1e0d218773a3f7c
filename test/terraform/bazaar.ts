import { buckets, definePlatform, defineProduct, mysql, oauthClient, resolve } from '../../lib';
import type { Problem } from '../../lib/model/errors';
import { type PlatformModel, parsePlatform } from '../../lib/model/parse-platform';
import type { Tenant } from '../../lib/model/resolved';
import type { TenantFile } from '../../lib/model/tenant';
import { serverStacks, tenantStack } from '../../lib/terraform/manifests';
import type { Block, Stack } from './fixture';

/** A product with everything that is not PostgreSQL, on a cluster for each kind of store. */

const database = mysql({ name: 'database' });
const storage = buckets({ name: 'storage', buckets: { files: '{product}-{id}-files', media: '{product}-{id}-media' } });
const groups = ['bazaar-{id}-user', 'bazaar.{id}.admin'];
const page = oauthClient({
  name: 'page',
  public: true,
  client: 'page-{id}',
  redirects: ['https://{hosts.web}/page'],
  groups,
});
const site = oauthClient({ name: 'site', client: 'site-{id}', redirects: ['https://{hosts.web}/site'], groups });

const bazaar = defineProduct({
  name: 'bazaar',
  displayName: 'Bazaar',
  apex: 'bazaar.example',
  backing: [database, storage, page, site],
  services: {
    web: {
      image: 'registry.example/web:1',
      port: 8080,
      env: {
        DATABASE_URL: database.url,
        BUCKET: storage.files,
        SECRET_KEY: storage.secretAccessKey,
        CLIENT: page.clientId,
        CLIENT_SECRET: site.clientSecret,
      },
      resources: { requests: { cpu: 0.1, memoryMiB: 64 }, limits: { cpu: 0.2, memoryMiB: 128 } },
    },
  },
  routes: [{ hosts: ['{id}.{apex}'], paths: { '/': 'web' } }],
  plans: { basic: {} },
});

const STORES = {
  vault: { kind: 'vault', server: 'https://vault.example' },
  aws: { kind: 'aws-secrets-manager', region: 'eu-west-1', roleArn: 'arn:aws:iam::1:role/{id}' },
  kube: { kind: 'kubernetes' },
} as const;

export type StoreName = keyof typeof STORES;

export const STORE_NAMES = Object.keys(STORES) as readonly StoreName[];

export interface Changes {
  readonly servers?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  readonly backupStore?: Readonly<Record<string, unknown>>;
  readonly backend?: Readonly<Record<string, unknown>>;
}

function defined({ servers = {}, backupStore = {}, backend }: Changes) {
  const peer = { cidr: '192.0.2.9/32' };
  const server = (name: string, engine: string, port: number) => ({
    [name]: { engine, version: '11.8', region: 'eu', host: `${name}.example`, port, peer, ...servers[name] },
  });
  const cluster = (secretStore: object) => ({
    region: 'eu',
    podCidrs: ['10.64.0.0/12'],
    serviceCidrs: ['10.96.0.0/16'],
    routing: {
      kind: 'traefik',
      peers: [{ namespace: 'traefik', podLabels: { app: 'traefik' } }],
      issuer: 'letsencrypt',
      addresses: ['192.0.2.1'],
    },
    secretStore,
    storageClass: 'fast',
    servers: { mysql: 'my-1', s3: 's3-1', oidc: 'sso-1' },
    backupStore: 'backups',
  });
  const input = {
    name: 'example',
    products: [bazaar],
    git: { repository: 'https://git.example/tenants.git' },
    regions: { eu: { jurisdiction: 'eu' }, us: { jurisdiction: 'us' } },
    clusters: Object.fromEntries(Object.entries(STORES).map(([name, store]) => [name, cluster(store)])),
    servers: { ...server('my-1', 'mysql', 3306), ...server('s3-1', 's3', 9000), ...server('sso-1', 'oidc', 443) },
    backupStores: {
      backups: {
        ...{ region: 'eu', repository: 's3:https://s3-1.example:9000/backups', peer, port: 9000, server: 's3-1' },
        ...backupStore,
      },
    },
    backup: { image: 'registry.example/backup:1' },
    ...(backend === undefined ? {} : { terraform: { backend } }),
  };
  return definePlatform(input as unknown as Parameters<typeof definePlatform>[0]).platform;
}

export function problemsOf(changes: Changes): readonly Problem[] {
  return parsePlatform(defined(changes), 'platform.ts').problems;
}

/** Files of a tenant, by the name of the stack, and of the platform's servers. */
export function stacksOf(
  placement: StoreName,
  more: Readonly<Record<string, unknown>> = {},
  changes: Changes = {},
): Record<string, Stack> {
  const platform = defined(changes);
  const input = {
    ...{ id: 'acme', displayName: 'ACME', product: 'bazaar', plan: 'basic', placement },
    ...{ contact: 'a@acme.example', createdOn: '2026-01-15' },
    ...more,
  };
  const tenant: Tenant = resolve(platform, { kind: 'tenantry.tenant', input } as TenantFile);
  const { platform: model, problems } = parsePlatform(platform, 'platform.ts');
  if (model === null) throw new Error(JSON.stringify(problems));
  return parsed(model, tenant);
}

function parsed(model: PlatformModel, tenant: Tenant): Record<string, Stack> {
  const files = [...tenantStack(model, tenant), ...serverStacks(model)];
  const stacks = files.filter(({ path }) => path.endsWith('/cdk.tf.json'));
  return Object.fromEntries(stacks.map(({ path, text }) => [path.split('/')[2] ?? '', JSON.parse(text) as Stack]));
}

/** A block of a stack, by its address. */
export function block(stack: Stack | undefined, type: string, name: string): Block {
  const found = type.startsWith('data.') ? stack?.data?.[type.slice(5)]?.[name] : stack?.resource[type]?.[name];
  if (found === undefined)
    throw new Error(`no ${type}.${name} in ${JSON.stringify(Object.keys(stack?.resource ?? {}))}`);
  return found;
}
