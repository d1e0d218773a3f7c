import { z } from 'zod';
import type { Login } from '../model/credentials';
import { cut, fold, LIMITS } from '../model/names';
import type { Claim, Offer, OfferContext, WithOutputs } from '../model/offer';
import type { RowSecurity } from '../model/row-security';
import { imageSchema, nameSchema } from '../model/schemas';
import { type Parts, plainText, type SecretPart } from '../model/values';
import { loginOf, pick, secretOf } from './logins';
import { withOutputs } from './outputs';

/**
 * Rows of the tenant's own in a database that all tenants of the product share: logins of a role that says which tenant it is, and
 * policies that show it no other rows. They read: export and reporting by the one in use, backups by a third.
 */

const identifier = (what: string) =>
  z
    .string()
    .regex(/^[a-z_][a-z0-9_]*$/, `expected the name of ${what}: lower-case letters, digits and "_"`)
    .max(LIMITS.postgresIdentifier);

const schema = z.strictObject({
  /** PostgreSQL database among the product's shared backing services. */
  of: nameSchema,
  /** Tables that have the tenant in a column; one in which that is another column than `column` names it. */
  tables: z
    .array(
      z.union(
        [identifier('a table'), z.strictObject({ table: identifier('a table'), column: identifier('a column') })],
        {
          error: (issue) =>
            typeof issue.input === 'string' ? undefined : 'expected the name of a table, or { table, column }',
        },
      ),
    )
    .min(1)
    .refine((tables) => new Set(tables.map(tableName)).size === tables.length, 'expected each table once'),
  /** That column. No table may have it without being listed. */
  column: identifier('a column').default('tenant_id'),
  /** Setting that shared services, which act for every tenant, name the tenant by. */
  setting: z
    .string()
    .regex(/^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/, 'expected a setting of two parts such as app.tenant_id')
    .default('app.tenant_id'),
  /** Shared job that migrates the database, and after it row-level security; the only one unless given. */
  job: nameSchema.nullable().default(null),
  /** Has `psql`, for that. */
  image: imageSchema.default('docker.io/library/postgres:17.6-alpine'),
  /** Connections that each login may hold at once. */
  connections: z.int().min(1).max(10_000).default(20),
});

export interface PostgresqlRowsOptions<Name extends string> extends z.input<typeof schema> {
  readonly name: Name;
  /** Feature that switches it on. */
  readonly feature?: string;
}

/** What its parts in the targets need besides the offer. */
export interface PostgresqlRowsDetails extends Record<string, unknown> {
  /** Shared backing service that the rows lie in. */
  readonly of: string;
  readonly database: string;
  /** What the column holds for this tenant. */
  readonly tenant: string;
  /** Role that is the tenant; cannot log in, and every login of the tenant is a member of it. */
  readonly role: string;
  /** Role of the shared database that every tenant's is a member of: it may read the tables, of which policies show each its rows. */
  readonly readers: string;
  /** What such roles of the product begin with; the rest is the tenant's id, folded. */
  readonly rolePrefix: string;
  /** Login in use. */
  readonly login: string;
  readonly password: SecretPart;
  readonly backupLogin: string;
  readonly backupPassword: SecretPart;
  readonly logins: readonly Login[];
  readonly tables: readonly string[];
  readonly column: string;
  readonly setting: string;
  readonly connections: number;
}

const OUTPUTS = ['host', 'port', 'database', 'user', 'password', 'url', 'readHost', 'readPort', 'readUrl'] as const;

/** Asks for rows in a shared database; refer to them as to a `postgresql()`, of which they are a part that only reads. */
export function postgresqlRows<const Name extends string>({
  name,
  feature,
  ...options
}: PostgresqlRowsOptions<Name>): WithOutputs<Name, (typeof OUTPUTS)[number]> {
  return withOutputs(
    {
      kind: 'postgresql-rows',
      name,
      feature: feature ?? null,
      options,
      schema,
      offer: (given, context) => offer(name, schema.parse(given), context),
      rowSecurity: (given, product) => rowSecurity(name, schema.parse(given), product),
    },
    OUTPUTS,
  );
}

// --- internal ---

const LONGEST_ID = 32;

/** What roles begin with that all tenants have of this; the longest id still fits behind it. */
function roleBase(product: string, name: string): string {
  const room = LIMITS.postgresIdentifier - '_backup_of_'.length - LONGEST_ID;
  return cut(`${fold(product)}_${fold(name)}`, room);
}

const BACKUP_CONNECTIONS = 2;

function tableName(entry: string | { readonly table: string }): string {
  return typeof entry === 'string' ? entry : entry.table;
}

