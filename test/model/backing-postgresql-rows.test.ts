import { assert, property, stringMatching } from 'fast-check';
import { postgresql } from '../../lib/backing/postgresql';
import { type PostgresqlRowsDetails, postgresqlRows } from '../../lib/backing/postgresql-rows';
import { redis } from '../../lib/backing/redis';
import type { Offer } from '../../lib/model/offer';
import type { Server } from '../../lib/model/platform';
import { type ContextChanges, claims, offerContext, outputs, SERVERS } from './offer-context';

const hub = offerContext({ id: 'shared-eu-1', namespace: 'shop-hub' });

/** What the product's shared services have on this cluster. */
const SHARED: Readonly<Record<string, Offer>> = {
  database: postgresql({ name: 'database' }).offer({ database: 'hub_{id}' }, hub),
  local: postgresql({ name: 'local' }).offer(
    { provision: 'own' },
    { ...hub, cluster: { ...hub.cluster, operators: [] } },
  ),
  outside: postgresql({ name: 'outside' }).offer(
    { provision: 'external', external: { host: 'db.b.example', cidr: '203.0.113.7/32', jurisdiction: 'eu' } },
    { ...hub, cluster: { ...hub.cluster, podCidrs: ['10.244.0.0/16'], serviceCidrs: ['10.96.0.0/12'] } },
  ),
  cache: redis({ name: 'cache' }).offer({}, hub),
};

const GIVEN = { of: 'database', tables: ['orders'] };

const offer = (options: object = {}, changes: ContextChanges = {}, database = SHARED.database) => {
  const context = offerContext(changes);
  const shared = (name: string) => ({ ...SHARED, database })[name] ?? context.refuse(`no ${name}`, 'name another');
  return postgresqlRows({ name: 'rows', ...GIVEN }).offer({ ...GIVEN, ...options }, { ...context, shared });
};

describe('rows of a shared database', () => {
  test('are seen by a login of the tenant’s own, where the database is', () => {
    const rows = offer();
    expect(rows).toMatchObject({
      kind: 'postgresql-rows',
      provision: 'shared',
      server: 'pg-eu',
      jurisdiction: 'eu',
      own: null,
      peers: [{ kind: 'cidr', cidr: '10.20.0.0/24', port: 5432 }],
    });
    expect(outputs(rows)).toEqual({
      host: 'pg.eu.example',
      port: '5432',
      database: 'hub_shared_eu_1',
      user: 'shop_rows_a_of_acme',
      password: '<production/shop/acme/rows-a#password:none>',
      url: 'postgresql://shop_rows_a_of_acme:<production/shop/acme/rows-a#password:url>@pg.eu.example:5432/hub_shared_eu_1?sslmode=require',
      readHost: 'pg.eu.example',
      readPort: '5432',
      readUrl:
        'postgresql://shop_rows_a_of_acme:<production/shop/acme/rows-a#password:url>@pg.eu.example:5432/hub_shared_eu_1?sslmode=require',
    });
    expect(rows.details).toMatchObject({
      of: 'database',
      tenant: 'acme',
      tables: ['orders'],
      column: 'tenant_id',
      setting: 'app.tenant_id',
    });
  });

  test('are the tenant’s to keep, in a database that is nobody’s', () => {
    expect(claims(offer())).toEqual([
      'postgresql-database pg-eu/hub_shared_eu_1#acme *',
      'postgresql-role pg-eu/shop_rows_of_acme',
      'postgresql-role pg-eu/shop_rows_a_of_acme',
      'postgresql-role pg-eu/shop_rows_b_of_acme',
      'postgresql-role pg-eu/shop_rows_backup_of_acme',
    ]);
    expect(offer().claims[0]?.fixed).toEqual({ host: 'pg.eu.example', version: 17 });
  });

  test('are dumped by a login that sees the same rows', () => {
    expect(offer().dump).toMatchObject({
      tool: 'pg_dump',
      database: 'hub_shared_eu_1',
      user: 'shop_rows_backup_of_acme',
      password: { path: 'production/shop/acme/rows-backup' },
      rowSecurity: true,
    });
    expect(SHARED.database?.dump).toMatchObject({ rowSecurity: false });
  });

  test('are read from its replicas too', () => {
    const server = {
      ...SERVERS['pg-eu'],
      reader: { host: 'ro.eu.example', port: 6432, peer: { cidr: '10.21.0.0/24' } },
    };
    const replicated = postgresql({ name: 'database' }).offer(
      {},
      offerContext({ id: 'shared-eu-1', servers: { 'pg-eu': server as Server } }),
    );
    const rows = offer({}, {}, replicated);
    expect(outputs(rows)).toMatchObject({
      ...{ host: 'pg.eu.example', readHost: 'ro.eu.example', readPort: '6432' },
      readUrl: expect.stringContaining('@ro.eu.example:6432/'),
    });
    expect(rows.peers).toEqual([
      { kind: 'cidr', cidr: '10.20.0.0/24', port: 5432 },
      { kind: 'cidr', cidr: '10.21.0.0/24', port: 6432 },
    ]);
  });

  test('are of a PostgreSQL that tenants reach', () => {
    expect(() => offer({ of: 'cache' })).toThrow('rows of "cache", which is a backing service of kind redis');
    expect(() => offer({ of: 'local' })).toThrow("whose server is the shared namespace's own");
    expect(() => offer({ of: 'outside' })).toThrow('an external database, in which no login of a tenant can be made');
    expect(() => offer({ of: 'other' })).toThrow('no other');
    expect(() => offer({ of: 'database' })).not.toThrow();
  });
});

test.each<[object, object, string]>([
  [{ tables: [] }, { tables: ['a'] }, 'tables'],
  [{ tables: ['a', 'a'] }, { tables: ['a', 'b'] }, 'expected each table once'],
  [
    { tables: ['a', { table: 'a', column: 'b' }] },
    { tables: ['b', { table: 'a', column: 'b' }] },
    'expected each table once',
  ],
  [
    { tables: [{ table: 'a' }] },
    { tables: [{ table: 'a', column: 'b' }] },
    'expected the name of a table, or { table, column }',
  ],
  [{ image: 'postgres' }, { image: 'postgres:17' }, 'image'],
  [{ tables: ['a"; DROP TABLE b'] }, { tables: ['a_drop_table_b'] }, 'expected the name of a table'],
  [{ tables: ['x'.repeat(64)] }, { tables: ['x'.repeat(63)] }, 'tables'],
  [{ column: 'Tenant' }, { column: 'tenant' }, 'expected the name of a column'],
  [{ setting: 'tenant' }, { setting: 'app.tenant' }, 'expected a setting of two parts'],
  [{ connections: 0 }, { connections: 1 }, 'connections'],
])('refuses %j, not %j', (bad, good, problem) => {
  expect(() => offer(bad)).toThrow(problem);
  expect(() => offer(good)).not.toThrow();
});

test('roles fit and need no quotes, and differ where ids do', () => {
  const ids = stringMatching(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/);
  const products = stringMatching(/^[a-z][a-z0-9-]{0,38}[a-z0-9]$/);
  assert(
    property(ids, ids, products, (one, other, product) => {
      const [a, b] = [one, other].map((id) => {
        const { login, backupLogin } = offer({}, { id, product }).details as PostgresqlRowsDetails;
        for (const role of [login, backupLogin]) expect(role).toMatch(/^[a-z][a-z0-9_]{0,62}$/);
        return login;
      });
      expect(a === b).toBe(one === other);
    }),
  );
});
