import { z } from 'zod';
import type { Login } from '../model/credentials';
import { cut, expand, fold, LIMITS } from '../model/names';
import type { Claim, Offer, OfferContext, Peer, WithOutputs } from '../model/offer';
import { cpuSchema, imageSchema, mibSchema, templateSchema, volumeGibSchema } from '../model/schemas';
import type { Parts, SecretPart } from '../model/values';
import { loginOf, pick, secretOf } from './logins';
import { backingOf } from './outputs';
import { sharedPlace } from './shared-place';

/**
 * A MySQL or MariaDB database of the tenant's own: on a server of the platform (`shared`), or on a MariaDB for this tenant alone
 * (`own`). Two logins take turns when credentials rotate, and backups have a third that only reads.
 */

/** Names that need no quotes, whatever is put in their place. */
const sqlTemplate = templateSchema
  .regex(
    /^(?![0-9_])([a-z0-9_]|\{(id|product)\})+$/,
    'expected lower-case letters, digits, "_", {id} and {product}, beginning with a letter',
  )
  .refine((text) => text.includes('{id}'), 'expected {id} in it, so that no two tenants share it');

const schema = z.strictObject({
  provision: z.enum(['shared', 'own']).default('shared'),
  /** Name of the database; `{id}` and `{product}` are known, folded to letters, digits and underscores. */
  database: sqlTemplate.default('{product}_{id}'),
  /** What the logins begin with, the same as the database unless given. */
  user: sqlTemplate.optional(),
  /** Connections that each login may hold at once. */
  connections: z.int().min(1).max(10_000).default(20),
  /** Size of an own server. */
  own: z
    .strictObject({
      image: imageSchema.default('docker.io/library/mariadb:11.8.3'),
      cpu: cpuSchema.default(0.5),
      memoryMiB: mibSchema.default(1024),
      storageGiB: volumeGibSchema.default(10),
    })
    .prefault({}),
});

export interface MysqlOptions<Name extends string> extends z.input<typeof schema> {
  readonly name: Name;
  /** Feature that switches it on. */
  readonly feature?: string;
}

/** What its parts in the targets need besides the offer. */
export interface MysqlDetails extends Record<string, unknown> {
  readonly database: string;
  /** Login in use. */
  readonly login: string;
  readonly password: SecretPart;
  readonly backupLogin: string;
  readonly backupPassword: SecretPart;
  readonly logins: readonly Login[];
  readonly connections: number;
  /** Whether a reader can be given what dumps procedures, and no more: MariaDB from 11.3 on. */
  readonly routines: boolean;
  /** Operator that runs an own server; null for a shared one. */
  readonly operator: 'mariadb-operator' | null;
}

const OUTPUTS = ['host', 'port', 'database', 'user', 'password', 'url'] as const;

/** Asks for a MySQL database; refer to it by `host`, `port`, `database`, `user`, `password` and `url`. */
export function mysql<const Name extends string>(
  asked: MysqlOptions<Name>,
): WithOutputs<Name, (typeof OUTPUTS)[number]> {
  return backingOf(asked, { kind: 'mysql', schema, outputs: OUTPUTS, offer });
}

// --- internal ---

type Options = z.output<typeof schema>;

interface Place {
  readonly server: string | null;
  readonly host: string;
  readonly port: number;
  readonly peer: Peer;
  readonly jurisdiction: string;
  readonly tls: 'require' | 'prefer';
  readonly space: string;
  readonly routines: boolean;
  /** What tells this server from another of the same name: moving there takes a dump, and an older version reads no newer data. */
  readonly fixed: Claim['fixed'];
}

/** Suffixes of the logins; what is cut off a name must not be the part that differs. */
const SUFFIXES = { a: '_a', b: '_b', backup: '_ro' } as const;
const LONGEST_SUFFIX = SUFFIXES.backup.length;

/** Connections of the login that dumps: itself, and one that looks. */
const BACKUP_CONNECTIONS = 2;

const PORT = 3306;

