import type { Postgres, Session } from './postgres';

/**
 * Stands in for the provider cyrilgdn/postgresql 1.26.0: reads what a stack declares and executes, as the server's administrator, the SQL
 * that the provider would (helpers.go, resource_postgresql_*.go), one resource after the other in the order that the stack demands.
 * It creates and knows neither state nor plans; what it does not know, it refuses.
 */

type Arguments = Readonly<Record<string, unknown>>;

export interface Stack {
  readonly resource?: Readonly<Record<string, Readonly<Record<string, Arguments>>>>;
}

/** Applies one after the other. A database is forgotten by its stack's end, so that stacks may share it. */
export async function applyStacks(server: Postgres, admin: string, stacks: readonly Stack[]): Promise<void> {
  for (const stack of stacks) await applyStack(server, admin, stack);
}

// --- internal ---

async function applyStack(server: Postgres, admin: string, stack: Stack): Promise<void> {
  const sessions = new Map<string, Session>();
  const on = async (database: string): Promise<Session> => {
    const known = sessions.get(database);
    if (known !== undefined) return known;
    const made = await server.connect({ user: admin, database });
    sessions.set(database, made);
    return made;
  };
  for (const [address, resource] of inOrder(stack)) {
    const type = address.slice(0, address.indexOf('.'));
    if (!type.startsWith('postgresql_')) continue;
    const apply = KINDS[type];
    if (apply === undefined) throw new Error(`${address}: no stand-in for ${type}`);
    try {
      await apply(resource, on);
    } catch (error) {
      throw new Error(`${address}: ${(error as Error).message}`);
    }
  }
  for (const session of sessions.values()) await session.end();
}

type On = (database: string) => Promise<Session>;

const KINDS: Readonly<Record<string, (resource: Arguments, on: On) => Promise<void>>> = {
  postgresql_role: role,
  postgresql_database: database,
  postgresql_schema: schema,
  postgresql_grant: grant,
  postgresql_grant_role: grantRole,
  postgresql_default_privileges: defaultPrivileges,
  postgresql_extension: extension,
};

async function role(given: Arguments, on: On): Promise<void> {
  const {
    name,
    login = false,
    inherit = true,
    roles = [],
    connection_limit = -1,
    search_path = [],
    statement_timeout = 0,
    idle_in_transaction_session_timeout = 0,
    assume_role = '',
  } = known(given, [
    ...['name', 'login', 'inherit', 'roles', 'connection_limit', 'search_path', 'statement_timeout'],
    ...['idle_in_transaction_session_timeout', 'assume_role', 'password_wo', 'password_wo_version'],
    ...['skip_reassign_owned', 'skip_drop_role'],
  ]);
  const admin = await on('postgres');
  const options = [
    login ? 'LOGIN' : 'NOLOGIN',
    inherit ? 'INHERIT' : 'NOINHERIT',
    'NOSUPERUSER NOCREATEDB NOCREATEROLE',
  ];
  await admin.rows(`CREATE ROLE ${id(name)} WITH CONNECTION LIMIT ${connection_limit} ${options.join(' ')}`);
  for (const other of list(roles)) await admin.rows(`GRANT ${id(other)} TO ${id(name)}`);
  const set = (setting: string, value: string) => admin.rows(`ALTER ROLE ${id(name)} SET ${setting} TO ${value}`);
  if (list(search_path).length > 0) await set('search_path', list(search_path).map(id).join(', '));
  if (statement_timeout !== 0) await set('statement_timeout', String(statement_timeout));
  if (idle_in_transaction_session_timeout !== 0)
    await set('idle_in_transaction_session_timeout', String(idle_in_transaction_session_timeout));
  if (assume_role !== '') await set('ROLE', id(assume_role));
}

async function database(given: Arguments, on: On): Promise<void> {
  const {
    name,
    template,
    encoding,
    lc_collate,
    lc_ctype,
    connection_limit = -1,
  } = known(given, [...['name', 'template', 'encoding', 'lc_collate', 'lc_ctype', 'connection_limit']]);
  const admin = await on('postgres');
  const locale = `LC_COLLATE ${text(lc_collate)} LC_CTYPE ${text(lc_ctype)}`;
  await admin.rows(
    `CREATE DATABASE ${id(name)} TEMPLATE ${id(template)} ENCODING ${text(encoding)} ${locale}` +
      ` ALLOW_CONNECTIONS true CONNECTION LIMIT ${connection_limit} IS_TEMPLATE false`,
  );
}

async function schema(given: Arguments, on: On): Promise<void> {
  const { database, name, owner } = known(given, ['database', 'name', 'owner', 'drop_cascade']);
  const admin = await on(String(database));
  const authorization = owner === undefined ? '' : ` AUTHORIZATION ${id(owner)}`;
  await asMemberOf(admin, owner === undefined ? [] : [owner], () =>
    admin.rows(`CREATE SCHEMA IF NOT EXISTS ${id(name)}${authorization}`),
  );
}

