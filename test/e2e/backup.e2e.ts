import { randomBytes } from 'node:crypto';
import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { App, Chart } from 'cdk8s';
import { Backup } from '../../lib/kube/backup';
import { Retention } from '../../lib/kube/retention';
import { maintenancePath } from '../../lib/model/backup-space';
import type { Space, Tenant } from '../../lib/model/resolved';
import type { Postgres, Session } from '../support/postgres';
import { applyStacks } from '../support/postgres-stack';
import { hardened, setPassword, startServer, TABLES, TEXTS } from './backup/database';
import { type Container, type Ended, execute, Namespace, programs, Store } from './backup/pods';
import { ADMIN, BUCKET, databaseOf, loginsOf, Shop } from './backup/shop';
import { ALIAS, Storage } from './backup/storage';
import { findTools, type Tools } from './backup/tools';
import { Processes } from './control-plane/processes';
import type { KubeObject } from './objects';
import { eventually } from './wait';

/**
 * Backups as the manifests say them, from a real PostgreSQL to a real S3 storage with the rights that the stacks give, and back. acme has
 * a full database and bolt an empty one, carl's dumps fail; all three have rows in the shared database.
 */

const TENANTS = ['acme', 'bolt', 'carl'];
const RETENTION_NAMESPACE = 'tenantry-backup';

const processes = new Processes();
const store = new Store();
let tools: Tools;
let storage: Storage;
let server: Postgres;
let shop: Shop;

beforeAll(async () => {
  tools = await findTools();
  [storage, server] = await Promise.all([Storage.start(processes, tools), startServer(tools)]);
  shop = new Shop({ postgres: server.port, storage: storage.port }, TENANTS);
  const spaces = [shop.shared, ...TENANTS.map((id) => shop.tenant(id))];
  for (const space of spaces) fill(space);
  await hardened(server, shop);
  await applyStacks(server, ADMIN, shop.stacks());
  for (const { user, password } of spaces.flatMap(loginsOf))
    await setPassword(server, user, store.get(password.path, password.key));
  const keys = new Map(spaces.map((space) => [space.backup?.access?.user, key(space)]));
  for (const stack of shop.stacks()) await storage.apply(stack, (user) => keys.get(user) ?? '');
  const path = maintenancePath(shop.model, 'local');
  const [user, secret] = ['maintainer', randomBytes(20).toString('hex')];
  store.set(path, 'accessKeyId', user);
  store.set(path, 'secretAccessKey', secret);
  await storage.maintainer(user, secret);
  await makeTables();
}, 900_000);

afterAll(async () => {
  await server?.stop();
  await processes.stop();
});

describe('a database of the tenant’s own', () => {
  test('is dumped step by step, each item into a snapshot of its own', async () => {
    expect(done(await backup('acme'))).toEqual(['repository', 'dump-database', 'dump-rows']);
    expect(await snapshots('acme')).toEqual(['database', 'rows']);
  });

  test('is restored into another tenant’s: every row, and what comes next', async () => {
    const ended = await restored('acme', 'database', 'bolt');
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const [from, to] = [await look('acme'), await look('bolt')];
    expect(Object.keys(from.tables)).toHaveLength(8);
    expect(from.tables['app.posts']).toHaveLength(TEXTS.length);
    expect(to).toEqual(from);
    expect(to.next).toEqual({ 'app.authors_id_seq': '2', 'app.invoices': '1014', 'app.posts_id_seq': '76' });
  });

  test('is the other tenant’s then, who goes on with it and is backed up', async () => {
    const [login] = loginsOf(shop.tenant('bolt'));
    const session = await server.connect(await credentials('bolt', login?.user ?? ''));
    await session.rows(
      "INSERT INTO authors (name) VALUES ('Next'); INSERT INTO posts (author, body) VALUES (3, 'next')",
    );
    expect(await session.refusal('ALTER TABLE posts ADD COLUMN more text')).toBeNull();
    await session.end();
    expect(done(await backup('bolt'))).toEqual(['repository', 'dump-database', 'dump-rows']);
  });

  test('is dumped again into the same repository', async () => {
    expect(done(await backup('acme'))).toEqual(['repository', 'dump-database', 'dump-rows']);
    expect(await snapshots('acme')).toEqual(['database', 'database', 'rows', 'rows']);
  });
});

