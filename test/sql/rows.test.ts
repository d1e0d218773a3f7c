import { unity } from '../../lib/products/unity';
import globex from '../../tenants/globex';
import initech from '../../tenants/initech';
import type { Session } from '../support/postgres';
import { type Lab, labOf, scriptOf } from './support';

/** What row-level security of Unity's database lets through: to the shared backend, to tenants' own logins, to the platform's people. */

jest.setTimeout(120_000);

const DATABASE = 'unity_shared_eu_1';
const SCRIPT = scriptOf(unity);

let lab: Lab;
let backend: Session;
let own: Session;
let backup: Session;
let superuser: Session;

/** What the product's own migration makes: two tables of its list, the tenants, and one that is nobody's. */
const MIGRATION = `
  CREATE TABLE clusters (id serial PRIMARY KEY, tenant_id text NOT NULL, name text NOT NULL);
  CREATE TABLE alerts (id bigint GENERATED ALWAYS AS IDENTITY, tenant_id varchar(32) NOT NULL, name text);
  CREATE TABLE tenants (id text PRIMARY KEY, plan text);
  CREATE TABLE plans (name text PRIMARY KEY);
`;

/** For a tenant, as the backend does it. */
function inTenant(id: string, sql: string): string {
  return `BEGIN; SELECT set_config('app.tenant_id', '${id}', true); ${sql}; COMMIT`;
}

async function seen(session: Session, id: string, sql: string): Promise<unknown[]> {
  await session.rows(`BEGIN; SELECT set_config('app.tenant_id', '${id}', true)`);
  const values = await session.values(sql);
  await session.rows('COMMIT');
  return values;
}

beforeAll(async () => {
  // One host is the backend’s, and so on one cluster.
  lab = await labOf(
    unity,
    [globex, initech],
    { 'clusters.us-1.products': [], 'servers.pg-eu.systemAdmins': ['alice'] },
    'CREATE ROLE alice LOGIN',
  );
  superuser = await lab.as('postgres', DATABASE);
  backend = await lab.as(`${DATABASE}_a`, DATABASE);
  await backend.rows(MIGRATION);
  await backend.rows(SCRIPT);
  for (const id of ['globex', 'initech', 'globex-two'])
    await backend.rows(
      inTenant(
        id,
        `INSERT INTO tenants VALUES ('${id}', 'standard');
         INSERT INTO clusters (tenant_id, name) SELECT '${id}', '${id} ' || n FROM generate_series(1, 3) AS n;
         INSERT INTO alerts (tenant_id, name) VALUES ('${id}', '${id} on fire')`,
      ),
    );
  own = await lab.as('unity_rows_a_of_globex', DATABASE);
  backup = await lab.as('unity_rows_backup_of_globex', DATABASE);
});

afterAll(() => lab?.stop());

const GLOBEX = ['globex 1', 'globex 2', 'globex 3'];
const ALL = [...GLOBEX, ...[1, 2, 3].map((n) => `globex-two ${n}`), ...[1, 2, 3].map((n) => `initech ${n}`)];
const CLUSTERS = 'SELECT name FROM app.clusters ORDER BY name';

