import { nekotab } from '../../lib/products/nekotab';
import acme from '../../tenants/acme-debates';
import oxford from '../../tenants/oxford-union';
import type { Session } from '../support/postgres';
import { type Lab, labOf } from './support';

/** What a database of the tenant's own lets its logins do, and nobody else: the tenant is acme, and oxford is the other. */

jest.setTimeout(120_000);

const OWN = 'nekotab_acme_debates';
const OTHER = 'nekotab_oxford_union';

let lab: Lab;
let a: Session;
let b: Session;
let backup: Session;

beforeAll(async () => {
  // Both on the one server of the lab.
  lab = await labOf(nekotab, [acme, oxford]);
  [a, b, backup] = (await Promise.all(['a', 'b', 'backup'].map((use) => lab.as(`${OWN}_${use}`, OWN)))) as [
    Session,
    Session,
    Session,
  ];
  await a.rows(`
    CREATE TABLE debates (id serial PRIMARY KEY, motion text NOT NULL);
    INSERT INTO debates (motion) VALUES ('that this house would'), ('that it would not');
  `);
  const other = await lab.as(`${OTHER}_a`, OTHER);
  await other.rows("CREATE TABLE debates (id serial, motion text); INSERT INTO debates (motion) VALUES ('secret')");
});

afterAll(() => lab?.stop());

describe('the tenant’s own work', () => {
  test('is the owner’s, whichever login does it, and the next login’s to change', async () => {
    expect(await a.rows('SELECT current_user AS acts, session_user AS is, current_schema AS in')).toEqual([
      { acts: `${OWN}_owner`, is: `${OWN}_a`, in: 'app' },
    ]);
    expect(await b.values("SELECT tableowner FROM pg_tables WHERE tablename = 'debates'")).toEqual([`${OWN}_owner`]);
    expect(
      await b.refusal(`
        ALTER TABLE debates ADD COLUMN info text NOT NULL DEFAULT '';
        CREATE INDEX ON debates (motion);
        CREATE TYPE side AS ENUM ('government', 'opposition');
        CREATE VIEW motions AS SELECT motion FROM debates;
        CREATE FUNCTION double(n int) RETURNS int LANGUAGE sql AS 'SELECT n * 2';
        CREATE TEMPORARY TABLE scratch AS SELECT double(21);
        DROP VIEW motions;
      `),
    ).toBeNull();
    expect(await a.values('SELECT count(*)::int FROM debates')).toEqual([2]);
  });

  test('may have extensions that the server lets it have, and no others', async () => {
    // The administrator's to install; a trusted one would take CREATE on the database.
    expect(await a.refusal('CREATE EXTENSION pg_trgm')).toBe('permission denied to create extension "pg_trgm"');
  });
});

describe('a login reaches no other database', () => {
  test.each([OTHER, 'postgres', 'template1'])('%s', async (database) => {
    for (const use of ['a', 'b', 'backup'])
      await expect(lab.as(`${OWN}_${use}`, database)).rejects.toThrow(`permission denied for database "${database}"`);
  });

  test('its own', async () => {
    for (const use of ['a', 'b', 'backup']) await (await lab.as(`${OWN}_${use}`, OWN)).end();
  });

  test('and takes no more connections than it is given', async () => {
    // One stands since the beginning, and it has two.
    const second = await lab.as(`${OWN}_backup`, OWN);
    await expect(lab.as(`${OWN}_backup`, OWN)).rejects.toThrow(`too many connections for role "${OWN}_backup"`);
    await second.end();
  });

  test('and the roles that own and read cannot log in', async () => {
    for (const use of ['owner', 'ro'])
      await expect(lab.as(`${OWN}_${use}`, OWN)).rejects.toThrow(`role "${OWN}_${use}" is not permitted to log in`);
  });
});

/** Statements that a login has no right to. */
const REFUSED: readonly string[] = [
  'CREATE TABLE public.mine (id int)',
  'CREATE SCHEMA mine',
  `DROP DATABASE ${OWN}`,
  `ALTER DATABASE ${OWN} RENAME TO mine`,
  `ALTER DATABASE ${OWN} OWNER TO ${OWN}_a`,
  `ALTER DATABASE ${OWN} SET search_path = public`,
  `ALTER DATABASE ${OWN} CONNECTION LIMIT 1000`,
  `DROP DATABASE ${OTHER}`,
  `ALTER DATABASE ${OTHER} RENAME TO mine`,
  'CREATE DATABASE mine',
  'CREATE ROLE mine',
  `ALTER ROLE ${OTHER}_a PASSWORD 'mine'`,
  `ALTER ROLE ${OWN}_a CONNECTION LIMIT 1000`,
  `ALTER ROLE ${OWN}_a SUPERUSER`,
  `ALTER ROLE ${OWN}_a BYPASSRLS`,
  `DROP ROLE ${OTHER}_a`,
  `GRANT ${OWN}_owner TO ${OTHER}_a`,
  `GRANT ${OTHER}_owner TO ${OWN}_a`,
  `SET ROLE ${OTHER}_owner`,
  `SET ROLE ${OTHER}_ro`,
  'SET ROLE tenantry',
  'SET ROLE postgres',
  `SET SESSION AUTHORIZATION ${OTHER}_a`,
  "COPY (SELECT 1) TO PROGRAM 'id'",
  "COPY app.debates FROM '/etc/passwd'",
  "SELECT pg_read_file('/etc/passwd')",
  "SELECT lo_import('/etc/passwd')",
  'ALTER SYSTEM SET log_statement = none',
  "SET session_replication_role = 'replica'",
  'SELECT rolpassword FROM pg_authid',
  'CREATE EXTENSION dblink',
  "CREATE FUNCTION app.evil() RETURNS int LANGUAGE c AS 'libc', 'system'",
];