/** What keeps its rows apart, in whichever database they are. */
function rowSecurity(name: string, options: z.output<typeof schema>, product: string): RowSecurity {
  const { of, job, image, setting, column, tables } = options;
  return {
    ...{ of, job, image, setting, column },
    rolePrefix: rolePrefix(roleBase(product, name)),
    tables: tables.map((entry) => {
      const table = tableName(entry);
      const index = cut(`idx_${table}_tenant`, 'postgresIdentifier');
      return { table, column: typeof entry === 'string' ? column : entry.column, index };
    }),
  };
}

/** What the roles begin with that are tenants, and their ids follow. */
function rolePrefix(base: string): string {
  return `${base}_of_`;
}

function offer(name: string, { of, ...options }: z.output<typeof schema>, context: OfferContext): Offer {
  const { shared, dump, claimed } = sharedDatabase(of, context);
  const { host, port, database, tls } = dump;
  const base = roleBase(context.product, name);
  // Never cut, so that the tenant's id can be read from it.
  const ofTenant = `_of_${fold(context.id)}`;
  const role = `${base}${ofTenant}`;
  const { connections, column, setting } = options;
  const tables = options.tables.map(tableName);
  const logins = [
    ...(['a', 'b'] as const).map((use) =>
      loginOf(name, use, { user: `${base}_${use}${ofTenant}`, connections }, context),
    ),
    loginOf(name, 'backup', { user: `${base}_backup${ofTenant}`, connections: BACKUP_CONNECTIONS }, context),
  ];
  const active = pick(logins, context.credential.active);
  const backup = pick(logins, 'backup');
  const server = claimed.name.slice(0, -`/${database}`.length);
  const roles = [role, ...logins.map(({ user }) => user)];
  const details: PostgresqlRowsDetails = {
    of,
    database,
    tenant: context.id,
    role,
    rolePrefix: rolePrefix(base),
    readers: `${database}_rows`,
    login: active.user,
    password: active.password,
    backupLogin: backup.user,
    backupPassword: backup.password,
    logins,
    ...{ tables, column, setting, connections },
  };
  // Older dumps cannot be told to read them, and dist/sql refuses partitioned tables there.
  const partitions = Number.parseInt(context.platform.servers[shared.server ?? '']?.version ?? '', 10) >= 16;
  const url = (at: string): Parts => [
    `postgresql://${active.user}:`,
    { ...active.password, encode: 'url' },
    `@${at}/${database}?sslmode=${tls}`,
  ];
  const readHost = plainText(shared.outputs.readHost ?? [host]);
  const readPort = plainText(shared.outputs.readPort ?? [String(port)]);
  return {
    kind: 'postgresql-rows',
    name,
    provision: 'shared',
    server: shared.server,
    jurisdiction: shared.jurisdiction,
    claims: [
      { space: 'postgresql-database', name: `${claimed.name}#${context.id}`, stateful: true, fixed: claimed.fixed },
      ...roles.map(
        (role): Claim => ({ space: 'postgresql-role', name: `${server}/${role}`, stateful: false, fixed: {} }),
      ),
    ],
    outputs: {
      host: [host],
      port: [String(port)],
      database: [database],
      user: [active.user],
      password: [active.password],
      url: url(`${host}:${port}`),
      readHost: [readHost],
      readPort: [readPort],
      readUrl: url(`${readHost}:${readPort}`),
    },
    secrets: logins.map((login) => secretOf(login)),
    peers: shared.peers,
    dump: { ...dump, user: backup.user, password: backup.password, rowSecurity: true, tables, partitions },
    own: null,
    connections: 2 * connections + BACKUP_CONNECTIONS,
    details,
  };
}

/** The database that the rows lie in: where it is, and its claim. */
function sharedDatabase(of: string, context: OfferContext) {
  const shared = context.shared(of);
  const claimed = shared.claims.find(({ space }) => space === 'postgresql-database');
  if (shared.kind !== 'postgresql' || shared.dump?.tool !== 'pg_dump' || claimed === undefined) {
    return context.refuse(
      `rows of ${JSON.stringify(of)}, which is a backing service of kind ${shared.kind}`,
      'name a postgresql of the shared backing services',
    );
  }
  if (shared.provision === 'external') {
    return context.refuse(
      `rows of ${JSON.stringify(of)}, an external database, in which no login of a tenant can be made`,
      "write provision: 'shared' for it",
    );
  }
  // Nothing opens the way from tenants to a server that the shared namespace has for itself.
  if (shared.own !== null) {
    return context.refuse(
      `rows of ${JSON.stringify(of)}, whose server is the shared namespace's own and lets no tenant in`,
      "write provision: 'shared' for it",
    );
  }
  // An output that is a secret would be no place to connect to.
  const host = plainText(shared.outputs.host ?? [shared.dump.host]);
  return { shared, dump: { ...shared.dump, host }, claimed };
}
