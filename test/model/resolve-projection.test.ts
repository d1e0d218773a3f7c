import type { Product } from '../../lib';
import { concat, feature, item, limit, postgresql, setting, tenant, when } from '../../lib';
import { model, productHaving, productProblems, resolved, shop, tenantProblems } from './fixture';

const hub = postgresql({ name: 'hub-data' });
const rows = {
  in: 'hub-data',
  table: 'sites',
  each: 'sites',
  key: ['id'],
  columns: {
    id: item('id'),
    domain: item('domain'),
    tenant: tenant.id,
    name: tenant.displayName,
    users: limit('users'),
    search: feature('search'),
  },
  retire: { where: { tenant: tenant.id }, set: { status: 'removed' } },
  session: { 'app.tenant_id': tenant.id },
  image: 'registry.example/psql:17',
};

function projecting(projection: unknown): Product {
  return { ...productHaving({ 'shared.projection': projection }, shop), sharedBacking: [hub] };
}

const sites = (...all: readonly [number, string][]) => ({
  settings: { siteId: 7, sites: all.map(([id, domain]) => ({ id, domain })) },
});

describe('shared services are told of a tenant', () => {
  const facts = { id: tenant.id, users: limit('users'), search: feature('search'), language: setting('language') };
  const on = model({}, [
    projecting({
      facts,
      secrets: { KEY: { kind: 'ref', source: 'backing', name: 'signing-key', output: 'value' } },
      rows,
    }),
  ]);

  test('what it is, each thing as what it is', () => {
    expect(resolved({}, on).projection?.facts).toEqual({ id: 'acme', users: 10, search: false, language: 'en' });
    const dedicated = resolved({ plan: 'dedicated' }, on).projection?.facts;
    expect(dedicated).toMatchObject({ users: null, search: true });
  });

  test('its secrets, by reference', () => {
    expect(resolved({}, on).projection?.secrets).toEqual([
      { name: 'KEY', parts: [expect.objectContaining({ path: 'production/shop/acme/signing-key' })] },
    ]);
  });

  test('a row for each element of its settings, and that others are gone', () => {
    const { sql, backing } =
      resolved({ ...sites([1, 'a.example'], [2, 'b.example']), displayName: "O'Neil -- $1" }, on).projection?.rows ??
      {};
    expect(backing?.name).toBe('hub-data');
    expect(sql?.split('\n')).toEqual([
      'SET standard_conforming_strings = on;',
      "SELECT set_config('app.tenant_id', 'acme', true);",
      expect.stringContaining(`VALUES (1, 'a.example', 'acme', 'O''Neil -- $1', 10, false)`),
      expect.stringContaining(`VALUES (2, 'b.example', 'acme', 'O''Neil -- $1', 10, false)`),
      `UPDATE "sites" SET "status" = 'removed' WHERE "tenant" = 'acme' AND NOT ("id" = 1) AND NOT ("id" = 2);`,
      '',
    ]);
  });
});

test.each([
  [{ rows: { ...rows, in: 'data' } }, 'rows.in: unknown backing service of the shared services "data"'],
  [{ rows: { ...rows, key: ['nr'] } }, 'rows.key: unknown column "nr"'],
  [{ rows: { ...rows, each: null } }, 'item("id") outside of rows with "each"'],
  [{ facts: { a: item('id') } }, 'item("id") outside of rows with "each"'],
  [{ rows: { ...rows, retire: { where: {}, set: { a: 1 } } } }, 'rows.retire.where: no column'],
])('a projection is refused that names what is not there: %j', (projection, problem) => {
  expect(productProblems(projecting(projection))).toContainEqual(expect.stringContaining(problem));
  expect(productProblems(projecting({ rows }))).toEqual([]);
});

