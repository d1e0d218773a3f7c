import { type Product, postgresql, postgresqlRows, tenant } from '../../lib';
import { rowSecurityOf, rowSecuritySql } from '../../lib/model/row-security';
import { renderScripts } from '../../lib/synth/render';
import { model, productHaving, productProblems, shop } from './fixture';

/** What is said of tables that tenants share, before any database sees it; test/sql runs it. */

const records = postgresql({ name: 'records' });
const migrate = { service: 'hub', command: ['hub', 'migrate'] };

type Rows = Parameters<typeof postgresqlRows>[0];

/** The made-up product with rows in a database of its shared services. */
function product(options: Partial<Rows> = {}, changes: Record<string, unknown> = {}): Product {
  const rows = postgresqlRows({ name: 'rows', of: 'records', tables: ['orders'], ...options });
  const made = productHaving({ 'shared.jobs': { migrate }, ...changes });
  return { ...made, backing: [...shop.backing, rows], sharedBacking: [...shop.sharedBacking, records] };
}

const scriptOf = (options: Partial<Rows> = {}) => {
  const security = rowSecurityOf(product(options));
  return security === null ? '' : rowSecuritySql('shop', security);
};

describe('the script of a product', () => {
  test('is one file, the same whenever it is made', () => {
    const files = renderScripts(model({}, [product()]));
    expect(files).toEqual([{ path: 'sql/shop.sql', text: scriptOf() }]);
    expect(scriptOf()).toBe(scriptOf());
  });

  test('is not there where tenants share no tables', () => {
    expect(renderScripts(model())).toEqual([]);
  });

  test('says what differs from other products at its top, as data', () => {
    const data = /SET tenantry\.rows = '(\{[^']*\})';/.exec(
      scriptOf({ tables: ['orders', { table: 'hubs', column: 'id' }] }),
    );
    expect(JSON.parse(data?.[1] ?? '')).toEqual({
      ...{ product: 'shop', prefix: 'shop_rows_of_', setting: 'app.tenant_id', column: 'tenant_id' },
      tables: [
        { table: 'orders', column: 'tenant_id', index: 'idx_orders_tenant' },
        { table: 'hubs', column: 'id', index: 'idx_hubs_tenant' },
      ],
    });
    const rest = (sql: string) => sql.slice(sql.indexOf("}';"));
    expect(rest(scriptOf({ tables: ['others'], setting: 'a.b' }))).toBe(rest(scriptOf()));
  });

  test('gives indexes of long tables names that fit and differ', () => {
    const tables = ['a', 'b'].map((end) => `${'x'.repeat(62)}${end}`);
    const [one, other] = rowSecurityOf(product({ tables }))?.tables.map(({ index }) => index) ?? [];
    for (const index of [one, other]) expect(Buffer.byteLength(index ?? '')).toBeLessThanOrEqual(63);
    expect(one).not.toBe(other);
  });
});

const rowsOf = (session: object) => ({
  'shared.projection': {
    rows: { in: 'records', table: 'orders', key: ['id'], columns: { id: tenant.id }, session, image: 'postgres:17' },
  },
});

describe('a product', () => {
  test.each<[string, Product, string, Product]>([
    [
      'has a job that runs it',
      product({}, { 'shared.jobs': {} }),
      'shared.jobs: no job that migrates records, after which row-level security of its tables is brought up to date',
      product(),
    ],
    [
      'says which of two jobs does',
      product({}, { 'shared.jobs': { migrate, seed: migrate } }),
      'backing.rows.job: "migrate" and "seed", of which one migrates records - name that job',
      product({ job: 'migrate' }, { 'shared.jobs': { migrate, seed: migrate } }),
    ],
    [
      'names a job that there is',
      product({ job: 'migrat' }),
      'backing.rows.job: unknown job of the shared services "migrat"',
      product({ job: 'migrate' }),
    ],
    [
      'has one list of tables',
      { ...product(), backing: [...product().backing, postgresqlRows({ name: 'more', of: 'records', tables: ['a'] })] },
      'backing.more: rows of a shared database, as "rows" has already - list all tables in rows',
      product({ tables: ['orders', 'a'] }),
    ],
    [
      'has the same list for all plans',
      product({}, { 'plans.small.backing': { rows: { tables: ['a'] } } }),
      'plans.small.backing.rows.tables: something that all tenants of the product share',
      product({}, { 'plans.small.backing': { rows: { connections: 5 } } }),
    ],
    [
      'names the tenant where it writes such rows',
      product({}, rowsOf({})),
      'shared.projection.rows.session: rows of orders, whose policies let nothing pass until app.tenant_id names the tenant',
      product({}, rowsOf({ 'app.tenant_id': tenant.id })),
    ],
  ])('%s', (_, bad, problem, good) => {
    const told = productProblems(bad).join('\n');
    expect(told).toContain(problem);
    expect(productProblems(good)).toEqual([]);
  });
});
