import { isIP } from 'node:net';
import { z } from 'zod';
import { isHost } from '../model/checks';
import type { Login } from '../model/credentials';
import { cut, expand, fold } from '../model/names';
import type { Claim, Offer, OfferContext, SecretSpec, WithOutputs } from '../model/offer';
import {
  cidrSchema,
  cpuSchema,
  imageSchema,
  mibSchema,
  nameSchema,
  portSchema,
  templateSchema,
  volumeGibSchema,
} from '../model/schemas';
import type { Parts, SecretPart } from '../model/values';
import { loginOf, passwordOf, pick, secretOf } from './logins';
import { backingOf } from './outputs';
import { type DatabasePlace, ownLabels, placeOf } from './postgresql-place';

/**
 * A PostgreSQL database of the tenant's own: on a server of the platform (`shared`), on a server for this tenant alone (`own`), or
 * somewhere that only a reference points to (`external`). The database belongs to an administrator, its schema `app` to a role
 * that cannot log in; two logins take turns when credentials rotate, and backups have a third that only reads.
 */

/** Names that need no quotes, whatever is put in their place. */
const sqlTemplate = templateSchema.regex(
  /^(?![0-9_])([a-z0-9_]|\{(id|product)\})+$/,
  'expected lower-case letters, digits, "_", {id} and {product}, beginning with a letter',
);

const schema = z.strictObject({
  provision: z.enum(['shared', 'own', 'external']).default('shared'),
  /** Name of the database; `{id}` and `{product}` are known, folded to letters, digits and underscores. */
  database: sqlTemplate
    .refine((text) => text.includes('{id}'), 'expected {id} in it, so that no two tenants share it')
    .default('{product}_{id}'),
  /** Connections that each login may hold at once. */
  connections: z.int().min(1).max(10_000).default(20),
  statementTimeoutSeconds: z.int().min(1).default(30),
  idleInTransactionTimeoutSeconds: z.int().min(1).default(60),
  extensions: z
    .array(z.string().regex(/^[a-z][a-z0-9_-]*$/))
    .refine((names) => new Set(names).size === names.length, 'expected each extension once')
    .default([]),
  /** Size of an own server. */
  own: z
    .strictObject({
      image: imageSchema.default('ghcr.io/cloudnative-pg/postgresql:17.5'),
      instances: z.int().min(1).max(5).default(1),
      cpu: cpuSchema.default(0.5),
      memoryMiB: mibSchema.default(1024),
      storageGiB: volumeGibSchema.default(10),
    })
    .prefault({}),
  /** Where an external database is. Its password stands in the store, set by its owner. */
  external: z
    .strictObject({
      host: z
        .string()
        .refine((text) => isHost(text) || isIP(text) === 4, 'expected a host name such as db.acme.example'),
      port: portSchema.default(5432),
      cidr: cidrSchema,
      jurisdiction: nameSchema,
      user: sqlTemplate.default('{product}_{id}'),
    })
    .nullable()
    .default(null),
});

/** With every default applied. */
type Options = z.output<typeof schema>;

export interface PostgresqlOptions<Name extends string> extends z.input<typeof schema> {
  readonly name: Name;
  /** Feature that switches it on. */
  readonly feature?: string;
}

/** What its parts in the targets need besides the offer. */
export interface PostgresqlDetails extends Record<string, unknown> {
  readonly database: string;
  /** Role that owns schema `app`; cannot log in. */
  readonly owner: string;
  /** Role that may read everything in `app`; cannot log in. */
  readonly reader: string;
  /** Login in use. */
  readonly login: string;
  readonly password: SecretPart;
  readonly backupLogin: string;
  readonly backupPassword: SecretPart;
  /** Every login; an external database has none that is made here. */
  readonly logins: readonly Login[];
  /** Of each login that takes turns. */
  readonly connections: number;
  /** Of the whole database: both that take turns, as pods go over from one to the other, the dump, and Terraform. */
  readonly databaseConnections: number;
  readonly statementTimeoutSeconds: number;
  readonly idleInTransactionTimeoutSeconds: number;
  readonly extensions: readonly string[];
  /** Role of a database that tenants share which sees the rows of all, and logins of the server's that are its members. */
  readonly system: string;
  readonly systemAdmins: readonly string[];
  /** Operator that runs an own server, or null for a plain StatefulSet. */
  readonly operator: 'cloudnative-pg' | null;
}

const OUTPUTS = ['host', 'port', 'database', 'user', 'password', 'url', 'readHost', 'readPort', 'readUrl'] as const;

/** The longest suffix of a role is `_backup`, and what is cut off a name must not be the part that differs. */
const LONGEST_SUFFIX = '_backup'.length;

/**
 * Asks for a PostgreSQL database; refer to it by `host`, `port`, `database`, `user`, `password` and `url`, and to replicas that only
 * read by `readHost`, `readPort` and `readUrl`, which are the database itself where there are none.
 */
export function postgresql<const Name extends string>(
  asked: PostgresqlOptions<Name>,
): WithOutputs<Name, (typeof OUTPUTS)[number]> {
  return backingOf(asked, { kind: 'postgresql', schema, outputs: OUTPUTS, offer });
}