describe('rows of one table are those of one tenant', () => {
  const keyed = (id: unknown, changes: object = {}) => ({
    rows: { ...rows, columns: { ...rows.columns, id }, ...changes },
  });
  const found = (where: object) => ({ rows: { ...rows, retire: { where, set: { status: 'removed' } } } });
  const noKey = 'rows.key: no column that tells tenants apart';
  const noWhere = 'rows.retire.where: no column that tells tenants apart';
  test.each<[string, object, string, object]>([
    ['is no text of all', keyed('1'), noKey, keyed(tenant.id)],
    ['is no plan', keyed(tenant.plan), noKey, keyed(tenant.namespace)],
    ['is no item that others may have', keyed(item('domain')), noKey, keyed(item('id'))],
    [
      'is a unique item alone',
      keyed(concat(item('id'), item('domain'))),
      noKey,
      keyed(concat(tenant.product, '-', item('id'), '-site')),
    ],
    ['may be one of several columns', keyed('1'), noKey, keyed('1', { key: ['id', 'tenant'] })],
    ['is the same with every feature', keyed(when('search', tenant.id, 'x')), noKey, keyed(concat('a-', tenant.id))],
    [
      'begins no other’s',
      keyed(concat(tenant.id, '-', item('domain'))),
      noKey,
      keyed(concat(tenant.id, ':', item('domain'))),
    ],
    ['in what is retired is no text of all', found({ status: 'active' }), noWhere, found({ tenant: tenant.id })],
    [
      'in what is retired may be one of several',
      found({ plan: tenant.plan }),
      noWhere,
      found({ plan: tenant.plan, tenant: tenant.namespace }),
    ],
  ])('a key %s', (_, wrong, problem, right) => {
    expect(productProblems(projecting(wrong))).toEqual([expect.stringContaining(problem)]);
    expect(productProblems(projecting(right))).toEqual([]);
  });

  const twice = (key: readonly string[]) =>
    model({}, [projecting({ rows: { ...rows, key, columns: { ...rows.columns, no: item('id') } } })]);

  test('and none is written twice, which is told where the tenant wrote it', () => {
    const on = twice(['tenant', 'domain']);
    expect(tenantProblems(sites([1, 'a.example'], [2, 'a.example']), on)).toEqual([
      'acme.ts: settings.sites[1].domain: "acme, a.example" is the row of settings.sites[0].domain already - write another [E_CLAIM]',
    ]);
    expect(tenantProblems(sites([1, 'a.example'], [2, 'b.example']), on)).toEqual([]);
  });

  test('nor told twice where the setting is unique anyway', () => {
    for (const key of [['id'], ['tenant', 'no']])
      expect(tenantProblems(sites([1, 'a.example'], [1, 'b.example']), twice(key))).toEqual([
        'acme.ts: settings.sites[1].id: 1 is that of settings.sites[0].id already - write another [E_CLAIM]',
      ]);
  });
});

test('a setting of a transaction may have digits, as those of row-level security may', () => {
  const session = (name: string) => projecting({ rows: { ...rows, session: { [name]: tenant.id } } });
  expect(productProblems(session('app2.tenant_id2'))).toEqual([]);
  expect(productProblems(session('2app.tenant_id'))).toEqual([
    expect.stringContaining('expected a setting such as app.tenant_id'),
  ]);
});

describe('a value that hangs on a feature', () => {
  const search = when('search', { kind: 'ref', source: 'backing', name: 'index', output: 'url' }, 'off');
  const product = productHaving({ 'services.web.env.SEARCH_URL': search });
  const web = (plan: string) => resolved({ plan }, model({}, [product])).services.find(({ name }) => name === 'web');

  test('is one or the other, and opens no way where it is off', () => {
    expect(web('small')?.env.find(({ name }) => name === 'SEARCH_URL')?.parts).toEqual(['off']);
    expect(web('small')?.uses).not.toContain('index');
    expect(web('large')?.uses).toContain('index');
  });

  test('is of a feature that the product has', () => {
    const wrong = productHaving({ 'services.web.env.SEARCH_URL': when('serach', 'a', 'b') });
    expect(productProblems(wrong)).toEqual([expect.stringContaining('did you mean "search"?')]);
  });
});

describe('settings', () => {
  test('are as many as the limit that bounds them', () => {
    const on = model({}, [productHaving({ settingLimits: { sites: 'users' }, 'plans.small.limits.users': 1 })]);
    expect(tenantProblems(sites([1, 'a.example']), on)).toEqual([]);
    expect(tenantProblems(sites([1, 'a.example'], [2, 'b.example']), on)).toEqual([
      'acme.ts: settings.sites: the plan "small" includes 1 of "users", got 2 - remove some, or choose a larger plan [E_TENANT_PLAN]',
    ]);
  });

  test('give no host below the zone of the product but the tenant’s own', () => {
    expect(tenantProblems(sites([1, 'acme.shop.example']))).toEqual([]);
    expect(tenantProblems(sites([1, 'other.shop.example']))).toEqual([
      expect.stringContaining('settings.sites[0].domain: "other.shop.example" lies under shop.example'),
    ]);
  });
});

test('services are rolled out in the order in which they wait for each other', () => {
  const probes = { readiness: { http: '/ready' } };
  const after = { 'services.worker.startsAfter': ['web'], 'services.reports.startsAfter': ['worker'] };
  const product = productHaving({
    ...after,
    'services.worker.probes': { readiness: { command: ['true'] } },
    'services.web.probes': probes,
  });
  const { services } = resolved({ plan: 'dedicated' }, model({}, [product]));
  expect(Object.fromEntries(services.map(({ name, step }) => [name, step]))).toMatchObject({
    web: 0,
    worker: 1,
    reports: 2,
  });
  expect(
    productProblems(productHaving({ 'services.web.startsAfter': ['worker'], 'services.worker.startsAfter': ['web'] })),
  ).toContainEqual(expect.stringContaining('waits for "web" in turn'));
});
