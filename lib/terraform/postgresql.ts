import { Database } from '@cdktf/provider-postgresql/lib/database';
import { DefaultPrivileges } from '@cdktf/provider-postgresql/lib/default-privileges';
import { Extension } from '@cdktf/provider-postgresql/lib/extension';
import { Grant } from '@cdktf/provider-postgresql/lib/grant';
import { GrantRole } from '@cdktf/provider-postgresql/lib/grant-role';
import { Role } from '@cdktf/provider-postgresql/lib/role';
import { Schema } from '@cdktf/provider-postgresql/lib/schema';
import { Construct } from 'constructs';
import type { PostgresqlDetails } from '../backing/postgresql';
import type { Login } from '../model/credentials';
import type { Server } from '../model/platform';
import { keep, type Prerequisite, Provider, SecretVariable } from './elements';
import { text } from './expression';
import { LoginProbe } from './probe';
import type { Entry } from './secret-store';
import { variableName } from './stack';

export type PostgresqlServer = Extract<Server, { readonly engine: 'postgresql' }>;

/** The connection to a server as its administrator, whose password is CI's. */
export class PostgresqlProvider extends Provider {
  constructor(
    scope: Construct,
    name: string,
    readonly server: PostgresqlServer,
  ) {
    const { host, port, admin, tls } = server;
    const password = new SecretVariable(scope, variableName(name, 'password'), `Password of ${admin} on ${name}.`);
    super(scope, name, {
      name: 'postgresql',
      alias: name,
      arguments: {
        ...{ host, port, username: admin, password: password.value, sslmode: tls, connect_timeout: 30 },
        // An administrator that is no superuser: what it may not do must fail, and not be tried.
        superuser: false,
      },
    });
  }
}

export interface PostgresqlDatabaseProps {
  readonly provider: PostgresqlProvider;
  readonly details: PostgresqlDetails;
  /** Where each login's password is. */
  readonly entry: (login: Login) => Entry;
  /** Logins are closed, and all else stays as it is. */
  readonly suspended: boolean;
  /** Tenants have logins of their own in it, as many as there are tenants. */
  readonly isShared: boolean;
}

/**
 * A database that nobody else gets into. It belongs to the administrator, since grants on one that belongs to a role which the
 * administrator is no member of do nothing, silently (terraform-provider-postgresql#133). The owner of schema `app` cannot log in: two
 * logins act as it and take turns, so that whatever one makes, the other can change.
 */
export class PostgresqlDatabase extends Construct {
  readonly database: Database;
  readonly owner: Role;
  readonly reader: Role;
  readonly schema: Schema;
  readonly logins: readonly Role[];