describe.each(['as it logs in', 'after RESET ROLE', 'after SET ROLE NONE'])('%s', (manner) => {
  const sessions: Session[] = [];
  beforeAll(async () => {
    for (const use of ['a', 'b', 'backup']) {
      const session = await lab.as(`${OWN}_${use}`, OWN);
      if (manner === 'after RESET ROLE') await session.rows('RESET ROLE');
      if (manner === 'after SET ROLE NONE') await session.rows('SET ROLE NONE');
      sessions.push(session);
    }
  });
  afterAll(() => Promise.all(sessions.map((session) => session.end())));

  test.each(REFUSED)('%s is refused', async (sql) => {
    for (const session of sessions) expect(await session.code(sql)).toBe('42501');
  });
});

test('nobody but the administrator has anything in schema public', async () => {
  for (const session of [a, backup])
    expect(await session.values("SELECT has_schema_privilege('public', 'USAGE, CREATE')")).toEqual([false]);
  const [grants] = await a.values<string>("SELECT nspacl::text FROM pg_namespace WHERE nspname = 'public'");
  // A grant to everybody has no name before its equals sign.
  expect(grants).not.toMatch(/[{,]=/);
});

describe('rights cannot be given away', () => {
  test('of the database, which says so and changes nothing', async () => {
    const before = await a.values(`SELECT datacl::text FROM pg_database WHERE datname = '${OWN}'`);
    await a.refusal(`GRANT CONNECT ON DATABASE ${OWN} TO PUBLIC`);
    await a.refusal(`GRANT ALL ON DATABASE ${OWN} TO ${OTHER}_a`);
    expect(await a.values(`SELECT datacl::text FROM pg_database WHERE datname = '${OWN}'`)).toEqual(before);
  });

  test('and what is given of tables reaches nobody who does not get in', async () => {
    await a.rows('GRANT USAGE ON SCHEMA app TO PUBLIC; GRANT SELECT ON debates TO PUBLIC');
    await expect(lab.as(`${OTHER}_a`, OWN)).rejects.toThrow('permission denied for database');
    await a.rows('REVOKE ALL ON SCHEMA app FROM PUBLIC; REVOKE ALL ON debates FROM PUBLIC');
  });
});

describe('temporary tables', () => {
  test('are the owner’s to make', async () => {
    expect(await b.refusal('CREATE TEMPORARY TABLE t AS SELECT 1')).toBeNull();
    expect(await backup.refusal('CREATE TEMPORARY TABLE t AS SELECT 1')).toBe(
      `permission denied to create temporary tables in database "${OWN}"`,
    );
  });
});

describe('the backup’s login', () => {
  test('reads everything, what is made later and what counts included', async () => {
    await b.rows(`
      CREATE TABLE IF NOT EXISTS rooms (id bigint GENERATED ALWAYS AS IDENTITY, name text);
      CREATE SEQUENCE IF NOT EXISTS tickets;
      INSERT INTO rooms (name) VALUES ('hall');
    `);
    expect(await backup.values('SELECT motion FROM debates ORDER BY id')).toHaveLength(2);
    expect(await backup.values('SELECT name FROM rooms')).toEqual(['hall']);
    const sequences = await backup.values<string>("SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences");
    expect(sequences.sort()).toEqual(['app.debates_id_seq', 'app.rooms_id_seq', 'app.tickets']);
    for (const name of sequences) expect(await backup.refusal(`SELECT last_value, is_called FROM ${name}`)).toBeNull();
    expect(await backup.refusal('BEGIN; LOCK TABLE debates IN ACCESS SHARE MODE; COMMIT')).toBeNull();
  });

  test.each([
    "INSERT INTO debates (motion) VALUES ('x')",
    "UPDATE debates SET motion = 'x'",
    'DELETE FROM debates',
    'TRUNCATE debates',
    'ALTER TABLE debates ADD COLUMN x int',
    'DROP TABLE debates',
    'CREATE TABLE mine (id int)',
    "SELECT nextval('debates_id_seq')",
    `SET ROLE ${OWN}_owner`,
  ])('may not %s', async (sql) => {
    expect(await backup.refusal(sql)).toMatch(/^(permission denied|must be owner)/);
  });
});
