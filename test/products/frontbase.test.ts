import { frontbase } from '../../lib/products/frontbase';
import harbourMarket from '../../tenants/harbour-market';
import kiteSchool from '../../tenants/kite-school';
import lumenAgency from '../../tenants/lumen-agency';
import northCabins from '../../tenants/north-cabins';
import pixelStudio from '../../tenants/pixel-studio';
import {
  at,
  containerOf,
  filesOf,
  objectsOf,
  only,
  platformOf,
  problemsOf,
  serviceOf,
  tenantOf,
  variable,
} from './support';

/** Line by line what Frontbase asks for, as far as one target does not decide it. */

// The test's platform has two clusters; where a tenant is makes no difference here.
const here = { placement: 'eu-1' };
const platform = platformOf(frontbase);
const sqlite = tenantOf(platform, pixelStudio);
const withPostgres = tenantOf(platform, lumenAgency);
const noOperator = tenantOf(platform, harbourMarket, { placement: 'us-1' });
const objects = objectsOf(sqlite);

function offer(tenant: typeof sqlite, name: string) {
  return tenant.offers.find((each) => each.name === name);
}

test.each([
  ['pixel-studio', pixelStudio],
  ['north-cabins', northCabins],
  ['kite-school', kiteSchool],
  ['lumen-agency', lumenAgency],
  ['harbour-market', harbourMarket],
])('%s resolves and renders', (id, file) => {
  const tenant = tenantOf(platform, file, here);
  expect(filesOf(platform, tenant)).toContain(`kubernetes/eu-1/${id}/manifest.yaml`);
});

describe('isolation', () => {
  test('is a namespace with volumes for each instance', () => {
    expect(sqlite.namespace).toBe('frontbase-pixel-studio');
    const claims = objects.filter(({ kind }) => kind === 'PersistentVolumeClaim').map(({ metadata }) => metadata.name);
    expect(claims.sort()).toEqual(['backend-data', 'edge-data', 'redis-data']);
    expect(sqlite.shared).toBeNull();
  });

  test('is passwords, tokens and keys of its own, made at random, in no manifest', () => {
    const paths = withPostgres.offers.flatMap(({ secrets }) => secrets.map(({ path }) => path));
    expect(paths.every((path) => path.includes('/lumen-agency/'))).toBe(true);
    const secrets = withPostgres.offers.flatMap((each) => each.secrets);
    expect(secrets.every(({ origin, length }) => origin === 'generated' && length >= 32)).toBe(true);
    expect(sqlite.offers.map(({ name }) => name)).toEqual(
      expect.arrayContaining(['redis', 'redis-token', 'secret-key', 'api-key']),
    );
    expect(objects.filter(({ kind }) => kind === 'Secret')).toEqual([]);
  });

  test('is a database of its own, named after the tenant', () => {
    expect(offer(withPostgres, 'postgres')?.outputs.database).toEqual(['frontbase_lumen_agency']);
  });
});

describe('services', () => {
  test('are backend, edge, frontend and redis-http, each on its port', () => {
    expect(sqlite.services.map(({ name, port }) => [name, port])).toEqual([
      ['backend', 8000],
      ['edge', 3002],
      ['frontend', 8080],
      ['redis-http', 8080],
    ]);
  });

  test('are found at the addresses that the product knows', () => {
    expect(variable(serviceOf(sqlite, 'edge'), 'BACKEND_URL')).toBe('http://backend:8000');
    expect(variable(serviceOf(sqlite, 'backend'), 'EDGE_URL')).toBe('http://edge:3002');
    expect(at(only(objects, 'Service', 'edge'), 'spec.ports.0.port')).toBe(3002);
    const [conf] = serviceOf(sqlite, 'frontend').files;
    expect(conf?.parts.join('')).toContain('location /api/ { proxy_pass http://backend:8000;');
    expect(conf?.parts.join('')).toContain('location / { proxy_pass http://edge:3002;');
  });

  test('have a backend that says when it is healthy', () => {
    expect(containerOf(objects, 'backend')).toMatchObject({ readinessProbe: { httpGet: { path: '/health' } } });
  });

  test('start in their order: the backend, the edge, the frontend', () => {
    const steps = ['backend', 'edge', 'frontend'].map((name) => serviceOf(sqlite, name).step);
    expect(steps).toEqual([0, 1, 2]);
    expect(serviceOf(sqlite, 'frontend').startsAfter).toEqual(['backend', 'edge']);
    const waves = ['backend', 'edge', 'frontend'].map((name) =>
      Number(only(objects, 'Deployment', name).metadata.annotations?.['argocd.argoproj.io/sync-wave']),
    );
    expect(waves[0]).toBeLessThan(waves[1] ?? 0);
    expect(waves[1]).toBeLessThan(waves[2] ?? 0);
  });

  test('run as nobody who may do more', () => {
    for (const { name } of sqlite.services)
      expect(containerOf(objects, name)).toMatchObject({ securityContext: { readOnlyRootFilesystem: true } });
    expect(at(only(objects, 'Deployment', 'frontend'), 'spec.template.spec.securityContext.runAsUser')).toBe(101);
  });
});