describe('the shared backend', () => {
  test('sees nothing until it has named a tenant', async () => {
    const fresh = await lab.as(`${DATABASE}_b`, DATABASE);
    expect(await fresh.values(CLUSTERS)).toEqual([]);
    expect(await fresh.values('SELECT id FROM tenants')).toEqual([]);
    expect(await fresh.rows("UPDATE clusters SET name = 'x' RETURNING *")).toEqual([]);
    expect(await fresh.rows('DELETE FROM clusters RETURNING *')).toEqual([]);
    await fresh.end();
  });

  test('sees the rows of the tenant that it names, for that transaction', async () => {
    expect(await seen(backend, 'globex', CLUSTERS)).toEqual(GLOBEX);
    expect(await seen(backend, 'initech', 'SELECT id FROM tenants')).toEqual(['initech']);
    // The setting is there now, and empty.
    expect(await backend.values("SELECT current_setting('app.tenant_id')")).toEqual(['']);
    expect(await backend.values(CLUSTERS)).toEqual([]);
  });

  test('sees nothing of a tenant without a name, and nothing of one that is not there', async () => {
    await superuser.rows("INSERT INTO app.clusters (tenant_id, name) VALUES ('', 'nobody’s')");
    expect(await seen(backend, '', CLUSTERS)).toEqual([]);
    expect(await backend.values(CLUSTERS)).toEqual([]);
    await superuser.rows("DELETE FROM app.clusters WHERE tenant_id = ''");
    expect(await seen(backend, 'globe_', CLUSTERS)).toEqual([]);
    expect(await seen(backend, '%', CLUSTERS)).toEqual([]);
  });

  test('writes for that tenant only', async () => {
    const refusal = 'new row violates row-level security policy for table "clusters"';
    const insert = (id: string) => `INSERT INTO clusters (tenant_id, name) VALUES ('${id}', 'x')`;
    expect(await backend.refusal(inTenant('globex', insert('initech')))).toBe(refusal);
    await backend.rows('ROLLBACK');
    expect(await backend.refusal(insert('globex'))).toBe(refusal);
    const move = "UPDATE clusters SET tenant_id = 'initech'";
    expect(await backend.refusal(inTenant('globex', move))).toBe(refusal);
    await backend.rows('ROLLBACK');
    expect(
      await backend.refusal(inTenant('globex', `${insert('globex')}; DELETE FROM clusters WHERE name = 'x'`)),
    ).toBe(null);
    expect(await superuser.values(CLUSTERS)).toEqual(ALL);
  });

  test('is no tenant, whatever it is a member of', async () => {
    expect(await backend.values('SELECT app.tenantry_tenant()')).toEqual([null]);
    for (const role of ['NONE', `${DATABASE}_a`]) {
      await backend.rows(`SET ROLE ${role}`);
      expect(await backend.values(CLUSTERS)).toEqual([]);
    }
    await backend.rows('RESET ROLE');
  });
});

