import { generatedSecret, type Product, redis } from '../../lib';
import type { BackingService } from '../../lib/model/offer';
import { model, productHaving, resolved, shop, tenantProblems } from './fixture';

const server = (region: string, host: string) => ({
  engine: 'postgresql',
  version: '17',
  region,
  host,
  port: 5432,
  peer: { cidr: '10.0.0.0/24' },
});

describe('a server that the tenant names', () => {
  const database = (changes: Record<string, unknown>) =>
    resolved(changes).offers.find(({ name }) => name === 'database');

  test('is taken instead of the cluster’s', () => {
    expect(database({})?.server).toBe('pg-eu');
    expect(database({ servers: { database: 'pg-eu-2' } })).toMatchObject({
      server: 'pg-eu-2',
      outputs: { host: ['pg2.eu.example'] },
    });
  });

  test.each<[string, object, string]>([
    [
      'exists',
      { database: 'pg-eu-3' },
      'servers.database: database: unknown server "pg-eu-3" - write "pg-eu" or "pg-eu-2" or "pg-us"',
    ],
    ['is of the engine', { database: 'redis-eu' }, '"redis-eu" is a server of redis, and postgresql is needed'],
    [
      'is in the jurisdiction',
      { database: 'pg-us' },
      'servers.database: the server "pg-us" lies in "us", and the data must stay in "eu"',
    ],
    [
      'is for what the product has',
      { databse: 'pg-eu' },
      'servers.databse: shop has no backing service "databse" - did you mean "database"?',
    ],
    [
      'is no name of every object',
      { database: 'constructor' },
      'servers.database: database: unknown server "constructor"',
    ],
  ])('%s', (_, servers, problem) => {
    expect(tenantProblems({ servers })).toEqual([expect.stringContaining(problem)]);
  });

  test.each<[string, Record<string, unknown>]>([
    ['a generated secret', { servers: { 'signing-key': 'pg-eu' } }],
    ['a database of its own', { plan: 'dedicated', servers: { database: 'pg-eu-2' } }],
  ])('is not named for %s, which has none', (_, changes) => {
    const [name] = Object.keys(changes.servers as object);
    expect(tenantProblems(changes)).toEqual([
      `acme.ts: servers.${name}: ${name} is on no server of the platform here - remove it [E_BACKING]`,
    ]);
    expect(tenantProblems({ ...changes, servers: {} })).toEqual([]);
  });

  test('may be named for a service that is off', () => {
    expect(tenantProblems({ servers: { index: 'redis-eu' } })).toEqual([]);
  });
});

describe('an extension', () => {
  const overrides = (extensions: string[]) => ({
    overrides: { backing: { database: { extensions } }, reason: 'asked for', until: '2027-01-01' },
  });

  test('is one of those that the server lets tenants have', () => {
    expect(tenantProblems(overrides(['citext']))).toEqual([]);
    expect(tenantProblems(overrides(['dblink']))).toEqual([
      expect.stringContaining(
        'acme.ts: overrides.backing.database.extensions: the extension "dblink", which pg-eu does not let tenants have',
      ),
    ]);
  });

  test('is listed once', () => {
    expect(tenantProblems(overrides(['citext', 'citext']))).toEqual([
      expect.stringContaining('overrides.backing.database.extensions: expected each extension once'),
    ]);
  });
});

describe('two backing services of one tenant', () => {
  const both = { ...shop, backing: [...shop.backing, redis({ name: 'cache' })] } as Product;

  test('want no name twice', () => {
    expect(tenantProblems({}, model({}, [both]))).toEqual([
      'platform.ts: products.shop.backing.cache: sessions and cache both want the redis-prefix "redis-eu/acme:" - give one of them other names by its options, or use one for both [E_PRODUCT_FIELD]',
    ]);
    expect(tenantProblems({}, model({}, [productHaving({}, shop)]))).toEqual([]);
  });

  test('can be on servers of their own', () => {
    const second = model({ 'servers.redis-eu-2': { ...server('north', 'r2.example'), engine: 'redis' } }, [both]);
    expect(tenantProblems({ servers: { cache: 'redis-eu-2' } }, second)).toEqual([]);
    expect(tenantProblems({ servers: { cache: 'redis-eu' } }, second)).toEqual([
      expect.stringContaining('acme.ts: servers.cache: sessions and cache both want'),
    ]);
  });
});

describe('a credential of two backing services', () => {
  /** As a bucket that names its credential's entry of the store, which is not named after it. */
  const bucket = (name: string, kind: string, length = 32) =>
    ({
      ...generatedSecret({ name }),
      kind,
      offer: (_, { secretPath, jurisdiction }) => {
        const path = secretPath('object-storage');
        const none = { claims: [], peers: [], dump: null, own: null, details: {}, server: null };
        const secrets = [{ path, keys: ['value'], origin: 'generated', length }] as const;
        const outputs = { value: [{ path, key: 'value', encode: 'none' }] } as const;
        return { ...none, kind, name, provision: 'shared', jurisdiction, outputs, secrets };
      },
    }) satisfies BackingService as BackingService;
  const problems = (...more: BackingService[]) =>
    tenantProblems({}, model({}, [{ ...shop, backing: [...shop.backing, ...more] }]));

  test('may be one where the kind says so', () => {
    expect(problems(bucket('images', 'bucket'), bucket('videos', 'bucket'))).toEqual([]);
  });

  test('is never that of another kind, nor another one at the same place', () => {
    const problem = 'images and videos both want the secret-path "production/shop/acme/object-storage"';
    expect(problems(bucket('images', 'bucket'), bucket('videos', 'queue'))).toEqual([expect.stringContaining(problem)]);
    expect(problems(bucket('images', 'bucket'), bucket('videos', 'bucket', 40))).toEqual([
      expect.stringContaining(problem),
    ]);
  });
});

describe('a backing service of somebody else', () => {
  const kind = (offer: BackingService['offer']) =>
    ({ ...shop, backing: [...shop.backing, { ...redis({ name: 'queue' }), offer }] }) as Product;

  test('may refuse', () => {
    const refusing = kind((_, context) => context.refuse('no queue here', 'place it elsewhere'));
    expect(tenantProblems({}, model({}, [refusing]))).toEqual([
      'acme.ts: placement: queue: no queue here - place it elsewhere [E_BACKING]',
    ]);
    expect(tenantProblems({ servers: { queue: 'x' } }, model({}, [refusing]))).toEqual([
      expect.stringContaining('acme.ts: servers.queue: queue: no queue'),
    ]);
  });

  test('that throws is a problem of the product, not the end of the run', () => {
    const broken = kind(() => {
      throw new Error('oops');
    });
    expect(tenantProblems({}, model({}, [broken]))).toEqual([
      'platform.ts: products.shop.backing.queue: it cannot be resolved for acme: oops - mend the backing service [E_PRODUCT_FIELD]',
    ]);
  });
});
