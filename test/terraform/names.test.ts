import { definePlatform, defineProduct, generatedSecret, postgresql, resolve } from '../../lib';
import { parsePlatform } from '../../lib/model/parse-platform';
import type { TenantFile } from '../../lib/model/tenant';
import { tenantStack } from '../../lib/terraform/manifests';

/** Whatever backing services and servers are called, nothing in a stack is called the same. */

const NAMES = [
  'store',
  'reader',
  'random',
  'vault',
  'kubernetes',
  'main',
  'secret',
  'backup',
  'probe',
  'db',
  'db-a',
  'secret-db-a',
];

test.each(['vault', 'kubernetes'] as const)(
  'a stack takes every name of a backing service, on a store of kind %s',
  (kind) => {
    const databases = ['db', 'main', 'vault'].map((name) => postgresql({ name, database: `${name}_{id}` }));
    const secrets = NAMES.filter((name) => !['db', 'main', 'vault', 'db-a', 'backup'].includes(name)).map((name) =>
      generatedSecret({ name }),
    );
    const product = defineProduct({
      name: 'shop',
      displayName: 'Shop',
      apex: 'shop.example',
      backing: [...databases, ...secrets],
      services: {
        web: {
          image: 'registry.example/web:1',
          resources: { requests: { cpu: 0.1, memoryMiB: 64 }, limits: { cpu: 0.2, memoryMiB: 128 } },
        },
      },
      routes: [],
      plans: { basic: {} },
    });
    const server = {
      engine: 'postgresql',
      version: '17',
      region: 'eu',
      host: 'pg.example',
      port: 5432,
      peer: { cidr: '192.0.2.9/32' },
    } as const;
    const { platform } = definePlatform({
      name: 'example',
      products: [product],
      git: { repository: 'https://git.example/tenants.git' },
      regions: { eu: { jurisdiction: 'eu' } },
      clusters: {
        eu: {
          region: 'eu',
          podCidrs: ['10.64.0.0/12'],
          serviceCidrs: ['10.96.0.0/16'],
          routing: {
            kind: 'traefik',
            peers: [{ namespace: 'traefik', podLabels: { app: 'traefik' } }],
            issuer: 'x',
            addresses: ['192.0.2.1'],
          },
          secretStore: kind === 'vault' ? { kind, server: 'https://vault.example' } : { kind },
          storageClass: 'fast',
          servers: { postgresql: 'vault' },
          backupStore: 'b',
        },
      },
      // As hostile as the rest.
      servers: { vault: server, main: { ...server, host: 'pg2.example' } },
      backupStores: { b: { region: 'eu', repository: 's3:https://s3.example/b', peer: { cidr: '192.0.2.10/32' } } },
      backup: { image: 'registry.example/backup:1' },
    });
    const input = {
      ...{ id: 'acme', displayName: 'A', product: 'shop', plan: 'basic', placement: 'eu', contact: 'a@b.example' },
      ...{ createdOn: '2026-01-01', servers: { main: 'main' } },
    };
    const tenant = resolve(platform, { kind: 'tenantry.tenant', input } as TenantFile);
    const { platform: model } = parsePlatform(platform, 'platform.ts');
    if (model === null) throw new Error('expected a platform');
    const [file] = tenantStack(model, tenant);
    const { resource } = JSON.parse(file?.text ?? '{}') as {
      resource: Record<string, Record<string, { name?: string }>>;
    };
    expect(Object.values(resource.postgresql_database ?? {}).map(({ name }) => name)).toEqual([
      'db_acme',
      'main_acme',
      'vault_acme',
    ]);
  },
);