describe('a tenant’s own login', () => {
  test('sees the tenant’s rows, all tables and the tenant itself', async () => {
    for (const session of [own, backup]) {
      expect(await session.values(CLUSTERS)).toEqual(GLOBEX);
      expect(await session.values('SELECT name FROM alerts')).toEqual(['globex on fire']);
      expect(await session.values('SELECT id FROM tenants')).toEqual(['globex']);
    }
    const other = await lab.as('unity_rows_b_of_initech', DATABASE);
    expect(await other.values('SELECT id FROM tenants')).toEqual(['initech']);
    await other.end();
  });

  test.each([
    "SET app.tenant_id = 'initech'",
    "SELECT set_config('app.tenant_id', 'initech', false)",
    'SET ROLE unity_rows_of_globex',
    `SET ROLE ${DATABASE}_rows`,
    'SET ROLE unity_rows_a_of_globex',
    'SET ROLE NONE',
    'RESET ROLE',
    'RESET ALL',
    'DISCARD ALL',
    'SET SESSION AUTHORIZATION DEFAULT',
    'SET SESSION AUTHORIZATION unity_rows_a_of_globex',
    'SET search_path = pg_temp, app, public',
    "SET search_path = ''",
    'SET row_security = on',
    "SET session_replication_role = 'origin'",
  ])('still sees them after %s', async (sql) => {
    const session = await lab.as('unity_rows_a_of_globex', DATABASE);
    await session.refusal(sql);
    expect(await session.values(CLUSTERS)).toEqual(GLOBEX);
    expect(await session.values('SELECT DISTINCT tenant_id FROM app.alerts')).toEqual(['globex']);
    await session.end();
  });

  test.each([
    ['SET ROLE unity_rows_of_initech', 'permission denied to set role'],
    [`SET ROLE ${DATABASE}_owner`, 'permission denied to set role'],
    [`SET ROLE ${DATABASE}_system`, 'permission denied to set role'],
    [`SET ROLE ${DATABASE}_ro`, 'permission denied to set role'],
    ['SET SESSION AUTHORIZATION unity_rows_a_of_initech', 'permission denied to set session authorization'],
    ['GRANT unity_rows_of_initech TO unity_rows_a_of_globex', 'role "unity_rows_of_initech"'],
    ["INSERT INTO clusters (tenant_id, name) VALUES ('globex', 'x')", 'permission denied for table clusters'],
    ["UPDATE clusters SET name = 'x'", 'permission denied for table clusters'],
    ['DELETE FROM clusters', 'permission denied for table clusters'],
    ['TRUNCATE clusters', 'permission denied for table clusters'],
    ['SELECT * FROM clusters FOR UPDATE', 'permission denied for table clusters'],
    ["SELECT nextval('clusters_id_seq')", 'permission denied for sequence clusters_id_seq'],
    ['SELECT * FROM plans', 'permission denied for table plans'],
    ['ALTER TABLE clusters DISABLE ROW LEVEL SECURITY', 'must be owner of table clusters'],
    ['DROP POLICY tenantry_tenant ON clusters', 'must be owner of relation clusters'],
    ['CREATE POLICY mine ON clusters USING (true)', 'must be owner of table clusters'],
    [
      "CREATE FUNCTION app.tenantry_tenant() RETURNS text LANGUAGE sql AS 'SELECT 1'",
      'permission denied for schema app',
    ],
    [
      "CREATE OR REPLACE FUNCTION app.tenantry_tenant() RETURNS text LANGUAGE sql AS $$ SELECT 'initech' $$",
      'permission denied for schema app',
    ],
    ["CREATE FUNCTION pg_temp.f(text) RETURNS bool LANGUAGE sql AS 'SELECT true'", 'permission denied to create temp'],
    ['CREATE TEMPORARY TABLE clusters (name text)', 'permission denied to create temporary tables'],
    ['CREATE TABLE public.clusters (name text)', 'permission denied for schema public'],
    ['CREATE SCHEMA mine', `permission denied for database ${DATABASE}`],
    [
      "DO $$ BEGIN RAISE EXCEPTION '%', (SELECT string_agg(name, ',' ORDER BY name) FROM clusters); END $$",
      GLOBEX.join(','),
    ],
    ['SET row_security = off; SELECT * FROM clusters', 'query would be affected by row-level security policy'],
  ])('is refused %s', async (sql, refusal) => {
    const session = await lab.as('unity_rows_a_of_globex', DATABASE);
    expect(await session.refusal(sql)).toContain(refusal);
    await session.end();
  });

  test('finds nothing of others by joins, counts, estimates and errors', async () => {
    expect(await own.values('SELECT count(*)::int FROM clusters, tenants, alerts')).toEqual([3]);
    expect(await own.values("SELECT count(*)::int FROM clusters WHERE tenant_id = 'initech'")).toEqual([0]);
    // A condition that fails on another's row would tell of it, were it asked before the policy.
    expect(
      await own.refusal("SELECT * FROM clusters WHERE 1 / (CASE WHEN name LIKE 'initech%' THEN 0 ELSE 1 END) = 1"),
    ).toBe(null);
    await superuser.rows('ANALYZE app.clusters');
    expect(await own.values("SELECT count(*)::int FROM pg_stats WHERE tablename = 'clusters'")).toEqual([0]);
  });

  test('reaches no other database', async () => {
    for (const database of ['postgres', 'template1'])
      await expect(lab.as('unity_rows_a_of_globex', database)).rejects.toThrow('permission denied for database');
    await expect(lab.as('unity_rows_of_globex', DATABASE)).rejects.toThrow('is not permitted to log in');
  });

  test('of two tenants is nobody’s', async () => {
    await superuser.rows('GRANT unity_rows_of_initech TO unity_rows_b_of_globex');
    const both = await lab.as('unity_rows_b_of_globex', DATABASE);
    expect(await both.values('SELECT app.tenantry_tenant()')).toEqual([null]);
    expect(await both.values(CLUSTERS)).toEqual([]);
    await superuser.rows('REVOKE unity_rows_of_initech FROM unity_rows_b_of_globex');
    expect(await both.values(CLUSTERS)).toEqual(GLOBEX);
    await both.end();
  });

  test('reads what a dump reads: tables, sequences and their locks, with row_security on', async () => {
    await backup.rows('SET row_security = on; BEGIN; LOCK TABLE clusters, alerts, tenants IN ACCESS SHARE MODE');
    expect(await backup.rows('SELECT last_value::int, is_called FROM clusters_id_seq')).toHaveLength(1);
    expect(await backup.rows('SELECT last_value::int, is_called FROM alerts_id_seq')).toHaveLength(1);
    expect(await backup.rows('SELECT * FROM ONLY app.clusters')).toHaveLength(3);
    await backup.rows('COMMIT');
  });
});

