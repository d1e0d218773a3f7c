import { stackRoot, stackText } from '../../lib/terraform/emit';
import { expression } from '../../lib/terraform/expression';
import { MysqlDatabase, MysqlProvider, mysqlBaseline, pattern } from '../../lib/terraform/mysql';
import { IsolatedStack } from '../../lib/terraform/stack';
import { SERVERS } from '../model/offer-context';
import { block, stacksOf } from './bazaar';

const { acme } = stacksOf('vault');

test('a database keeps what it has, and no plan destroys it', () => {
  expect(block(acme, 'mysql_database', 'database_database')).toMatchObject({
    name: 'bazaar_acme',
    default_character_set: 'utf8mb4',
    lifecycle: { prevent_destroy: true, ignore_changes: ['default_character_set', 'default_collation'] },
  });
});

test('rights end at the database, whose name is no pattern', () => {
  const grants = Object.values(acme?.resource.mysql_grant ?? {});
  expect(grants.map(({ database }) => database)).toEqual(Array(3).fill('bazaar\\_acme'));
  expect(pattern('a_b%c\\d')).toBe('a\\_b\\%c\\\\d');
  for (const { privileges, grant, table } of grants) {
    expect(privileges).not.toContain('ALL');
    expect(privileges).not.toContain('GRANT OPTION');
    expect([grant, table]).toEqual([undefined, undefined]);
  }
});

test('the login for dumps writes nothing', () => {
  expect(block(acme, 'mysql_grant', 'database_grant-backup').privileges).toEqual([
    'SELECT',
    'SHOW CREATE ROUTINE',
    'SHOW VIEW',
    'TRIGGER',
  ]);
});

test.each(['8.4', '10.11', '11.2'])(
  'nobody has procedures on a server of version %s, where dumps would lack them',
  (version) => {
    const stack = stacksOf('vault', {}, { servers: { 'my-1': { version } } }).acme;
    for (const use of ['a', 'b', 'backup']) {
      const privileges = block(stack, 'mysql_grant', `database_grant-${use}`).privileges as string[];
      expect(privileges.filter((name) => name.includes('ROUTINE') || name === 'EXECUTE')).toEqual([]);
    }
  },
);

test('passwords come from the store, by an argument that no state keeps', () => {
  const user = block(acme, 'mysql_user', 'database_login-a');
  expect(user.password_wo).toBe('${ephemeral.vault_kv_secret_v2._secrets_database_a_read.data["password"]}');
  expect(user).toMatchObject({ password_wo_version: 1, max_user_connections: 20, host: '%' });
  expect(
    Object.keys(user)
      .filter((name) => /password/.test(name))
      .sort(),
  ).toEqual(['password_wo', 'password_wo_version']);
});

test.each([
  ['verify-full', 'SSL', 'true'],
  ['require', 'SSL', 'skip-verify'],
  ['disable', 'NONE', 'false'],
])('with tls %s logins take %s and Terraform %s', (tls, option, own) => {
  const stack = stacksOf('vault', {}, { servers: { 'my-1': { tls } } }).acme;
  expect(block(stack, 'mysql_user', 'database_login-b').tls_option).toBe(option);
  expect(stack?.provider.mysql?.[0]?.tls).toBe(own);
});

test('a tenant that is suspended has its logins locked, and nothing else changes', () => {
  const suspended = stacksOf('vault', { lifecycle: { state: 'suspended' } }).acme;
  const { mysql_sql: locks, ...others } = suspended?.resource ?? {};
  expect(Object.keys(locks ?? {})).toEqual(['database_lock-a', 'database_lock-b']);
  expect(locks?.['database_lock-a']).toMatchObject({
    // One that is made anew is open, and its id is not known before: the lock is made anew too.
    name: '${mysql_user.database_login-a.id}',
    create_sql: 'ALTER USER `bazaar_acme_a`@`%` ACCOUNT LOCK',
    delete_sql: 'ALTER USER IF EXISTS `bazaar_acme_a`@`%` ACCOUNT UNLOCK',
  });
  for (const type of ['mysql_database', 'mysql_user', 'mysql_grant']) {
    expect(others[type]).toEqual(acme?.resource[type]);
  }
});

test('a rotation changes one login', () => {
  const credentials = { database: { b: { version: 2, on: '2026-02-01' } } };
  const rotated = stacksOf('vault', { credentials }).acme?.resource.mysql_user ?? {};
  const before = acme?.resource.mysql_user ?? {};
  const changed = Object.keys(rotated).filter((name) => JSON.stringify(rotated[name]) !== JSON.stringify(before[name]));
  expect(changed).toEqual(['database_login-b']);
});

test('names are data, whatever they hold', () => {
  const stack = new IsolatedStack(stackRoot(), 'x', { backend: { kind: 'local', path: 'state' }, key: 'k' });
  const server = SERVERS['mysql-eu'];
  if (server?.engine !== 'mysql') throw new Error('expected a server');
  const hostile = '${file("/etc/passwd")}`%{ if true }';
  const password = { path: 'p', key: 'password', encode: 'none' as const };
  new MysqlDatabase(stack, 'db', {
    provider: new MysqlProvider(stack, 'my', server),
    details: {
      ...{ database: hostile, login: hostile, password, backupLogin: hostile, backupPassword: password },
      ...{ logins: [{ use: 'a', user: hostile, password, version: 1, connections: 1 }], connections: 1 },
      ...{ operator: null, routines: false },
    },
    entry: () => ({ version: 1, value: () => expression('var.x') }),
    suspended: true,
  });
  const text = stackText(stack);
  expect(text).not.toMatch(/(?<!\$)\$\{file/);
  expect(text).not.toMatch(/(?<!%)%\{ if/);
  const { create_sql } = JSON.parse(text).resource.mysql_sql['db_lock-a'];
  expect(create_sql).toBe('ALTER USER `$${file("/etc/passwd")}``%%{ if true }`@`%` ACCOUNT LOCK');
});

test('the baseline makes an administrator who is locked, and gives it no right of the server', () => {
  const server = SERVERS['mysql-eu'];
  if (server?.engine !== 'mysql') throw new Error('expected a server');
  const sql = mysqlBaseline('mysql-eu', { ...server, admin: 'tenantry' });
  expect(sql).toContain('CREATE USER IF NOT EXISTS `tenantry`@`%` ACCOUNT LOCK;');
  expect(sql).not.toMatch(/\b(SUPER|ALL PRIVILEGES|FILE|SHUTDOWN|PROCESS|RELOAD)\b.*TO/);
});
