import type { k8s } from 'cdk8s-plus-27';
import { cut } from '../model/names';
import type { DumpSpec } from '../model/offer';
import { BACKUP_COMPONENT } from '../model/openings';
import type { BackupItem, NamedValue, ResolvedBackup, Space } from '../model/resolved';
import type { ContainerOptions } from './container';
import { literal, secretsName } from './environment';
import { resticSettings, SCRATCH } from './restic';

/**
 * The steps of a backup, a container each. Scripts are constants; what differs reaches them as environment, and everything
 * else as separate arguments without a shell. Secrets are environment too: command lines are for everybody to see.
 */

/** Workload that all pods of backups belong to; the Secret of their credentials is named after it. */
export const BACKUP = BACKUP_COMPONENT;

export type Dump = Extract<BackupItem, { kind: 'dump' }>;
export type Volume = Extract<BackupItem, { kind: 'volume' }>;

/** restic's exit code 10 says that there is no repository; any other error is one. A wrong password never makes a new one. */
const MAKE_REPOSITORY = `code=0
restic cat config --no-lock > /dev/null || code=$?
if [ "$code" -eq 10 ]; then exec restic init; fi
exit "$code"`;

/**
 * Copies SQLite databases page by page while they are in use, then backs up the copies and all other files.
 *
 * The volume is mounted read-only. SQLite can read there what is in use (its `-shm` file exists then) and what has no
 * write-ahead log. It cannot open a log without that file, such as after an orderly end of the application; as nobody has
 * the database open then, a plain copy does, if nothing changed meanwhile. A database that isn't there is an error:
 * a name that is misspelt would otherwise be copied as any other file, and perhaps torn.
 *
 * One read transaction around the copy keeps a busy writer from starting it over and over.
 */
const COPY_DATABASES = `set -euf
state() { stat -c '%n %s %i %y %z' "$1" "$1-wal" "$1-journal" "$1-shm" 2> /dev/null || true; }
snapshot() {
  sqlite3 -batch -bail "file:$1?mode=ro" '.timeout 60000' BEGIN 'SELECT count(*) FROM sqlite_master' ".backup '$2'" > /dev/null
}
plain() {
  [ ! -e "$1-shm" ] || return 1
  before=$(state "$1")
  for part in '' -wal -journal; do
    [ ! -e "$1$part" ] || cp "$1$part" "$2$part" || return 1
  done
  [ "$before" = "$(state "$1")" ] && sqlite3 -batch -bail "$2" 'SELECT count(*) FROM sqlite_master' 'PRAGMA wal_checkpoint(TRUNCATE)' > /dev/null
}
for database in $DATABASES; do
  from="$VOLUME/$database" to="$COPY/$database"
  mkdir -p "$(dirname "$to")"
  for try in 1 2 3; do
    rm -f "$to" "$to-wal" "$to-shm" "$to-journal"
    [ ! -f "$from" ] || ! { snapshot "$from" "$to" || plain "$from" "$to"; } || continue 2
    sleep 5
  done
  echo "could not copy $from" >&2
  exit 1
done
for database in $DATABASES; do
  for part in '' -wal -shm -journal; do echo "$VOLUME/$database$part"; done
done > "$TMPDIR/exclude"
exec restic backup --retry-lock 10m --host "$TENANT" --tag "$TAGS" --group-by host,tags \\
  --exclude "$VOLUME/lost+found" --exclude-file "$TMPDIR/exclude" "$VOLUME" "$COPY"`;

/** Makes the repository where there is none. */
export function repositoryStep(backup: ResolvedBackup, credentials: readonly NamedValue[]): ContainerOptions {
  return {
    ...common(backup, credentials, 'repository'),
    command: [['/bin/sh'], ['-c'], [MAKE_REPOSITORY]],
  };
}

/** The step that copies one item. */
export function itemStep(space: Space, backup: ResolvedBackup, item: BackupItem, credentials: readonly NamedValue[]) {
  const tags = `tenant=${space.id},kind=${item.kind},item=${item.name}`;
  const step = common(backup, credentials, `${item.kind}-${item.name}`);
  if (item.kind === 'dump') return dumpStep(space, item, tags, step);
  const mounts = [{ name: volumeName(item), mountPath: folder(item), readOnly: true }];
  return {
    ...step,
    ...(item.databases.length === 0 ? files(space, item, tags) : databases(space, item, tags)),
    mounts,
  };
}

/** Name of a volume in the pod. */
export function volumeName(item: Volume): string {
  return cut(`volume-${item.claimName}`, 'dnsLabel');
}

/** Key of the Secret with the password of a dump. Item names hold no `_`, so that two never fold to one. */
export function passwordKey(item: Dump): string {
  return `${item.name.toUpperCase().replaceAll('-', '_')}_PASSWORD`;
}

// --- internal ---