/** For a database the provider does not make itself a member of its owner, which is why the administrator has to own it. */
async function grant(given: Arguments, on: On): Promise<void> {
  const { database, role, schema, object_type, privileges } = known(given, [
    ...['database', 'role', 'schema', 'object_type', 'privileges'],
  ]);
  const admin = await on(String(database));
  // The provider has a name of PUBLIC of its own.
  const to = role === 'public' ? 'PUBLIC' : id(role);
  if (object_type !== 'database' && object_type !== 'schema') throw new Error(`no stand-in for ${object_type}`);
  const object = object_type === 'database' ? `DATABASE ${id(database)}` : `SCHEMA ${id(schema)}`;
  const owners = object_type === 'database' ? [] : await schemaOwner(admin, schema);
  await asMemberOf(admin, owners, async () => {
    await admin.rows(`REVOKE ALL PRIVILEGES ON ${object} FROM ${to}`);
    if (list(privileges).length > 0) await admin.rows(`GRANT ${list(privileges).join(',')} ON ${object} TO ${to}`);
  });
}

async function grantRole(given: Arguments, on: On): Promise<void> {
  const { role, grant_role } = known(given, ['role', 'grant_role', 'with_admin_option']);
  await (await on('postgres')).rows(`GRANT ${id(grant_role)} TO ${id(role)}`);
}

async function defaultPrivileges(given: Arguments, on: On): Promise<void> {
  const { database, schema, owner, role, object_type, privileges } = known(given, [
    ...['database', 'schema', 'owner', 'role', 'object_type', 'privileges'],
  ]);
  const admin = await on(String(database));
  const of = `ALTER DEFAULT PRIVILEGES FOR ROLE ${id(owner)} IN SCHEMA ${id(schema)}`;
  const kind = `${String(object_type).toUpperCase()}S`;
  await asMemberOf(admin, [owner], async () => {
    await admin.rows(`${of} REVOKE ALL ON ${kind} FROM ${id(role)}`);
    await admin.rows(`${of} GRANT ${list(privileges).join(',')} ON ${kind} TO ${id(role)}`);
  });
}

async function extension(given: Arguments, on: On): Promise<void> {
  const { database, name, schema } = known(given, ['database', 'name', 'schema', 'drop_cascade']);
  await (await on(String(database))).rows(`CREATE EXTENSION IF NOT EXISTS ${id(name)} SCHEMA ${id(schema)}`);
}

async function schemaOwner(admin: Session, schema: unknown): Promise<unknown[]> {
  const owners = await admin.values(
    `SELECT pg_get_userbyid(nspowner) FROM pg_namespace WHERE nspname = ${text(schema)}`,
  );
  // A database's owner is what this one stands for.
  return owners.map((owner) => (owner === 'pg_database_owner' ? null : owner)).filter((owner) => owner !== null);
}

/** withRolesGranted: a member for the time of one transaction. */
async function asMemberOf(admin: Session, roles: readonly unknown[], run: () => Promise<unknown>): Promise<void> {
  const [current, superuser] = Object.values(
    (await admin.rows('SELECT current_user, rolsuper FROM pg_roles WHERE rolname = current_user'))[0] ?? {},
  );
  const granted: unknown[] = [];
  await admin.rows('BEGIN');
  for (const name of superuser === true ? [] : roles.filter((name) => name !== current)) {
    const isMember = await admin.values(
      `SELECT EXISTS (SELECT FROM pg_auth_members WHERE pg_get_userbyid(roleid) = ${text(name)} AND` +
        ` pg_get_userbyid(member) = ${text(current)}${await ofItself(admin)})`,
    );
    if (isMember[0] === true) continue;
    await admin.rows(`GRANT ${id(name)} TO ${id(current)}`);
    granted.push(name);
  }
  await run();
  for (const name of granted) await admin.rows(`REVOKE ${id(name)} FROM ${id(current)}`);
  await admin.rows('COMMIT');
}

/** From PostgreSQL 16 on, who makes a role is its member, without any of its rights (its "ADMIN OPTION"). */
async function ofItself(admin: Session): Promise<string> {
  const [version] = await admin.values("SELECT current_setting('server_version_num')::int");
  return Number(version) >= 160_000 ? ' AND (inherit_option OR set_option)' : '';
}

/** Resources in an order in which each comes after those that it depends on; those that wait for nothing keep their order. */
function inOrder({ resource = {} }: Stack): [string, Arguments][] {
  const all = new Map(
    Object.entries(resource).flatMap(([type, named]) =>
      Object.entries(named).map(([name, given]): [string, Arguments] => [`${type}.${name}`, given]),
    ),
  );
  const done = new Map<string, Arguments>();
  const visit = (address: string, above: readonly string[]): void => {
    const given = all.get(address);
    if (done.has(address) || given === undefined) return;
    if (above.includes(address)) throw new Error(`a circle: ${[...above, address].join(' -> ')}`);
    const referred = [...JSON.stringify(given).matchAll(/\$\{[^}]*?([a-z0-9_]+\.[A-Za-z0-9_-]+)/g)].map(([, to]) => to);
    for (const before of [...list(given.depends_on ?? []), ...referred]) visit(String(before), [...above, address]);
    done.set(address, given);
  };
  for (const address of all.keys()) visit(address, []);
  return [...done];
}

/** Arguments that it knows, with Terraform's own left out; others would be ignored without a word. */
function known(given: Arguments, names: readonly string[]): Arguments {
  const others = Object.keys(given).filter(
    (name) =>
      !names.includes(name) && !['provider', 'depends_on', 'lifecycle', 'provisioner', 'connection'].includes(name),
  );
  if (others.length > 0) throw new Error(`no stand-in for ${others.join(', ')}`);
  return given;
}

function list(value: unknown): readonly string[] {
  return value as readonly string[];
}

function id(name: unknown): string {
  return `"${String(name).replaceAll('"', '""')}"`;
}

function text(value: unknown): string {
  return `'${String(value).replaceAll("'", "''")}'`;
}