describe('SQLite', () => {
  test('is the default', () => {
    expect(offer(sqlite, 'postgres')).toBeUndefined();
    expect(variable(serviceOf(sqlite, 'backend'), 'DATABASE_URL')).toBe('sqlite:////app/data/frontbase.db');
    expect(serviceOf(sqlite, 'backend').uses).not.toContain('postgres');
  });

  test('is copied consistently while it is in use', () => {
    const volumes = sqlite.backup?.items.filter(({ kind }) => kind === 'volume');
    expect(volumes).toMatchObject([
      { claimName: 'backend-data', databases: ['frontbase.db'] },
      { claimName: 'edge-data', databases: ['edge.db', 'pages.db'] },
    ]);
  });
});

describe('PostgreSQL', () => {
  test('is asked for by a feature, and then is the database', () => {
    expect(variable(serviceOf(withPostgres, 'backend'), 'DATABASE_URL')).toMatch(
      /^postgresql:\/\/frontbase_lumen_agency_a:<postgres-a\/password>@postgres-rw:5432\/frontbase_lumen_agency\?/,
    );
    expect(serviceOf(withPostgres, 'backend').uses).toContain('postgres');
  });

  test('is a server of the tenant’s own, 16 on Alpine', () => {
    const container = containerOf(objectsOf(noOperator), 'postgres', 'StatefulSet');
    expect(container.image).toMatch(/^docker\.io\/library\/postgres:16\.\d+-alpine$/);
    expect(offer(noOperator, 'postgres')?.own).toMatchObject({ storageGiB: 10 });
    expect(offer(withPostgres, 'postgres')?.own).toMatchObject({ storageGiB: 50 });
  });

  test('is run by CloudNativePG as the user of the same image, where the cluster has it', () => {
    const { spec } = only(objectsOf(withPostgres), 'Cluster', 'postgres');
    expect(at(spec, 'imageName')).toMatch(/-alpine$/);
    expect([at(spec, 'postgresUID'), at(spec, 'postgresGID')]).toEqual([70, 70]);
  });

  test('is dumped, and what lies beside it in the volumes is copied', () => {
    expect(withPostgres.backup?.items.map(({ kind }) => kind).sort()).toEqual(['dump', 'volume', 'volume']);
  });
});

describe('Redis', () => {
  test('is the tenant’s own, 7 on Alpine, and keeps what it has', () => {
    const container = containerOf(objects, 'redis', 'StatefulSet');
    expect(container.image).toMatch(/^docker\.io\/library\/redis:7\.\d+\.\d+-alpine$/);
    expect(offer(sqlite, 'redis')?.own).toMatchObject({ storageGiB: 1 });
  });

  test('is reached over HTTP by a token of the tenant', () => {
    const proxy = serviceOf(sqlite, 'redis-http');
    expect(proxy.image).toContain('serverless-redis-http');
    expect(variable(proxy, 'SRH_TOKEN')).toBe('<redis-token/value>');
    expect(variable(proxy, 'SRH_CONNECTION_STRING')).toMatch(/^redis:\/\/default:<redis\/password>@redis:6379/);
    expect(variable(serviceOf(sqlite, 'edge'), 'UPSTASH_REDIS_REST_TOKEN')).toBe('<redis-token/value>');
    expect(variable(serviceOf(sqlite, 'edge'), 'UPSTASH_REDIS_REST_URL')).toBe('http://redis-http:8080');
    expect(serviceOf(sqlite, 'edge').uses).not.toContain('redis');
  });
});

describe('the front door', () => {
  test('leads each domain of the tenant to its frontend', () => {
    const [route] = withPostgres.routes;
    expect(route?.hosts.map(({ host }) => host)).toEqual([
      'lumen-agency.frontbase.app',
      'sites.lumen-agency.example',
      'preview.lumen-agency.example',
    ]);
    expect(route?.paths).toEqual([{ path: '/', service: 'frontend', port: 8080 }]);
  });

  test('has as many custom domains as the plan', () => {
    expect(problemsOf(platform, northCabins, { domains: ['a.example.net', 'b.example.net'] }).length).toBeGreaterThan(
      0,
    );
  });
});

test('nothing of one target stands in the product', () => {
  expect(JSON.stringify(frontbase.input)).not.toMatch(/kubernetes|argocd|compose|hostPort/i);
});