  constructor(
    scope: Construct,
    id: string,
    { provider, details, entry, suspended, isShared }: PostgresqlDatabaseProps,
  ) {
    super(scope, id);
    const name = text(details.database);
    const group = (use: string, role: string) => new Role(this, use, { provider, name: text(role), login: false });
    this.owner = group('owner', details.owner);
    this.reader = group('reader', details.reader);
    this.database = new Database(this, 'database', {
      provider,
      name,
      template: 'template0',
      encoding: 'UTF8',
      lcCollate: 'C',
      lcCtype: 'C',
      connectionLimit: isShared ? -1 : details.databaseConnections,
    });
    // What cannot change but by another database; whoever adopts one keeps what it has.
    keep(this.database, {
      preventDestroy: true,
      ignoreChanges: ['template', 'encoding', 'lc_collate', 'lc_ctype', 'owner'],
    });

    let last: Prerequisite = this.database;
    // One after the other: PostgreSQL refuses concurrent changes of one object's rights (terraform-provider-postgresql#178).
    const grant = (
      use: string,
      role: string,
      objectType: string,
      privileges: string[],
      schema?: string,
      after: Prerequisite[] = [],
    ) => {
      const on = schema === undefined ? {} : { schema };
      const made = new Grant(this, use, { provider, database: name, role, objectType, privileges, ...on });
      keep(made, { after: [last, ...after] });
      last = made;
    };
    grant('public-database', 'public', 'database', []);
    grant('owner-database', text(details.owner), 'database', ['CONNECT', 'TEMPORARY'], undefined, [this.owner]);
    grant('reader-database', text(details.reader), 'database', ['CONNECT'], undefined, [this.reader]);
    this.schema = new Schema(this, 'schema', {
      provider,
      database: name,
      name: APP,
      owner: text(details.owner),
      dropCascade: false,
    });
    keep(this.schema, { preventDestroy: true, after: [last, this.owner] });
    last = this.schema;
    grant('public-schema', 'public', 'schema', [], 'public');
    grant('reader-schema', text(details.reader), 'schema', ['USAGE'], APP);
    // Of what is made from now on, and so before there is anything; dumps read sequences too.
    for (const objectType of ['table', 'sequence']) {
      const made = new DefaultPrivileges(this, `reader-${objectType}s`, {
        ...{ provider, database: name, schema: APP, owner: text(details.owner), role: text(details.reader) },
        ...{ objectType, privileges: ['SELECT'] },
      });
      keep(made, { after: [last] });
      last = made;
    }
    if (details.extensions.length > 0) {
      // The administrator's own: it may not create in the tenant's, nor the tenant in this.
      const home = new Schema(this, 'extensions', { provider, database: name, name: EXTENSIONS, dropCascade: false });
      keep(home, { preventDestroy: true, after: [last] });
      last = home;
      grant('owner-extensions', text(details.owner), 'schema', ['USAGE'], EXTENSIONS);
      grant('reader-extensions', text(details.reader), 'schema', ['USAGE'], EXTENSIONS);
    }
    for (const extension of details.extensions) {
      const made = new Extension(this, `extension-${extension}`, {
        provider,
        database: name,
        name: text(extension),
        schema: EXTENSIONS,
      });
      keep(made, { after: [last] });
      last = made;
    }
    if (isShared) {
      // Of tenants' own roles, which see their rows, and of the platform's administrators, who see all; `dist/sql` says so.
      for (const [use, role] of [
        ['rows', `${details.database}_rows`],
        ['system', details.system],
      ] as const) {
        const made = group(use, role);
        grant(`${use}-database`, text(role), 'database', ['CONNECT'], undefined, [made]);
        grant(`${use}-schema`, text(role), 'schema', ['USAGE'], APP);
        for (const login of use === 'system' ? details.systemAdmins : []) {
          const member = { provider, role: text(login), grantRole: text(role) };
          keep(new GrantRole(this, `system-${identifier(login)}`, member), { after: [made] });
        }
      }
    }
    this.logins = details.logins.map((login) => {
      const made =
        login.use === 'backup' ? this.reading(provider, login, details) : this.acting(provider, login, details);
      return loginRole(this, login, entry(login), !suspended || login.use === 'backup', made, [last]);
    });
    probes(this, details.logins, { provider, entry, suspended, database: details.database, after: this.logins });
  }

  /** Acts as the owner from the moment that it logs in. */
  private acting(provider: Provider, { connections }: Login, details: PostgresqlDetails): LoginConfig {
    return {
      provider,
      roles: [text(details.owner)],
      assumeRole: text(details.owner),
      searchPath: searchPath(details),
      connectionLimit: connections,
      statementTimeout: details.statementTimeoutSeconds * 1000,
      idleInTransactionSessionTimeout: details.idleInTransactionTimeoutSeconds * 1000,
    };
  }

  private reading(provider: Provider, { connections }: Login, details: PostgresqlDetails): LoginConfig {
    // A dump takes as long as it takes.
    return {
      provider,
      roles: [text(details.reader)],
      searchPath: searchPath(details),
      connectionLimit: connections,
      statementTimeout: 0,
    };
  }
}

/** Letters, digits and underscores, different for different names. */
function identifier(name: string): string {
  return name.replace(/[^a-z0-9]/g, (character) => `_${character.charCodeAt(0).toString(16)}`);
}

/** The schema that applications have; `public` is nobody's. */
export const APP = 'app';

/** Where extensions are. */
const EXTENSIONS = 'extensions';

function searchPath({ extensions }: PostgresqlDetails): string[] {
  return extensions.length === 0 ? [APP] : [APP, EXTENSIONS];
}

export type LoginConfig = Omit<
  ConstructorParameters<typeof Role>[2],
  'name' | 'login' | 'passwordWo' | 'passwordWoVersion'
>;

/** A role that logs in with what the store holds. */
export function loginRole(
  scope: Construct,
  { use, user }: Login,
  entry: Entry,
  login: boolean,
  config: LoginConfig,
  after: readonly Prerequisite[],
): Role {
  const role = new Role(scope, `login-${use}`, {
    ...config,
    name: text(user),
    login,
    passwordWo: text(entry.value('password')),
    passwordWoVersion: String(entry.version),
  });
  keep(role, { after });
  return role;
}

export interface ProbesProps {
  readonly provider: PostgresqlProvider;
  readonly entry: (login: Login) => Entry;
  readonly suspended: boolean;
  readonly database: string;
  readonly after: readonly Prerequisite[];
}

/** Tries each login that is open. */
export function probes(scope: Construct, logins: readonly Login[], props: ProbesProps): void {
  const { provider, entry, suspended, ...rest } = props;
  for (const login of logins) {
    if (suspended && login.use !== 'backup') continue;
    new LoginProbe(scope, `probe-${login.use}`, { ...rest, server: provider.server, login, entry: entry(login) });
  }
}