describe('a dump that fails fails the job and leaves no snapshot', () => {
  beforeAll(async () => {
    await owner('carl', 'CREATE TABLE kept (id serial, text text); CREATE TABLE other (id int)');
    expect(done(await backup('carl'))).toEqual(['repository', 'dump-database', 'dump-rows']);
  });

  const cases: readonly [why: string, before: string, after: string, message: string][] = [
    [
      'a table that the reader may not read',
      'REVOKE SELECT ON other FROM shop_carl_ro',
      'GRANT SELECT ON other TO shop_carl_ro',
      'permission denied for table other',
    ],
    [
      'a sequence that the reader may not read',
      'REVOKE SELECT ON SEQUENCE kept_id_seq FROM shop_carl_ro',
      'GRANT SELECT ON SEQUENCE kept_id_seq TO shop_carl_ro',
      'permission denied for sequence kept_id_seq',
    ],
    [
      'a table with policies, which would hide rows from it',
      'ALTER TABLE other ENABLE ROW LEVEL SECURITY; CREATE POLICY one ON other USING (id = 1)',
      'DROP POLICY one ON other; ALTER TABLE other DISABLE ROW LEVEL SECURITY',
      'query would be affected by row-level security policy for table "other"',
    ],
    [
      'a large object, which only its owner may read',
      "SELECT lo_from_bytea(77, 'x')",
      'SELECT lo_unlink(77)',
      'permission denied for large object 77',
    ],
  ];

  test.each(cases)('%s', async (_why, before, after, message) => {
    await owner('carl', before);
    const ended = await backup('carl');
    await owner('carl', after);
    expect(outcome(ended)).toEqual(['repository 0', expect.stringMatching(/^dump-database [1-9]/)]);
    expect(ended.at(-1)?.stderr).toContain(message);
    expect(await snapshots('carl')).toEqual(['database', 'rows']);
  });

  test('a password that is wrong', async () => {
    const ended = await backup('carl', { DATABASE_PASSWORD: 'wrong' });
    expect(outcome(ended)).toEqual(['repository 0', expect.stringMatching(/^dump-database [1-9]/)]);
    expect(ended.at(-1)?.stderr).toContain('password authentication failed for user "shop_carl_backup"');
    expect(await snapshots('carl')).toEqual(['database', 'rows']);
  });

  test('a dump that is cut off half way', async () => {
    const root = await server.connect();
    await owner('carl', 'INSERT INTO kept (text) SELECT repeat(md5(i::text), 100) FROM generate_series(1, 60000) AS i');
    const busy = "usename = 'shop_carl_backup' AND query LIKE 'COPY app.kept%'";
    const cut = eventually(60, async () => {
      const pids = await root.values(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE ${busy}`);
      return pids.length > 0 ? [] : ['no dump'];
    });
    const ended = await backup('carl');
    expect(await cut).toEqual([]);
    await root.end();
    await owner('carl', 'TRUNCATE kept');
    expect(outcome(ended)).toEqual(['repository 0', expect.stringMatching(/^dump-database [1-9]/)]);
    expect(ended.at(-1)?.stderr).toContain('terminating connection due to administrator command');
    expect(await snapshots('carl')).toEqual(['database', 'rows']);
  });

  test('a password of the repository that is wrong makes no other one', async () => {
    expect(outcome(await backup('carl', { RESTIC_PASSWORD: 'wrong' }))).toEqual(['repository 12']);
  });

  test('what was wrong is right again', async () => {
    expect(done(await backup('carl'))).toEqual(['repository', 'dump-database', 'dump-rows']);
    expect(await snapshots('carl')).toEqual(['database', 'database', 'rows', 'rows']);
  });
});

describe('rows of a database that tenants share', () => {
  test('are the tenant’s own, and nobody else’s', async () => {
    for (const [id, others] of TENANTS.map((id) => [id, TENANTS.filter((other) => other !== id)] as const)) {
      const dump = (await dumpOf(id, 'rows')).toString();
      expect(dump).toContain(`secret of ${id}`);
      expect(dump).toContain('app.notes');
      for (const other of others) expect(dump).not.toContain(`secret of ${other}`);
    }
  });

  test('are restored without the policies of the whole', async () => {
    // Into carl's own database; tables and rows, and none of what belongs to the database that they are from.
    const ended = await restored('acme', 'rows', 'carl', ['--section=pre-data', '--section=data']);
    expect(ended).toMatchObject({ code: 0, stderr: '' });
    const { tables } = await look('carl');
    const rows = (await look('_shared')).tables['app.entries']?.filter((row) => row.includes('secret of acme'));
    expect(rows).toHaveLength(TEXTS.length);
    expect(tables['app.entries']).toEqual(rows);
    await owner('carl', 'DROP TABLE entries, notes');
  });

  test('are dumped whole by the shared services, past forced policies', async () => {
    const ended = await namespace('shop').run('backup');
    expect(done(ended)).toEqual(['repository', 'dump-ledger']);
    const { owner: role, database } = databaseOf(shop.shared);
    const root = await server.connect();
    await root.rows('CREATE DATABASE whole TEMPLATE template0');
    await root.end();
    const inside = await server.connect({ database: 'whole' });
    await inside.rows(`CREATE SCHEMA app AUTHORIZATION ${role}`);
    await inside.end();
    const dump = await dumpOf('_shared', 'ledger');
    expect(await restore(dump, { login: `${database}_a`, role, database: 'whole' })).toMatchObject({
      code: 0,
      stderr: '',
    });
    const [from, to] = [await look('_shared'), await look('_shared', 'whole')];
    expect(from.tables['app.entries']).toHaveLength(TEXTS.length * TENANTS.length);
    expect(to).toEqual(from);
  });
});

test('whatever stands in names and addresses is taken by its letters', async () => {
  const acme = shop.tenant('acme');
  const odd = `odd $(PGPASSWORD) $$(HOME) = ' " ; \\ \`id\``;
  const root = await server.connect();
  await root.rows(`CREATE DATABASE "${odd.replaceAll('"', '""')}" TEMPLATE "${databaseOf(acme).database}"`);
  await root.end();
  if (acme.backup === null) throw new Error('expected a backup');
  const repository = `${acme.backup.repository}/$(RESTIC_PASSWORD) $$(HOME) "; touch odd; '\`id\``;
  const items = acme.backup.items.flatMap((item) =>
    item.kind === 'dump' && item.name === 'database' ? [{ ...item, dump: { ...item.dump, database: odd } }] : [],
  );
  const changed = { ...acme, backup: { ...acme.backup, repository, items } } as Tenant;
  const chart = new Chart(new App(), 'odd');
  new Backup(chart, 'backup', { space: changed });
  new Retention(chart, 'retention', { platform: shop.model, tenant: changed });
  // The tenant's key removes locks of its own repository only, and this is below it.
  const path = maintenancePath(shop.model, 'local');
  const key = {
    AWS_ACCESS_KEY_ID: store.get(path, 'accessKeyId'),
    AWS_SECRET_ACCESS_KEY: store.get(path, 'secretAccessKey'),
  };
  const objects = [...chart.toJson(), ...shop.objects('acme'), ...shop.objects('_platform')] as KubeObject[];
  const odds = new Namespace(objects, store, tools, processes.folder);
  expect(done(await odds.run('backup', key))).toEqual(['repository', 'dump-database']);
  const listed = await odds.beside(last(odds, 'backup'), ['restic', 'snapshots', '--json'], key);
  expect((JSON.parse(listed.stdout.toString()) as { paths: string[] }[]).map(({ paths }) => paths)).toEqual([
    [`/${odd}.dump`],
  ]);
  const below = repository.slice(repository.indexOf(`/${BUCKET}/`) + 1);
  expect((await storage.versions(BUCKET)).map((object) => `${BUCKET}/${object.key}`)).toContain(`${below}/config`);
  expect(done(await odds.run('acme'))).toEqual(['restic']);
  expect(existsSync('odd')).toBe(false);
});

describe('whoever has the tenant’s key', () => {
  const prune = ['restic', 'forget', '--prune', '--group-by', 'host,tags', '--keep-last', '1'];

  test('can’t remove a snapshot, and backups go on', async () => {
    const before = await snapshots('acme');
    const kept = await keys('acme');
    const ended = await beside('acme', prune);
    expect(ended.code).not.toBe(0);
    expect(ended.stderr).toContain('Access Denied');
    expect(await snapshots('acme')).toEqual(before);
    expect(await keys('acme')).toEqual(expect.arrayContaining(kept));
    expect(done(await backup('acme'))).toEqual(['repository', 'dump-database', 'dump-rows']);
    expect(await snapshots('acme')).toEqual([...before, 'database', 'rows'].sort());
    expect(await beside('acme', ['restic', 'check', '--read-data'])).toMatchObject({ code: 0 });
  });

  test('can’t remove objects of the repository or their versions, nor what keeps them', async () => {
    const [user, place] = [identity('acme'), `${ALIAS}/${BUCKET}/${repositoryOf('acme')}`];
    const before = await keys('acme');
    for (const args of [
      ['rm', '--recursive', '--force', `${place}/`],
      ['rm', '--recursive', '--force', '--versions', '--bypass', `${place}/`],
      ['retention', 'clear', '--recursive', `${place}/`],
      ['version', 'suspend', `${ALIAS}/${BUCKET}`],
    ]) {
      const { code, stdout } = await storage.mc(args, user);
      expect([args[0], code === 0, stdout.toString()]).toEqual([
        args[0],
        false,
        expect.stringMatching(/Access ?Denied|not support locking/),
      ]);
    }
    expect(await keys('acme')).toEqual(before);
  });

  test('can’t see another tenant’s repository', async () => {
    const other = `RESTIC_REPOSITORY=${shop.tenant('bolt').backup?.repository}`;
    const { code, stderr } = await beside('acme', ['env', other, 'restic', 'cat', 'config', '--no-lock']);
    expect([code === 0, stderr]).toEqual([false, expect.stringContaining('Access Denied')]);
    const listed = await storage.mc(['ls', '--recursive', `${ALIAS}/${BUCKET}/`], identity('acme'));
    expect(listed.stdout.toString()).toContain('Access Denied');
  });
});

describe('retention', () => {
  test('removes what is old and keeps the rest, which the lock of the bucket still has', async () => {
    const place = repositoryOf('bolt');
    const [older, newer, oldest] = [at(8, 9), at(8, 15), at(100, 9)];
    for (const time of [older, newer, oldest]) await aged('bolt', 'database', time);
    await aged('bolt', 'gone', oldest);
    const before = await keys('bolt');
    expect(await snapshots('bolt')).toEqual(['database', 'database', 'database', 'database', 'gone', 'rows']);

    expect(done(await namespace(RETENTION_NAMESPACE).run('bolt'))).toEqual(['restic']);

    // Two days, a week and a month of each item: today's and the newer one of eight days ago.
    expect(await snapshots('bolt')).toEqual(['database', 'database', 'gone', 'rows']);
    const times = await timesOf('bolt', 'database');
    expect(times).toContain(newer);
    expect(times).not.toContain(older);
    expect(await keys('bolt')).toEqual(expect.arrayContaining(before));
    const hidden = (await storage.versions(`${BUCKET}/${place}/snapshots`)).filter((version) => version.isDeleteMarker);
    expect(hidden).toHaveLength(2);
    expect(done(await backup('bolt'))).toEqual(['repository', 'dump-database', 'dump-rows']);
  });

  test('does nothing where no backup has run', async () => {
    const changed = { ...shop.tenant('acme') };
    const repository = `${changed.backup?.repository}-none`;
    const chart = new Chart(new App(), 'none');
    const tenant = { ...changed, backup: { ...changed.backup, repository } } as Tenant;
    new Retention(chart, 'retention', { platform: shop.model, tenant });
    const objects = [...chart.toJson(), ...shop.objects('_platform')] as KubeObject[];
    const none = new Namespace(objects, store, tools, processes.folder);
    expect(done(await none.run('acme'))).toEqual(['restic']);
    expect((await storage.versions(`${BUCKET}/${repositoryOf('acme')}-none`)).length).toBe(0);
  });

  test('fails where the password is wrong', async () => {
    const ended = await namespace(RETENTION_NAMESPACE).run('bolt', { RESTIC_PASSWORD: 'wrong' });
    expect(outcome(ended)).toEqual(['restic 12']);
  });
});

// --- internal ---

/** What Terraform puts into the store for a space; passwords are odder than its own. */
function fill(space: Space): void {
  for (const { password } of loginsOf(space))
    store.set(password.path, password.key, `'"$(HOME) \\ %41 \`id\` ${randomBytes(8).toString('hex')}`);
  const { backup } = space;
  if (backup === null) throw new Error(`${space.id} has no backup`);
  store.set(backup.secretPath, 'password', `'"$(HOME) \\ %41 ${randomBytes(8).toString('hex')}`);
  store.set(backup.secretPath, 'accessKeyId', backup.access?.user ?? '');
  store.set(backup.secretPath, 'secretAccessKey', randomBytes(20).toString('hex'));
}

function key({ backup }: Space): string {
  return store.get(backup?.secretPath ?? '', 'secretAccessKey');
}

function spaceOf(id: string): Space {
  return id === '_shared' ? shop.shared : shop.tenant(id);
}

function identity(id: string) {
  const space = spaceOf(id);
  return { user: space.backup?.access?.user ?? '', secret: key(space) };
}

/** Place of a repository in the bucket. */
function repositoryOf(id: string): string {
  return spaceOf(id).backup?.access?.prefix.replace(/\/$/, '') ?? '';
}

function namespace(name: string): Namespace {
  const all = [...TENANTS, '_platform'].flatMap((part) => shop.objects(part));
  return new Namespace(
    all.filter(({ metadata }) => metadata.namespace === name),
    store,
    tools,
    processes.folder,
  );
}

function namespaceOf(id: string): Namespace {
  return namespace(spaceOf(id).namespace);
}

function backup(id: string, changed: Readonly<Record<string, string>> = {}): Promise<Ended[]> {
  return namespaceOf(id).run('backup', changed);
}

function last(of: Namespace, cronJob: string): Container {
  const step = of.pod(cronJob).containers[0];
  if (step === undefined) throw new Error(`${cronJob} has no container`);
  return step;
}

/** A program in the tenant's own pod. */
function beside(id: string, command: readonly string[]): Promise<Ended> {
  const of = namespaceOf(id);
  return of.beside(last(of, 'backup'), command);
}

/** Steps that ran and how each ended. */
function outcome(ended: readonly Ended[]): string[] {
  return ended.map(({ name, code }) => `${name} ${code}`);
}

/** Steps of a run that failed nowhere. */
function done(ended: readonly Ended[]): string[] {
  for (const { name, code, stderr } of ended) if (code !== 0) throw new Error(`${name} failed with ${code}: ${stderr}`);
  return ended.map(({ name }) => name);
}

interface Snapshot {
  readonly time: string;
  readonly tags: readonly string[];
}

async function listed(id: string): Promise<Snapshot[]> {
  const { code, stdout, stderr } = await beside(id, ['restic', 'snapshots', '--json', '--no-lock']);
  if (code !== 0) throw new Error(stderr);
  return JSON.parse(stdout.toString()) as Snapshot[];
}

/** Items of the snapshots that there are. */
async function snapshots(id: string): Promise<string[]> {
  return (await listed(id)).map(({ tags }) => tags.find((tag) => tag.startsWith('item='))?.slice(5) ?? '').sort();
}

async function timesOf(id: string, item: string): Promise<string[]> {
  const all = (await listed(id)).filter(({ tags }) => tags.includes(`item=${item}`));
  return all.map(({ time }) => time.slice(0, 19).replace('T', ' '));
}

/** Each version of what is in a repository and no lock. */
async function keys(id: string): Promise<string[]> {
  const versions = await storage.versions(`${BUCKET}/${repositoryOf(id)}`);
  const lasting = versions.filter(({ key, isDeleteMarker }) => !key.startsWith('locks/') && !isDeleteMarker);
  return lasting.map(({ key }) => key).sort();
}

/** The newest dump of an item, read with the tenant's own key. */
async function dumpOf(id: string, item: string): Promise<Buffer> {
  const step = [...(namespaceOf(id).pod('backup').initContainers ?? []), last(namespaceOf(id), 'backup')].find(
    ({ name }) => name === `dump-${item}`,
  );
  const word = (after: string) => step?.command[step.command.indexOf(after) + 1] ?? '';
  const which = ['--host', word('--host'), '--tag', word('--tag'), 'latest', `/${word('--stdin-filename')}`];
  const { code, stdout, stderr } = await beside(id, ['restic', 'dump', ...which]);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

/** As README.md of this folder says it: what is in the schema, which is there already with its rights, as is the extensions'. */
async function restore(
  dump: Buffer,
  { login, role, database }: { readonly login: string; readonly role: string; readonly database: string },
  more: readonly string[] = [],
): Promise<Ended> {
  const file = join(processes.folder, 'restored.dump');
  writeFileSync(file, dump);
  const into = ['--schema=app', '--no-owner', `--role=${role}`, '--exit-on-error', `--dbname=${database}`];
  const found = [shop.shared, ...TENANTS.map((id) => shop.tenant(id))]
    .flatMap(loginsOf)
    .find(({ user }) => user === login);
  if (found === undefined) throw new Error(`no login ${login}`);
  return execute('pg_restore', ['pg_restore', ...into, ...more, file], {
    PATH: programs(tools),
    PGHOST: '127.0.0.1',
    PGPORT: String(server.port),
    PGUSER: login,
    PGPASSWORD: store.get(found.password.path, found.password.key),
  });
}

async function restored(from: string, item: string, to: string, more: readonly string[] = []): Promise<Ended> {
  const { login, owner: role, database } = databaseOf(shop.tenant(to));
  return restore(await dumpOf(from, item), { login, role, database }, more);
}

async function credentials(id: string, user: string) {
  const space = spaceOf(id);
  const login = loginsOf(space).find((each) => each.user === user);
  if (login === undefined) throw new Error(`${id} has no login ${user}`);
  return { user, password: store.get(login.password.path, login.password.key), database: databaseOf(space).database };
}

/** Runs statements as the application does. */
async function owner(id: string, sql: string): Promise<void> {
  const session = await server.connect(await credentials(id, databaseOf(spaceOf(id)).login));
  await session.rows(sql);
  await session.end();
}

/** All that is in a database's schema: rows of tables and views, and the next value of each sequence, which it uses up. */
async function look(id: string, database = databaseOf(spaceOf(id)).database) {
  const session = await server.connect({ database });
  const named = (kinds: string) =>
    session.values(
      `SELECT c.oid::regclass::text FROM pg_class AS c
       WHERE relnamespace = 'app'::regnamespace AND relkind IN (${kinds}) ORDER BY 1`,
    ) as Promise<string[]>;
  const tables: Record<string, unknown[]> = {};
  for (const name of await named("'r', 'p', 'v', 'm'"))
    tables[name] = await session.values(`SELECT t::text FROM ${name} AS t ORDER BY 1`);
  const next: Record<string, unknown> = {};
  for (const name of await named("'S'")) next[name] = (await session.values(`SELECT nextval('${name}')`))[0];
  await session.end();
  return { tables: tables as Record<string, string[]>, next };
}

/** Tables of acme and of the shared database, half of acme's by the other login. */
async function makeTables(): Promise<void> {
  const { database } = databaseOf(shop.tenant('acme'));
  const [first, second] = [
    await server.connect(await credentials('acme', `${database}_a`)),
    await server.connect(await credentials('acme', `${database}_b`)),
  ];
  await first.rows(TABLES);
  await first.rows("INSERT INTO authors (name) VALUES ('Ada'); INSERT INTO events VALUES ('2026-05-01', 'one')");
  await first.rows(
    'INSERT INTO "Odd ""table"" $(HOME)" VALUES (\'odd\'); SELECT nextval(\'invoices\'), nextval(\'invoices\')',
  );
  for (const text of TEXTS) await insert(second, text);
  await second.rows('CREATE TABLE later (id bigint GENERATED BY DEFAULT AS IDENTITY, post bigint REFERENCES posts)');
  await second.rows('ALTER TABLE later ALTER id DROP IDENTITY; INSERT INTO later VALUES (1, 40)');
  await first.rows('REFRESH MATERIALIZED VIEW counts');
  for (const session of [first, second]) await session.end();

  await owner('_shared', 'CREATE TABLE entries (id serial PRIMARY KEY, tenant_id text NOT NULL, text text)');
  await owner('_shared', 'CREATE TABLE notes (id bigint GENERATED ALWAYS AS IDENTITY, tenant_id text NOT NULL)');
  await owner('_shared', 'CREATE TABLE currencies (code text PRIMARY KEY)');
  await closeTables();
  for (const id of TENANTS) {
    const values = TEXTS.map((text) => `('${id}', 'secret of ${id}: ${text.replaceAll("'", "''")}')`);
    const named = `SET app.tenant_id = '${id}'; INSERT INTO notes (tenant_id) VALUES ('${id}')`;
    await owner('_shared', `${named}; INSERT INTO entries (tenant_id, text) VALUES ${values.join()}`);
  }
}

async function insert(session: Session, text: string): Promise<void> {
  const quoted = `'${text.replaceAll("'", "''")}'`;
  await session.rows(
    `INSERT INTO posts (author, body, data, raw, feeling, at, amount, tags)
     VALUES (1, ${quoted}, jsonb_build_object('text', ${quoted}), convert_to(${quoted}, 'UTF8'),
       'it''s "so-so"', '2026-02-03 04:05:06.789+02', 12345678901234567890.123456789, ARRAY[${quoted}, NULL])`,
  );
}

/** As the product's migration job does. */
async function closeTables(): Promise<void> {
  const file = join(processes.folder, 'shop.sql');
  writeFileSync(file, shop.text('sql/shop.sql'));
  const { user, password, database } = await credentials('_shared', databaseOf(shop.shared).login);
  const ended = await execute('psql', ['psql', '--set', 'ON_ERROR_STOP=1', '--file', file], {
    PATH: programs(tools),
    PGHOST: '127.0.0.1',
    PGPORT: String(server.port),
    PGUSER: user,
    PGPASSWORD: password,
    PGDATABASE: database,
  });
  if (ended.code !== 0) throw new Error(ended.stderr);
}

/** A time so many days ago, as restic writes it. */
function at(days: number, hour: number): string {
  const day = new Date(Date.now() - days * 86_400_000).toISOString().slice(0, 10);
  return `${day} ${String(hour).padStart(2, '0')}:00:00`;
}

/** A snapshot of an item as if it had been made then. */
async function aged(id: string, item: string, time: string): Promise<void> {
  const tags = `tenant=${id},kind=dump,item=${item}`;
  const stdin = ['--stdin-filename', 'old.dump', '--stdin-from-command', '--', 'echo', `${item} ${time}`];
  const ended = await beside(id, ['restic', 'backup', '--host', id, '--tag', tags, '--time', time, ...stdin]);
  if (ended.code !== 0) throw new Error(ended.stderr);
}