describe('administrators of the platform', () => {
  test('see all tenants’ rows, and change none', async () => {
    const alice = await lab.as('alice', DATABASE);
    expect(await alice.values(CLUSTERS)).toEqual(ALL);
    expect(await alice.refusal('DELETE FROM app.clusters')).toBe('permission denied for table clusters');
    expect(await alice.values('SELECT app.tenantry_tenant()')).toEqual([null]);
    await alice.end();
  });

  test('and so does the dump of the whole', async () => {
    const whole = await lab.as(`${DATABASE}_backup`, DATABASE);
    expect(await whole.values(CLUSTERS)).toEqual(ALL);
    expect(await whole.refusal("UPDATE clusters SET name = 'x'")).toBe('permission denied for table clusters');
    await whole.end();
  });
});

describe('the plan', () => {
  const explained = async (session: Session) =>
    (await session.values<string>(`EXPLAIN (COSTS OFF) ${CLUSTERS}`)).join('\n');

  test('asks for the tenant once, and then for the index', async () => {
    await superuser.rows(`
      BEGIN;
      INSERT INTO app.clusters (tenant_id, name) SELECT 'tenant-' || n % 500, 'x' FROM generate_series(1, 20000) AS n;
      COMMIT;
      ANALYZE app.clusters;
    `);
    for (const plan of [
      await explained(own),
      (await seen(backend, 'globex', `EXPLAIN (COSTS OFF) ${CLUSTERS}`)).join('\n'),
    ]) {
      expect(plan).toMatch(/InitPlan/);
      expect(plan).toMatch(/Index Cond: \(tenant_id = /);
      expect(plan).toMatch(/idx_clusters_tenant/);
    }
    await superuser.rows("DELETE FROM app.clusters WHERE name = 'x'");
  });
});

/** What the catalogs say, the times of changes included. */
const STATE = `
  SELECT c.oid::int, c.relname, c.xmin::text, c.relacl::text, c.relrowsecurity, c.relforcerowsecurity,
    (SELECT json_agg(p ORDER BY polname) FROM (SELECT oid, xmin::text, * FROM pg_policy WHERE polrelid = c.oid) AS p)::text AS policies
  FROM pg_class AS c WHERE relnamespace = 'app'::regnamespace
  UNION ALL SELECT oid::int, proname, xmin::text, proacl::text, NULL, NULL, prosrc FROM pg_proc WHERE pronamespace = 'app'::regnamespace
  ORDER BY 1`;

describe('the script', () => {
  const run = async () => {
    const session = await lab.as(`${DATABASE}_b`, DATABASE);
    const refusal = await session.refusal(SCRIPT);
    const { notices } = session;
    await session.end();
    return { refusal, notices };
  };
  /** Makes something, runs it, and unmakes it. */
  const runWith = async (made: string, unmade: string) => {
    await backend.rows(made);
    const result = await run();
    await backend.rows(unmade);
    return result;
  };

  test('changes nothing when it runs again', async () => {
    const before = await superuser.rows(STATE);
    expect((await run()).refusal).toBeNull();
    expect(await superuser.rows(STATE)).toEqual(before);
  });

  test('mends what has changed', async () => {
    const before = await superuser.rows("SELECT * FROM pg_policies WHERE schemaname = 'app' ORDER BY 2, 3");
    for (const change of [
      'ALTER POLICY tenantry_tenant ON clusters USING (true)',
      `ALTER POLICY tenantry_system ON clusters TO PUBLIC`,
      'DROP POLICY tenantry_shared ON clusters',
      'ALTER TABLE clusters NO FORCE ROW LEVEL SECURITY',
      'ALTER TABLE clusters DISABLE ROW LEVEL SECURITY',
      'DROP INDEX idx_clusters_tenant',
      `CREATE OR REPLACE FUNCTION tenantry_tenant() RETURNS text LANGUAGE sql STABLE AS $$ SELECT 'initech' $$`,
      `CREATE OR REPLACE FUNCTION tenantry_tenant() RETURNS text LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
         AS $$ SELECT 'initech' $$`,
    ]) {
      await backend.rows(change);
      expect((await run()).refusal).toBeNull();
      expect(await superuser.rows("SELECT * FROM pg_policies WHERE schemaname = 'app' ORDER BY 2, 3")).toEqual(before);
      expect(await own.values(CLUSTERS)).toEqual(GLOBEX);
      expect(await backend.values(CLUSTERS)).toEqual([]);
      expect(await superuser.values("SELECT to_regclass('app.idx_clusters_tenant')::text")).not.toEqual([null]);
    }
  });

  test('warns of tables that are not there yet, and tells which are no tenant’s', async () => {
    const { notices } = await run();
    const [warning, ...others] = notices.filter((line) => line.startsWith('WARNING'));
    expect(others).toEqual([]);
    expect(warning).toMatch(/^WARNING: listed tables that schema app does not have yet: alert_channels, .*, webhooks$/);
    expect(warning?.match(/, /g)).toHaveLength(22);
    expect(notices.filter((line) => line.startsWith('NOTICE'))).toEqual([
      "NOTICE: tables of schema app that are no tenant's, which tenants cannot read: plans",
    ]);
  });

  test('closes a listed table that is made later, with its sequence, for the next dump', async () => {
    await backend.rows('CREATE TABLE webhooks (id serial, tenant_id text, url text)');
    expect(await backup.refusal('SELECT * FROM webhooks')).toBe('permission denied for table webhooks');
    expect((await run()).refusal).toBeNull();
    await backend.rows(inTenant('globex', "INSERT INTO webhooks (tenant_id, url) VALUES ('globex', 'https://a')"));
    await backend.rows(inTenant('initech', "INSERT INTO webhooks (tenant_id, url) VALUES ('initech', 'https://b')"));
    expect(await backup.values('SELECT url FROM webhooks')).toEqual(['https://a']);
    expect(await backup.refusal('SELECT last_value FROM webhooks_id_seq')).toBeNull();
    await backend.rows('DROP TABLE webhooks');
  });

  test.each([
    [
      'a table with the column that is not listed',
      'CREATE TABLE secrets (tenant_id text)',
      'DROP TABLE secrets',
      'app.secrets has the column tenant_id and is not listed',
    ],
    [
      'a materialized view of it',
      'CREATE MATERIALIZED VIEW busy AS SELECT tenant_id FROM clusters',
      'DROP MATERIALIZED VIEW busy',
      'app.busy has the column tenant_id and is not listed',
    ],
    [
      'a listed table without it',
      'CREATE TABLE plugins (id int)',
      'DROP TABLE plugins',
      'app.plugins is listed and has no column tenant_id of text',
    ],
    [
      'a listed table in which it is no text',
      'CREATE TABLE plugins (tenant_id uuid)',
      'DROP TABLE plugins',
      'app.plugins is listed and has no column tenant_id of text',
    ],
    [
      'a view in place of a listed table',
      'CREATE VIEW plugins AS SELECT tenant_id FROM clusters',
      'DROP VIEW plugins',
      'app.plugins is listed and is no table',
    ],
    [
      'a policy that lets more through',
      'CREATE POLICY open ON clusters USING (true)',
      'DROP POLICY open ON clusters',
      'the policy open of app.clusters lets through what others keep back',
    ],
    [
      'a right of tenants to write',
      `GRANT TRUNCATE ON clusters TO ${DATABASE}_rows`,
      `REVOKE TRUNCATE ON clusters FROM ${DATABASE}_rows`,
      `${DATABASE}_rows may change app.clusters`,
    ],
    [
      'a policy that keeps rows from dumps',
      'CREATE POLICY shut ON clusters AS RESTRICTIVE USING (true)',
      'DROP POLICY shut ON clusters',
      'the policy shut of app.clusters keeps rows from dumps',
    ],
    [
      'a function that acts as its owner for whoever calls it',
      "CREATE FUNCTION names() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS 'SELECT tenant_id FROM app.clusters'",
      'DROP FUNCTION names()',
      'function app.names acts as its owner',
    ],
    [
      'row security that somebody else has enabled',
      'CREATE TABLE settings (tenant text); ALTER TABLE settings ENABLE ROW LEVEL SECURITY',
      'DROP TABLE settings',
      'app.settings has row security of somebody else',
    ],
  ])('fails for %s', async (_, made, unmade, problem) => {
    const { refusal } = await runWith(made, unmade);
    expect(refusal).toMatch(/^row-level security of unity is not whole:\n/);
    expect(refusal).toContain(problem);
    expect((await run()).refusal).toBeNull();
  });

  test.each([
    ['a listed table', 'CREATE TABLE plugins (tenant_id text)', 'DROP TABLE plugins'],
    ['a table without the column', 'CREATE TABLE settings (tenant text)', 'DROP TABLE settings'],
    [
      'a function that acts as its owner and tenants may not call',
      "CREATE FUNCTION names() RETURNS SETOF text LANGUAGE sql SECURITY DEFINER AS 'SELECT tenant_id FROM app.clusters'; REVOKE ALL ON FUNCTION names() FROM PUBLIC",
      'DROP FUNCTION names()',
    ],
    ['a view with it', 'CREATE VIEW busy AS SELECT tenant_id FROM clusters', 'DROP VIEW busy'],
  ])('does not mind %s', async (_, made, unmade) => {
    expect((await runWith(made, unmade)).refusal).toBeNull();
  });

  test('closes what it can before it fails', async () => {
    const both = 'CREATE TABLE secrets (tenant_id text); CREATE TABLE webhooks (tenant_id text)';
    await backend.rows(both);
    expect((await run()).refusal).toContain('app.secrets');
    expect(await superuser.values("SELECT relforcerowsecurity FROM pg_class WHERE relname = 'webhooks'")).toEqual([
      true,
    ]);
    await backend.rows('DROP TABLE secrets, webhooks');
  });

  test('closes partitions as the whole', async () => {
    await backend.rows(`
      CREATE TABLE usage_records (tenant_id text, at date) PARTITION BY RANGE (at);
      CREATE TABLE usage_2026 PARTITION OF usage_records FOR VALUES FROM ('2026-01-01') TO ('2027-01-01');
    `);
    expect((await run()).refusal).toBeNull();
    await backend.rows(inTenant('globex', "INSERT INTO usage_records VALUES ('globex', '2026-05-01')"));
    await backend.rows(inTenant('initech', "INSERT INTO usage_records VALUES ('initech', '2026-05-01')"));
    expect(await backend.values('SELECT tenant_id FROM usage_2026')).toEqual([]);
    expect(await own.values('SELECT tenant_id FROM usage_records')).toEqual(['globex']);
    // Dumps read partitions one by one, and the tenant's login may; the policies are theirs too.
    expect(await own.values('SELECT tenant_id FROM usage_2026')).toEqual(['globex']);
    await backend.rows('DROP TABLE usage_records');
  });

  test('is not for others to run', async () => {
    expect(await own.refusal(SCRIPT)).toContain('permission denied to set role');
  });
});
