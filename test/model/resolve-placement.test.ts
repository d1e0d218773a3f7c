import { model, productHaving, resolved, tenantProblems } from './fixture';

const _server = (region: string, host: string) => ({
  engine: 'postgresql',
  version: '17',
  region,
  host,
  port: 5432,
  peer: { cidr: '10.0.0.0/24' },
});

describe('residency', () => {
  test('is that of the placement unless the tenant asks for it', () => {
    expect(resolved({ placement: 'us-1' }).jurisdiction).toBe('us');
    expect(resolved({ residency: 'eu' }).jurisdiction).toBe('eu');
  });

  test('is refused on a cluster elsewhere, with those that would do', () => {
    expect(tenantProblems({ placement: 'us-1', residency: 'eu' })).toEqual([
      'acme.ts: placement: "us-1" lies in "us", and the data must stay in "eu" - write "eu-1" [E_RESIDENCY]',
    ]);
    expect(tenantProblems({ residency: 'ch' })).toEqual([
      expect.stringContaining('add a cluster in ch, or write another residency'),
    ]);
  });

  test('holds for the servers of the cluster', () => {
    const lines = tenantProblems({}, model({ 'clusters.eu-1.servers.postgresql': 'pg-us' }));
    expect(lines).toEqual([
      'acme.ts: servers.database: the server "pg-us" lies in "us", and the data must stay in "eu" - name a server in eu [E_RESIDENCY]',
    ]);
    expect(
      tenantProblems({ servers: { database: 'pg-eu' } }, model({ 'clusters.eu-1.servers.postgresql': 'pg-us' })),
    ).toEqual([]);
  });

  test('holds for backups', () => {
    const store = { region: 'south', repository: 's3:https://s3.example/x', peer: { cidr: '203.0.113.0/28' } };
    expect(tenantProblems({}, model({ 'backupStores.store-eu': store }))).toEqual([
      'platform.ts: clusters.eu-1.backupStore: backups in "store-eu" would lie in "us", and the data must stay in "eu" - name a store in eu [E_RESIDENCY]',
    ]);
    expect(tenantProblems({ placement: 'us-1' }, model({ 'backupStores.store-us': store }))).toEqual([]);
  });
});

test('a cluster without a server of an engine says where to name one', () => {
  expect(tenantProblems({}, model({ 'clusters.eu-1.servers': { redis: 'redis-eu' } }))).toEqual([
    'acme.ts: placement: database: "eu-1" has no postgresql server - write clusters.eu-1.servers.postgresql in the platform, or name a server here [E_BACKING]',
  ]);
});

describe('a cluster', () => {
  test('offers what its products say', () => {
    const on = model({ 'clusters.us-1.products': [] });
    expect(tenantProblems({ placement: 'us-1' }, on)).toEqual([
      'acme.ts: placement: "us-1" does not offer shop - write "eu-1" [E_TENANT_UNKNOWN]',
    ]);
    expect(tenantProblems({}, on)).toEqual([]);
  });

  test('has the node pool of the plan', () => {
    expect(tenantProblems({ plan: 'dedicated', placement: 'us-1' })).toContainEqual(
      expect.stringContaining('placement: the plan needs the node pool "dedicated", which "us-1" does not have'),
    );
    expect(resolved({ plan: 'dedicated' }).nodePool).toMatchObject({ labels: { pool: 'dedicated' }, taint: null });
  });

  test('can do what the plan asks of its routing', () => {
    const routing = {
      kind: 'ingress',
      controller: 'other',
      className: 'x',
      peers: [{ namespace: 'x', podLabels: { app: 'x' } }],
      issuer: 'x',
      addresses: ['192.0.2.1'],
    };
    const on = model({ 'clusters.us-1.routing': routing });
    expect(tenantProblems({ placement: 'us-1' }, on)).toEqual([
      expect.stringContaining('placement: "us-1" cannot serve this tenant: the plan has a rate limit'),
    ]);
    expect(tenantProblems({ placement: 'us-1', plan: 'large' }, on)).toEqual([]);
    expect(tenantProblems({ placement: 'us-1', lifecycle: { state: 'suspended' } }, on)).toEqual([]);
  });

  test('is not reached by the addresses of its pods', () => {
    const egress = (to: string) =>
      model({}, [productHaving({ 'services.worker.egress': [{ to, ports: [443], reason: 'x' }] })]);
    expect(tenantProblems({}, egress('10.64.0.0/16'))).toEqual([
      expect.stringContaining('worker of shop cannot run on "eu-1": 10.64.0.0/16 lies in'),
    ]);
    expect(tenantProblems({}, egress('198.51.100.0/24'))).toEqual([]);
  });
});
