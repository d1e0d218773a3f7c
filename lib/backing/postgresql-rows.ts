import { z } from 'zod';
import { cut, fold, LIMITS } from '../model/names';
import type { Claim, Offer, OfferContext, WithOutputs } from '../model/offer';
import { nameSchema } from '../model/schemas';
import { type Parts, plainText, type SecretPart } from '../model/values';
import { withOutputs } from './outputs';

/**
 * Rows of the tenant's own in a database that all tenants of the product share: a login whose name says which tenant it is, and
 * policies that show it no other rows. Backups dump the rows that a second login sees by the same policies.
 */

const identifier = (what: string) =>
  z
    .string()
    .regex(/^[a-z_][a-z0-9_]*$/, `expected the name of ${what}: lower-case letters, digits and "_"`)
    .max(LIMITS.postgresIdentifier);

const schema = z.strictObject({
  /** PostgreSQL database among the product's shared backing services. */
  of: nameSchema,
  /** Tables that have the tenant in a column. */
  tables: z
    .array(identifier('a table'))
    .min(1)
    .refine((names) => new Set(names).size === names.length, 'expected each table once'),
  /** That column. */
  column: identifier('a column').default('tenant_id'),
  /** Setting that shared services, which act for every tenant, name the tenant by. */
  setting: z
    .string()
    .regex(/^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/, 'expected a setting of two parts such as app.tenant_id')
    .default('app.tenant_id'),
  /** Connections that the login may hold at once. */
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
  readonly login: string;
  readonly password: SecretPart;
  readonly backupLogin: string;
  readonly backupPassword: SecretPart;
  readonly tables: readonly string[];
  readonly column: string;
  readonly setting: string;
  readonly connections: number;
}

const OUTPUTS = ['host', 'port', 'database', 'user', 'password', 'url'] as const;

/** Asks for rows in a shared database; refer to them by `host`, `port`, `database`, `user`, `password` and `url`. */
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
    },
    OUTPUTS,
  );
}

// --- internal ---

const BACKUP = '_backup';

function offer(name: string, { of, ...options }: z.output<typeof schema>, context: OfferContext): Offer {
  const { shared, dump, claimed } = sharedDatabase(of, context);
  const { host, port, database, tls } = dump;
  const login = sqlName(`${fold(context.product)}_${fold(context.id)}`);
  const password: SecretPart = { path: context.secretPath(name), key: 'password', encode: 'none' };
  const backupPassword: SecretPart = { path: context.secretPath(`${name}-backup`), key: 'password', encode: 'none' };
  const server = claimed.name.slice(0, -`/${database}`.length);
  const roles = [login, `${login}${BACKUP}`];
  const details: PostgresqlRowsDetails = {
    of,
    database,
    tenant: context.id,
    login,
    password,
    backupLogin: `${login}${BACKUP}`,
    backupPassword,
    ...options,
  };
  const url: Parts = [
    `postgresql://${login}:`,
    { ...password, encode: 'url' },
    `@${host}:${port}/${database}?sslmode=${tls}`,
  ];
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
      user: [login],
      password: [password],
      url,
    },
    secrets: [password, backupPassword].map(({ path }) => ({
      path,
      keys: ['password'],
      origin: 'generated',
      length: 32,
    })),
    peers: shared.peers,
    dump: { ...dump, user: details.backupLogin, password: backupPassword, rowSecurity: true },
    own: null,
    details,
  };
}

/** Always with an underscore in it, so that what is cut keeps to characters of SQL. */
function sqlName(name: string): string {
  return cut(name, LIMITS.postgresIdentifier - BACKUP.length);
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