function offer(name: string, options: Options, context: OfferContext): Offer {
  const variables = { id: fold(context.id), product: fold(context.product) };
  const database = cut(expand(options.database, variables), 'mysqlDatabase');
  const base = sqlName(expand(options.user ?? options.database, variables), LIMITS.mysqlUser - LONGEST_SUFFIX);
  const place = placeOf(name, options, context);
  const logins = loginsOf(name, base, options, context);
  const active = pick(logins, options.provision === 'shared' ? context.credential.active : 'a');
  const backup = pick(logins, 'backup');
  const details: MysqlDetails = {
    database,
    login: active.user,
    password: active.password,
    backupLogin: backup.user,
    backupPassword: backup.password,
    logins,
    connections: options.connections,
    routines: place.routines,
    operator: options.provision === 'own' ? 'mariadb-operator' : null,
  };
  const url: Parts = [
    `mysql://${active.user}:`,
    { ...active.password, encode: 'url' },
    `@${place.host}:${place.port}/${database}`,
  ];
  return {
    kind: 'mysql',
    name,
    provision: options.provision,
    server: place.server,
    jurisdiction: place.jurisdiction,
    claims: [
      { space: 'mysql-database', name: `${place.space}/${database}`, stateful: true, fixed: place.fixed },
      ...Object.values(SUFFIXES).map(
        (suffix): Claim => ({
          space: 'mysql-user',
          name: `${place.space}/${base}${suffix}`,
          stateful: false,
          fixed: {},
        }),
      ),
    ],
    outputs: {
      host: [place.host],
      port: [String(place.port)],
      database: [database],
      user: [active.user],
      password: [active.password],
      url,
    },
    secrets: logins.map((login) => secretOf(login)),
    peers: [place.peer],
    dump: {
      tool: 'mariadb-dump',
      // On a server that others share, a login that only reads may make none.
      events: options.provision === 'own',
      host: place.host,
      port: place.port,
      database,
      user: backup.user,
      password: backup.password,
      tls: place.tls,
    },
    own:
      options.provision === 'own'
        ? { name, instances: 1, port: PORT, podLabels: ownLabels(name), ...options.own }
        : null,
    connections: options.provision === 'shared' ? 2 * options.connections + BACKUP_CONNECTIONS : 0,
    details,
  };
}

/** Two that take turns, and one that reads; a server of the tenant's own has no turns. */
function loginsOf(name: string, base: string, { provision, connections }: Options, context: OfferContext): Login[] {
  const turns = provision === 'shared' ? (['a', 'b'] as const) : (['a'] as const);
  return [
    ...turns.map((use) => loginOf(name, use, { user: `${base}${SUFFIXES[use]}`, connections }, context)),
    loginOf(name, 'backup', { user: `${base}${SUFFIXES.backup}`, connections: BACKUP_CONNECTIONS }, context),
  ];
}

/** A name without hyphens, which `cut` writes where it finds no underscore. */
function sqlName(name: string, limit: number): string {
  return cut(name, limit).replaceAll('-', '_');
}

function placeOf(name: string, options: Options, context: OfferContext): Place {
  if (options.provision === 'shared') {
    const found = context.server('mysql');
    const place = sharedPlace(found, context);
    const fixed = { host: place.host, ...versionOf(found.server.version) };
    const tls = found.server.tls === 'disable' ? 'prefer' : 'require';
    // Of the server's `SHOW CREATE ROUTINE`; versions of MySQL end at 9.
    const routines = (fixed.version ?? 0) >= 11_003;
    return { ...place, tls, space: place.server, routines, fixed };
  }
  // One instance without replication has no agent beside it, and so nothing that talks to the API server.
  if (!context.cluster.operators.includes('mariadb-operator')) {
    context.refuse(
      `an own MariaDB, which mariadb-operator runs, and ${context.clusterName} does not have it`,
      "write provision: 'shared', or list mariadb-operator in the operators of the cluster",
    );
  }
  const { image, storageGiB } = options.own;
  return {
    server: null,
    host: name,
    port: PORT,
    peer: { kind: 'pods', namespace: context.namespace, podLabels: ownLabels(name), port: PORT },
    jurisdiction: context.jurisdiction,
    // The operator's server speaks TLS by a certificate that no client knows, and its traffic never leaves the namespace.
    tls: 'prefer',
    space: `${context.clusterName}/${context.namespace}/${name}`,
    routines: true,
    fixed: { sizeGiB: storageGiB, storageClass: context.cluster.storageClass, ...versionOf(image) },
  };
}

/** Major and minor version as one number, which no data directory goes back behind; nothing where the text does not begin with one. */
function versionOf(text: string): { readonly version?: number } {
  const tag = text.replace(/@.*$/, '').replace(/^[^/]*\//, '');
  const [, major, minor] = /(?:^|:)(\d+)(?:\.(\d+))?/.exec(tag) ?? [];
  return major === undefined ? {} : { version: Number(major) * 1000 + Number(minor ?? 0) };
}

/** What mariadb-operator gives the pods of a server of this name. */
function ownLabels(name: string): Record<string, string> {
  return { 'app.kubernetes.io/instance': name, 'app.kubernetes.io/name': 'mariadb' };
}