// --- internal ---

function offer(name: string, options: Options, context: OfferContext): Offer {
  const variables = { id: fold(context.id), product: fold(context.product) };
  const database = cut(expand(options.database, variables), 63 - LONGEST_SUFFIX);
  const place = placeOf(name, options, context);
  const isExternal = options.provision === 'external';
  const logins = loginsOf(name, database, options, context);
  const active =
    logins.length === 0 ? null : pick(logins, options.provision === 'own' ? 'a' : context.credential.active);
  const login = active?.user ?? expand(options.external?.user ?? '', variables);
  const password = active?.password ?? passwordOf(name, 'value', context);
  const backupLogin = `${database}_backup`;
  const backupPassword = passwordOf(name, 'backup', context);
  const roles = [`${database}_owner`, `${database}_ro`, `${database}_a`, `${database}_b`, backupLogin];
  const claim = (space: Claim['space'], claimed: string, stateful: boolean): Claim => ({
    space,
    name: `${place.space}/${claimed}`,
    stateful,
    fixed: {},
  });
  const details: PostgresqlDetails = {
    database,
    owner: `${database}_owner`,
    reader: `${database}_ro`,
    login,
    password,
    backupLogin,
    backupPassword,
    logins,
    connections: options.connections,
    databaseConnections: 2 * options.connections + BACKUP_CONNECTIONS + TERRAFORM_CONNECTIONS,
    statementTimeoutSeconds: options.statementTimeoutSeconds,
    idleInTransactionTimeoutSeconds: options.idleInTransactionTimeoutSeconds,
    extensions: options.extensions,
    system: `${database}_system`,
    systemAdmins: place.systemAdmins,
    operator:
      options.provision === 'own' && context.cluster.operators.includes('cloudnative-pg') ? 'cloudnative-pg' : null,
  };
  const read = place.reader ?? place;
  const url = ({ host, port }: Pick<DatabasePlace, 'host' | 'port'>): Parts => [
    `postgresql://${login}:`,
    { ...password, encode: 'url' },
    `@${host}:${port}/${database}?sslmode=${place.tls}`,
  ];
  return {
    kind: 'postgresql',
    name,
    provision: options.provision,
    server: place.server,
    jurisdiction: place.jurisdiction,
    claims: [
      // The volume of an own server may grow, and nothing else of it may change.
      {
        ...claim('postgresql-database', database, true),
        fixed: { ...place.fixed, ...fixedOf(options, context) },
      },
      ...(isExternal ? [] : roles.map((role) => claim('postgresql-role', role, false))),
    ],
    outputs: {
      host: [place.host],
      port: [String(place.port)],
      database: [database],
      user: [login],
      password: [password],
      url: url(place),
      readHost: [read.host],
      readPort: [String(read.port)],
      readUrl: url(read),
    },
    secrets: isExternal ? externalSecrets([password, backupPassword]) : logins.map((login) => secretOf(login)),
    peers: [place.peer, ...(place.reader?.peers ?? [])],
    dump: {
      tool: 'pg_dump',
      host: place.host,
      port: place.port,
      database,
      user: backupLogin,
      password: backupPassword,
      tls: place.tls,
      rowSecurity: false,
    },
    own:
      options.provision === 'own'
        ? {
            name,
            image: options.own.image,
            instances: options.own.instances,
            cpu: options.own.cpu,
            memoryMiB: options.own.memoryMiB,
            storageGiB: options.own.storageGiB,
            port: 5432,
            podLabels: ownLabels(name, context),
          }
        : null,
    connections: options.provision === 'shared' ? details.databaseConnections : 0,
    details,
  };
}

/** Connections of the login that dumps: itself, and one that looks. */
const BACKUP_CONNECTIONS = 2;

/** Terraform's own, which is no superuser and so bound by the limit of a database as well. */
const TERRAFORM_CONNECTIONS = 3;

/** Two that take turns, and one that reads; a server of the tenant's own has no turns. */
function loginsOf(name: string, database: string, { provision, connections }: Options, context: OfferContext): Login[] {
  if (provision === 'external') return [];
  const turns = provision === 'shared' ? (['a', 'b'] as const) : (['a'] as const);
  return [
    ...turns.map((use) => loginOf(name, use, { user: `${database}_${use}`, connections }, context)),
    loginOf(name, 'backup', { user: `${database}_backup`, connections: BACKUP_CONNECTIONS }, context),
  ];
}

/** Written by the owner of the database. */
function externalSecrets(passwords: readonly SecretPart[]): SecretSpec[] {
  return passwords.map(({ path, key }) => ({
    ...{ path, keys: [key], origin: 'external', length: 32 },
    ...{ use: 'value', version: 1 },
  }));
}

function fixedOf({ provision, own }: Options, { cluster }: OfferContext): Claim['fixed'] {
  return provision === 'own' ? { sizeGiB: own.storageGiB, storageClass: cluster.storageClass } : {};
}
