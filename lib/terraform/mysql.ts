import { Construct } from 'constructs';
import type { MysqlDetails } from '../backing/mysql';
import type { Login } from '../model/credentials';
import type { Server } from '../model/platform';
import { sqlName } from '../model/sql';
import { type Prerequisite, Provider, SecretVariable } from './elements';
import type { Entry } from './secret-store';
import { variableName } from './stack';
import { resourceOf, type Text } from './typed';

export type MysqlServer = Extract<Server, { readonly engine: 'mysql' }>;

export class MysqlDatabaseResource extends resourceOf<{
  readonly name: Text;
  readonly default_character_set: Text;
  readonly default_collation: Text;
}>('mysql_database') {}

export class MysqlUser extends resourceOf<{
  readonly user: Text;
  readonly host: Text;
  readonly password_wo: Text;
  readonly password_wo_version: number;
  readonly tls_option: 'NONE' | 'SSL';
  readonly max_user_connections: number;
}>('mysql_user') {}

export class MysqlGrant extends resourceOf<{
  readonly user: Text;
  readonly host: Text;
  /** A pattern: see {@link pattern}. */
  readonly database: Text;
  readonly privileges: readonly string[];
}>('mysql_grant') {}

/** Statements that are run when it is made, and when it is destroyed. */
export class MysqlStatement extends resourceOf<{
  readonly name: Text;
  readonly create_sql: Text;
  readonly delete_sql: Text;
}>('mysql_sql') {}

/** The connection to a server as its administrator, whose password is CI's. */
export class MysqlProvider extends Provider {
  constructor(
    scope: Construct,
    name: string,
    readonly server: MysqlServer,
  ) {
    const { host, port, admin, tls } = server;
    const password = new SecretVariable(scope, variableName(name, 'password'), `Password of ${admin} on ${name}.`);
    super(scope, name, {
      name: 'mysql',
      alias: name,
      arguments: { endpoint: `${host}:${port}`, username: admin, password: password.value, tls: TLS[tls] },
    });
  }
}

export interface MysqlDatabaseProps {
  readonly provider: MysqlProvider;
  readonly details: MysqlDetails;
  /** Where each login's password is. */
  readonly entry: (login: Login) => Entry;
  /** Logins are closed, and all else stays as it is. */
  readonly suspended: boolean;
}

/**
 * A database with two logins that take turns and one that reads for dumps. Rights are listed one by one and end at the database; what a
 * login makes, the other can change, since rights are on the database and not on whoever made something.
 */
export class MysqlDatabase extends Construct {
  readonly database: MysqlDatabaseResource;
  readonly logins: readonly MysqlUser[];

  constructor(scope: Construct, id: string, { provider, details, entry, suspended }: MysqlDatabaseProps) {
    super(scope, id);
    this.database = new MysqlDatabaseResource(this, 'database', {
      provider,
      // One that MySQL and MariaDB both have.
      arguments: {
        name: details.database,
        default_character_set: 'utf8mb4',
        default_collation: 'utf8mb4_unicode_ci',
      },
      preventDestroy: true,
      // Whoever adopts a database keeps what it has.
      ignoreChanges: ['default_character_set', 'default_collation'],
    });
    const routines = details.routines ? ROUTINES : { acting: [], reading: [] };
    this.logins = details.logins.map((login) => {
      const reads = login.use === 'backup';
      const privileges = reads ? [...READING, ...routines.reading] : [...ACTING, ...routines.acting];
      const user = this.login(provider, login, entry(login));
      this.grant(provider, login, details.database, privileges.sort(), [this.database, user]);
      if (suspended && !reads) this.lock(provider, login, user);
      return user;
    });
  }

  private login(provider: MysqlProvider, { use, user, connections }: Login, entry: Entry): MysqlUser {
    return new MysqlUser(this, `login-${use}`, {
      provider,
      arguments: {
        user,
        host: ANYWHERE,
        password_wo: entry.value('password'),
        password_wo_version: entry.version,
        tls_option: provider.server.tls === 'disable' ? 'NONE' : 'SSL',
        max_user_connections: connections,
      },
    });
  }