function common(backup: ResolvedBackup, credentials: readonly NamedValue[], name: string): ContainerOptions {
  return {
    name: cut(name, 'dnsLabel'),
    image: backup.image,
    env: [...resticSettings(backup.repository), ...credentials],
    resources: backup.resources,
  };
}

function folder(item: Volume): string {
  return `/data/${item.claimName}`;
}

/** Snapshots of one item are one group: each finds its predecessor, and retention counts each item for itself. */
function backupCommand(space: Space, tags: string): string[] {
  return ['restic', 'backup', '--retry-lock', '10m', '--host', space.id, '--tag', tags, '--group-by', 'host,tags'];
}

function files(space: Space, item: Volume, tags: string) {
  const path = folder(item);
  // Belongs to the file system, and only root may read it.
  return line([...backupCommand(space, tags), '--exclude', `${path}/lost+found`, path]);
}

function databases(space: Space, item: Volume, tags: string) {
  const extraEnv = environment({
    TENANT: space.id,
    TAGS: tags,
    VOLUME: folder(item),
    COPY: `${SCRATCH}${folder(item)}`,
    // Neither blanks nor patterns: `databases` of a volume are letters, digits and `._-/`.
    DATABASES: item.databases.join(' '),
  });
  return { command: [['/bin/sh'], ['-c'], [COPY_DATABASES]], extraEnv };
}

/** restic runs the dump itself, and keeps nothing of one that fails: a pipe would take its end for success. */
function dumpStep(space: Space, item: Dump, tags: string, step: ContainerOptions): ContainerOptions {
  const { dump } = item;
  const file = `${dump.database}.${dump.tool === 'pg_dump' ? 'dump' : 'sql'}`;
  const stdin = ['--stdin-filename', file, '--stdin-from-command', '--'];
  const tool = dump.tool === 'pg_dump' ? pgDump(dump) : mariadbDump(dump);
  return {
    ...step,
    ...line([...backupCommand(space, tags), ...stdin, ...tool.command]),
    extraEnv: [
      ...environment(tool.env),
      { name: tool.password, valueFrom: { secretKeyRef: { name: secretsName(BACKUP), key: passwordKey(item) } } },
    ],
  };
}

/**
 * Uncompressed, so that restic finds what has not changed. Owners and rights are Terraform's to restore. Without its option,
 * pg_dump refuses a table whose policies would hide rows from it.
 */
function pgDump(dump: Extract<DumpSpec, { tool: 'pg_dump' }>) {
  return {
    command: [
      ...['pg_dump', '--format=custom', '--compress=0', '--no-owner', '--no-acl', '--lock-wait-timeout=60s'],
      // Large objects know no policies: anybody's would stop everybody's backup.
      ...(dump.rowSecurity ? ['--enable-row-security', '--no-blobs'] : []),
      ...(dump.tables ?? []).map(
        (table) => `${dump.partitions === true ? '--table-and-children' : '--table'}=app.${table}`,
      ),
    ],
    env: {
      PGHOST: dump.host,
      PGPORT: String(dump.port),
      PGDATABASE: dump.database,
      PGUSER: dump.user,
      PGSSLMODE: dump.tls,
      // The system's authorities, where a certificate is to be checked; needs a pg_dump of 16 or newer.
      ...(dump.tls === 'verify-full' ? { PGSSLROOTCERT: 'system' } : {}),
    },
    password: 'PGPASSWORD',
  };
}

/**
 * The password is environment here too: in an option file it would have to be quoted, by a template that knows nothing of
 * that file's syntax. No tablespaces: asking for them takes a right on the whole server.
 *
 * Connector/C (`my_auth.c`, 3.1 to 3.4) goes on in plain text with a server that offers no TLS, `--ssl` or not, unless it is to
 * check the certificate: that alone enforces TLS. From 11.4 on, server and client, the password vouches for a certificate that no
 * authority has signed; elsewhere the image must trust whoever signed it.
 */
function mariadbDump(dump: Extract<DumpSpec, { tool: 'mariadb-dump' }>) {
  return {
    command: [
      ...['mariadb-dump', '--no-defaults', `--host=${dump.host}`, `--port=${dump.port}`, `--user=${dump.user}`],
      ...['--ssl', dump.tls === 'require' ? '--ssl-verify-server-cert' : '--skip-ssl-verify-server-cert'],
      ...[
        '--single-transaction',
        '--routines',
        '--triggers',
        ...(dump.events === true ? ['--events'] : []),
        '--hex-blob',
        '--no-tablespaces',
      ],
      ...['--default-character-set=utf8mb4', '--skip-dump-date', dump.database],
    ],
    env: {},
    password: 'MYSQL_PWD',
  };
}

function line(command: readonly string[]): Pick<ContainerOptions, 'command'> {
  return { command: command.map((word) => [word]) };
}

function environment(values: Readonly<Record<string, string>>): k8s.EnvVar[] {
  return Object.entries(values).map(([name, value]) => ({ name, value: literal(value) }));
}
