import type { PostgresqlDetails } from '../backing/postgresql';
import type { OwnServer } from '../model/offer';
import { DATA, FILES, type PlainServerOptions } from './plain-server';

/** A PostgreSQL of a tenant's own, without an operator; 14 or newer, of any image with its programs and a shell. */
export function plainPostgresql(own: OwnServer, details: PostgresqlDetails): PlainServerOptions {
  const timing = { periodSeconds: 10, timeoutSeconds: 3, failures: 3 };
  const settings = Object.entries({ ...serverSettings(own, details), ...PLAIN_SETTINGS });
  return {
    command: ['/bin/sh', `${FILES}/start`],
    args: settings.flatMap(([name, value]) => ['-c', `${name}=${value}`]),
    env: [{ name: 'PGDATA', parts: [`${DATA}/pgdata`] }],
    prepare: {
      command: ['/bin/sh', `${FILES}/prepare`],
      env: [
        { name: 'DATABASE', parts: [details.database] },
        { name: 'OWNER', parts: [details.owner] },
        { name: 'READER', parts: [details.reader] },
        { name: 'LOGIN', parts: [details.login] },
        { name: 'LOGIN_PASSWORD', parts: [details.password] },
        { name: 'BACKUP_LOGIN', parts: [details.backupLogin] },
        { name: 'BACKUP_PASSWORD', parts: [details.backupPassword] },
        { name: 'CONNECTIONS', parts: [String(details.connections)] },
        { name: 'EXTENSIONS', parts: [details.extensions.join(' ')] },
      ],
    },
    files: { prepare: PREPARE, start: START, ready: READY, 'roles.sql': ROLES, 'pg_hba.conf': HBA, passwd: PASSWD },
    probes: {
      readiness: { command: ['/bin/sh', `${FILES}/ready`], ...timing },
      liveness: { tcp: own.port, ...timing, failures: 6 },
      startup: { command: ['/bin/sh', `${FILES}/ready`], ...timing, failures: 60 },
    },
    stopSeconds: 60,
  };
}

/** Settings of a server that serves one database, operator or not; memory in MB, times in milliseconds. */
export function serverSettings(own: OwnServer, details: PostgresqlDetails): Record<string, string> {
  return {
    idle_in_transaction_session_timeout: String(details.idleInTransactionTimeoutSeconds * 1000),
    // Two logins while credentials rotate, the backup, and some for whoever looks after it.
    max_connections: String(details.connections * 2 + 15),
    shared_buffers: `${Math.floor(own.memoryMiB / 4)}MB`,
    statement_timeout: String(details.statementTimeoutSeconds * 1000),
  };
}

// --- internal ---

const PLAIN_SETTINGS = {
  hba_file: `${FILES}/pg_hba.conf`,
  listen_addresses: '*',
  unix_socket_directories: '/tmp',
};

/** The superuser has no password, and no way in but from inside the container. */
const HBA = `local all postgres peer
host all postgres all reject
host all all all scram-sha-256
`;

/** initdb wants the name of its user. */
const PASSWD = `root:x:0:0:root:/:/sbin/nologin
postgres:x:10001:10001:PostgreSQL:/:/sbin/nologin
`;

/** Debian's packages keep the programs out of the path. */
const PATHS = `for bin in /usr/lib/postgresql/*/bin; do PATH="$PATH:$bin"; done`;

/** At every start, before anybody can connect: a volume half made is made anew, and roles are what they should be. */
const PREPARE = `set -eu
umask 077
${PATHS}
if [ ! -s "$PGDATA/PG_VERSION" ]; then
  rm -rf "$PGDATA.new"
  initdb --pgdata "$PGDATA.new" --username postgres --auth-local peer --auth-host reject \\
    --encoding UTF8 --locale C.UTF-8 --data-checksums
  mv "$PGDATA.new" "$PGDATA"
fi
pg_ctl start --wait --timeout 600 --silent --options \\
  "-c listen_addresses= -c unix_socket_directories=/tmp -c hba_file=${FILES}/pg_hba.conf"
code=0
psql --no-psqlrc --quiet --host /tmp --username postgres --dbname postgres --file ${FILES}/roles.sql || code=$?
pg_ctl stop --wait --mode fast --silent
exit "$code"
`;

/** SIGTERM would wait for every client to leave; SIGINT does not. */
const START = `set -eu
${PATHS}
postgres "$@" &
server=$!
trap 'kill -INT "$server"' TERM INT
code=0
while kill -0 "$server" 2> /dev/null; do code=0; wait "$server" || code=$?; done
exit "$code"
`;

const READY = `${PATHS}
exec pg_isready --quiet --host /tmp
`;

/** psql quotes what it takes from the environment: names as names, passwords as texts. */
const ROLES = String.raw`\set ON_ERROR_STOP on
\getenv database DATABASE
\getenv owner OWNER
\getenv reader READER
\getenv login LOGIN
\getenv login_password LOGIN_PASSWORD
\getenv backup BACKUP_LOGIN
\getenv backup_password BACKUP_PASSWORD
\getenv connections CONNECTIONS
\getenv extensions EXTENSIONS
SELECT format('CREATE ROLE %I', name)
FROM unnest(ARRAY[:'owner', :'reader', :'login', :'backup']) AS name
WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = name) \gexec
ALTER ROLE :"owner" NOLOGIN;
ALTER ROLE :"reader" NOLOGIN;
SELECT format('ALTER ROLE %I LOGIN PASSWORD %L CONNECTION LIMIT %s', :'login', :'login_password', :'connections'::int) \gexec
ALTER ROLE :"backup" LOGIN PASSWORD :'backup_password';
GRANT :"owner" TO :"login";
GRANT :"reader" TO :"backup";
ALTER ROLE :"login" SET role TO :"owner";
SELECT format('CREATE DATABASE %I OWNER %I', :'database', :'owner')
WHERE NOT EXISTS (SELECT FROM pg_database WHERE datname = :'database') \gexec
REVOKE ALL ON DATABASE :"database" FROM PUBLIC;
GRANT CONNECT ON DATABASE :"database" TO :"reader";
ALTER DATABASE :"database" SET search_path TO app, public;
\connect :"database"
CREATE SCHEMA IF NOT EXISTS app AUTHORIZATION :"owner";
GRANT USAGE ON SCHEMA app TO :"reader";
GRANT SELECT ON ALL TABLES IN SCHEMA app TO :"reader";
GRANT SELECT ON ALL SEQUENCES IN SCHEMA app TO :"reader";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA app GRANT SELECT ON TABLES TO :"reader";
ALTER DEFAULT PRIVILEGES FOR ROLE :"owner" IN SCHEMA app GRANT SELECT ON SEQUENCES TO :"reader";
SET search_path TO public;
SELECT format('CREATE EXTENSION IF NOT EXISTS %I', name)
FROM unnest(string_to_array(nullif(:'extensions', ''), ' ')) AS name \gexec
`;