  private grant(
    provider: MysqlProvider,
    { use, user }: Login,
    database: string,
    privileges: readonly string[],
    after: readonly Prerequisite[],
  ): void {
    new MysqlGrant(this, `grant-${use}`, {
      provider,
      arguments: { user, host: ANYWHERE, database: pattern(database), privileges },
      after,
    });
  }

  /** The provider's user knows nothing of locks, and reads none. One that is made anew is open: its id is new then, and so is the lock. */
  private lock(provider: MysqlProvider, { use, user }: Login, made: MysqlUser): void {
    const account = `${sqlName('mysql', user)}@${sqlName('mysql', ANYWHERE)}`;
    new MysqlStatement(this, `lock-${use}`, {
      provider,
      arguments: {
        name: made.attribute('id'),
        create_sql: `ALTER USER ${account} ACCOUNT LOCK`,
        delete_sql: `ALTER USER IF EXISTS ${account} ACCOUNT UNLOCK`,
      },
    });
  }
}

/** A name where a right takes a pattern: `_` would be any character, and `shop_a` the database of `shopxa` too. */
export function pattern(database: string): string {
  return database.replace(/[\\_%]/g, '\\$&');
}

/** What needs the server's owner, once for each server; running it again changes nothing. */
export function mysqlBaseline(name: string, { admin }: MysqlServer): string {
  const account = `${sqlName('mysql', admin)}@${sqlName('mysql', ANYWHERE)}`;
  const privileges = [...new Set([...ACTING, ...READING])].sort().join(', ');
  return `-- Baseline of ${name}: run once as the server's owner, such as \`mariadb < baseline.sql\`. Running it again changes nothing.

-- Terraform's administrator, who has no SUPER, reads no files and stops no server. It is locked until you give it a password:
-- ALTER USER ${account} IDENTIFIED BY '...' ACCOUNT UNLOCK;
CREATE USER IF NOT EXISTS ${account} ACCOUNT LOCK;

-- It makes users, and may give these rights and no others.
GRANT CREATE USER, ${privileges} ON *.* TO ${account} WITH GRANT OPTION;

-- On MariaDB 11.3 or newer also, for tenants that have procedures:
-- GRANT ${[...new Set([...ROUTINES.acting, ...ROUTINES.reading])].sort().join(', ')} ON *.* TO ${account} WITH GRANT OPTION;

-- What everybody may do in databases whose name begins with "test" is older than any tenant. Anonymous users, where an old server has
-- some, go with \`mariadb-secure-installation\`.
DELETE FROM mysql.db WHERE User IN ('', 'PUBLIC') AND Db LIKE 'test%';
FLUSH PRIVILEGES;
`;
}

// --- internal ---

/** Pods have no fixed addresses; which of them get here is for network policies. */
const ANYWHERE = '%';

const TLS = { 'verify-full': 'true', require: 'skip-verify', disable: 'false' } as const;

/** What an application and its migrations do in a database of their own. */
const ACTING = [
  ...['ALTER', 'CREATE', 'CREATE TEMPORARY TABLES', 'CREATE VIEW', 'DELETE', 'DROP', 'INDEX', 'INSERT', 'LOCK TABLES'],
  ...['REFERENCES', 'SELECT', 'SHOW VIEW', 'TRIGGER', 'UPDATE'],
];

/** What `mariadb-dump --single-transaction --triggers` reads. No server has a right that shows triggers and makes none. */
const READING = ['SELECT', 'SHOW VIEW', 'TRIGGER'];

/** Elsewhere only rights on all databases show what a procedure consists of, and a dump without it would be none. */
const ROUTINES = {
  acting: ['ALTER ROUTINE', 'CREATE ROUTINE', 'EXECUTE', 'SHOW CREATE ROUTINE'],
  reading: ['SHOW CREATE ROUTINE'],
};
