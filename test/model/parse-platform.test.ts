import { model, platformProblems } from './fixture';

const _digest = `@sha256:${'0'.repeat(64)}`;

const traefik = { kind: 'traefik', peers: [{ namespace: 'x', podLabels: { app: 'x' } }], issuer: 'x' };

const routing = (changes: object) => ({
  'clusters.us-1.routing': { ...traefik, addresses: ['192.0.2.1'], ...changes },
});

test('the platform of these tests has no problem, and every default is applied', () => {
  expect(platformProblems()).toEqual([]);
  const { clusters, backup, git, environment } = model();
  expect(clusters['eu-1']?.routing).toMatchObject({ challenge: 'http01', solver: { cpu: 0.01, memoryMiB: 64 } });
  expect([backup.window, git.path, environment]).toEqual([{ from: '22:00', to: '06:00' }, 'dist', 'production']);
});

describe('a platform', () => {
  const servers = (changes: object) => ({
    'servers.pg-x': {
      engine: 'postgresql',
      version: '17',
      region: 'north',
      host: 'x.example',
      port: 5432,
      peer: { cidr: '10.0.0.0/24' },
      ...changes,
    },
  });
  test.each<[string, Record<string, unknown>, string, Record<string, unknown>]>([
    [
      'has the regions of its clusters',
      { 'clusters.eu-1.region': 'nroth' },
      'clusters.eu-1.region: unknown region "nroth" - did you mean "north"?',
      { 'clusters.eu-1.region': 'north' },
    ],
    [
      'has the regions of its servers',
      servers({ region: 'x' }),
      'servers.pg-x.region: unknown region "x" - write "north" or "south"',
      servers({}),
    ],
    [
      'has the regions of its stores',
      { 'backupStores.store-eu.region': 'x' },
      'backupStores.store-eu.region: unknown region "x"',
      { 'backupStores.store-eu.port': 8443 },
    ],
    [
      'has the stores of its clusters',
      { 'clusters.eu-1.backupStore': 'store-ue' },
      'clusters.eu-1.backupStore: unknown backup store "store-ue"',
      { 'clusters.eu-1.backupStore': 'store-eu' },
    ],
    [
      'has the servers of its clusters',
      { 'clusters.eu-1.servers.postgresql': 'pg-ue' },
      'clusters.eu-1.servers.postgresql: unknown postgresql server "pg-ue"',
      { 'clusters.eu-1.servers.postgresql': 'pg-eu-2' },
    ],
    [
      'has them of the right engine',
      { 'clusters.eu-1.servers.postgresql': 'redis-eu' },
      'unknown postgresql server "redis-eu" - ',
      { 'clusters.eu-1.servers.redis': 'redis-eu' },
    ],
    [
      'offers what it has',
      { 'clusters.eu-1.products': ['shpo'] },
      'clusters.eu-1.products: unknown product "shpo" - ',
      { 'clusters.eu-1.products': ['shop'] },
    ],
    ['has a cluster', { clusters: {} }, 'clusters: expected at least one cluster, got {}', {}],
    [
      'has a window',
      { 'backup.window': { from: '01:00', to: '01:00' } },
      'backup.window: expected a window, got "01:00" twice',
      { 'backup.window': { from: '23:00', to: '01:00' } },
    ],
    [
      'has times in it',
      { 'backup.window': { from: '1:00', to: '24:00' } },
      'backup.window.to: expected a time such as 06:00, got "24:00"',
      { 'backup.window': { from: '00:00', to: '23:59' } },
    ],
    [
      'reads a folder of its repository',
      { 'git.path': '../x' },
      'git.path: expected a folder of the repository',
      { 'git.path': 'a/..b' },
    ],
    [
      'has a store without a slash at its end',
      { 'backupStores.store-eu.repository': 's3:https://x/y/' },
      'without a slash at its end',
      { 'backupStores.store-eu.repository': 's3:https://x/y' },
    ],
    [
      'has ranges as peers',
      servers({ peer: { cidr: '10.0.0.1/24' } }),
      'servers.pg-x.peer.cidr: expected an address range',
      servers({ peer: { cidr: '10.0.0.1/32' } }),
    ],
    [
      'has no metadata service as peer',
      servers({ peer: { cidr: '169.254.169.254/32' } }),
      "servers.pg-x.peer.cidr: it lies in 169.254.0.0/16, clouds' metadata",
      servers({ peer: { cidr: '169.253.0.0/16' } }),
    ],
    [
      'has labels that can be',
      servers({ peer: { namespace: 'x', podLabels: { a: 'b c' } } }),
      'podLabels.a: expected letters, digits',
      servers({ peer: { namespace: 'x', podLabels: { a: 'b-c', d: '' } } }),
    ],
    [
      'has each server once',
      servers({ host: 'pg.eu.example' }),
      'servers.pg-x: "pg.eu.example:5432" is pg-eu already - remove one of them',
      servers({ host: 'pg.eu.example', port: 5433 }),
    ],
    [
      'has no wildcard as server',
      servers({ host: '*.db.example' }),
      'servers.pg-x.host: expected a host name',
      servers({ host: 'db.example' }),
    ],
    [
      'has addresses',
      routing({ addresses: ['192.0.2'] }),
      'routing.addresses[0]: expected an IP address or a host name',
      routing({ addresses: ['192.0.2.1', '2001:db8::1', 'lb.cloud.example'] }),
    ],
    [
      'says what its solver asks for',
      routing({ solver: { cpu: 0 } }),
      'routing.solver.cpu: expected a number of cores above 0',
      routing({ solver: { cpu: 0.05 } }),
    ],
    [
      'makes each namespace once',
      { 'backup.namespace': 'shop-hub' },
      'products.shop.shared.namespace: "shop-hub" is the namespace of the retention',
      { 'backup.namespace': 'shop-backup' },
    ],
    [
      'makes none that routing has',
      routing({ namespace: 'shop-hub' }),
      '"shop-hub" is the namespace of routing',
      routing({ namespace: 'edge' }),
    ],
    [
      'demands digests',
      { requireDigests: true },
      'backup.image: "registry.example/backup:1.2.0" has no digest, and requireDigests demands one',
      { requireDigests: false },
    ],
  ])('%s', (_, wrong, problem, right) => {
    expect(platformProblems(wrong)).toContainEqual(expect.stringContaining(problem));
    expect(platformProblems(right)).toEqual([]);
  });
});
