import { type Block, resources, shopTenant, stackOf } from './fixture';

const all = resources(stackOf(shopTenant('vault')));
const of = (type: string) =>
  [...all].filter(([address]) => address.startsWith(`postgresql_${type}.`)).map(([, block]) => block);
const get = (address: string): Block => all.get(address) ?? {};

test('the database belongs to the administrator, and refuses to be destroyed or made anew', () => {
  const database = get('postgresql_database.database_database');
  expect(database.owner).toBeUndefined();
  expect(database.lifecycle).toEqual({
    prevent_destroy: true,
    ignore_changes: ['template', 'encoding', 'lc_collate', 'lc_ctype', 'owner'],
  });
  expect(get('postgresql_schema.database_schema')).toMatchObject({
    owner: 'shop_acme_owner',
    lifecycle: { prevent_destroy: true },
  });
});

test('rights are listed one by one, and everybody has none', () => {
  expect(of('grant').flatMap(({ privileges }) => privileges)).not.toContain('ALL');
  const everybody = of('grant').filter(({ role }) => role === 'public');
  expect(everybody.map(({ object_type, schema, privileges }) => [object_type, schema, privileges])).toEqual([
    ['database', undefined, []],
    ['schema', 'public', []],
  ]);
});

test('grants come one after the other, since PostgreSQL refuses two at a time', () => {
  const grants = [...all.keys()].filter((address) =>
    /^postgresql_(grant|default_privileges|schema|extension)\./.test(address),
  );
  // Each waits for another one, and no two for the same.
  const before = grants.map((address) => (get(address).depends_on as string[])[0]);
  expect(new Set(before).size).toBe(grants.length);
});

test('the two that take turns act as the owner, and the one for dumps reads', () => {
  expect(get('postgresql_role.database_login-a')).toMatchObject({
    login: true,
    roles: ['shop_acme_owner'],
    assume_role: 'shop_acme_owner',
    search_path: ['app', 'extensions'],
    connection_limit: 20,
    statement_timeout: 30_000,
    idle_in_transaction_session_timeout: 60_000,
  });
  expect(get('postgresql_role.database_login-b')).toMatchObject({ assume_role: 'shop_acme_owner' });
  expect(get('postgresql_role.database_login-backup')).toMatchObject({
    roles: ['shop_acme_ro'],
    connection_limit: 2,
    statement_timeout: 0,
  });
  expect(get('postgresql_role.database_login-backup').assume_role).toBeUndefined();
});

test('what the reader may read is said before there is anything to read', () => {
  expect(
    of('default_privileges').map(({ object_type, owner, role, privileges }) => [object_type, owner, role, privileges]),
  ).toEqual([
    ['sequence', 'shop_acme_owner', 'shop_acme_ro', ['SELECT']],
    ['table', 'shop_acme_owner', 'shop_acme_ro', ['SELECT']],
  ]);
});

test("extensions are the administrator's, in a schema that the tenant only uses", () => {
  expect(get('postgresql_extension.database_extension-citext')).toMatchObject({ schema: 'extensions', name: 'citext' });
  expect(get('postgresql_grant.database_owner-extensions')).toMatchObject({
    role: 'shop_acme_owner',
    privileges: ['USAGE'],
  });
});

test('rows of a shared database are read by members of the role that is the tenant', () => {
  expect(get('postgresql_role.rows_tenant')).toMatchObject({
    name: 'shop_rows_of_acme',
    login: false,
    roles: ['shop_shared_vault_rows'],
  });
  expect(get('postgresql_role.rows_login-a')).toMatchObject({
    name: 'shop_rows_a_of_acme',
    roles: ['shop_rows_of_acme'],
  });
});

test('suspension closes the logins that the application has, and changes nothing else', () => {
  const suspended = resources(stackOf(shopTenant('vault', { lifecycle: { state: 'suspended' } })));
  expect([...suspended.keys()]).toEqual([...all.keys()]);
  const changed = [...suspended].filter(([address, block]) => JSON.stringify(block) !== JSON.stringify(get(address)));
  expect(changed.map(([address, block]) => [address, { ...block, login: true }])).toEqual(
    ['database_login-a', 'database_login-b', 'rows_login-a', 'rows_login-b'].map((name) => [
      `postgresql_role.${name}`,
      get(`postgresql_role.${name}`),
    ]),
  );
});

test('logins that are open are tried where a plan is asked to, each as itself', () => {
  const stack = stackOf(shopTenant('vault'));
  const probes = Object.values(stack.data?.postgresql_schemas ?? {});
  expect(probes).toHaveLength(6);
  for (const probe of probes) expect(probe).toMatchObject({ count: '${var.probe ? 1 : 0}' });
  const users = stack.provider.postgresql?.map(({ username }) => username);
  expect(users).toEqual([
    'tenantry',
    'shop_acme_a',
    'shop_acme_b',
    'shop_acme_backup',
    'shop_rows_a_of_acme',
    'shop_rows_b_of_acme',
    'shop_rows_backup_of_acme',
  ]);
  expect(stack.variable.probe).toMatchObject({ default: false });
});
