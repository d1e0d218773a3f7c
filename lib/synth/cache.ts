import { createHash } from 'node:crypto';
import { lstatSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { serialize } from 'node:v8';
import { factsOf, type TenantFacts } from '../model/resolved';

/**
 * What the last synthesis on this machine saw, so that a tenant that has not changed is not rendered again. It only ever saves work: a key
 * covers everything that a tenant's output follows from, and files are believed only while size, time and inode are what
 * they were. `--check` does not use it.
 */

interface FileStamp {
  readonly path: string;
  readonly size: number;
  readonly mtimeMs: number;
  readonly ino: number;
}

interface Entry {
  readonly key: string;
  /** What rules over the whole set need of the tenant, which was right by itself. */
  readonly facts?: TenantFacts | undefined;
  readonly files: readonly FileStamp[];
}

interface Content {
  readonly version: 1;
  readonly entries: Readonly<Record<string, Entry>>;
}

export class Cache {
  private readonly old: Readonly<Record<string, Entry>>;
  private readonly next: Record<string, Entry> = {};

  constructor(private readonly root: string) {
    this.old = read(this.file).entries;
  }

  private get file(): string {
    return join(this.root, '.tenantry', 'cache.json');
  }

  /** Paths of an unchanged tenant whose files still lie there as they were left, or null. */
  unchanged(id: string, key: string): readonly string[] | null {
    const entry = Object.hasOwn(this.old, id) ? this.old[id] : undefined;
    if (entry === undefined || key === '' || entry.key !== key) return null;
    if (!entry.files.every((stamp) => isSame(stamp, stampOf(this.root, stamp.path)))) return null;
    this.next[id] = entry;
    return entry.files.map(({ path }) => path);
  }

  /** Facts of a tenant that was right when it was last rendered from the same input, or null. */
  recall(id: string, key: string): TenantFacts | null {
    const entry = Object.hasOwn(this.old, id) ? this.old[id] : undefined;
    return entry === undefined || key === '' || entry.key !== key ? null : (entry.facts ?? null);
  }

  /** Remembers what was written. */
  remember(id: string, key: string, paths: readonly string[], facts?: TenantFacts): void {
    const files = paths.map((path) => stampOf(this.root, path));
    if (files.every((stamp) => stamp !== null)) this.next[id] = { key, facts: facts && factsOf(facts), files };
  }

  /** Keeps what was known of tenants that this run left alone. */
  keep(ids: Iterable<string>): void {
    for (const id of ids) {
      const entry = Object.hasOwn(this.old, id) ? this.old[id] : undefined;
      if (entry !== undefined && !Object.hasOwn(this.next, id)) this.next[id] = entry;
    }
  }

  /** Writes it; a cache that cannot be written is no reason to fail. */
  save(): void {
    const content: Content = { version: 1, entries: this.next };
    try {
      writeFileSync(`${this.file}.new`, JSON.stringify(content));
      renameSync(`${this.file}.new`, this.file);
    } catch {
      // The next run renders everything, and that is all.
    }
  }
}

/** Keys of tenants; each is made once, though two ask for it, as long as the sources are the same. */
export class Keys {
  private base: { readonly sources: string; readonly key: string } | undefined;
  private readonly keys = new Map<string, string>();

  of(sources: string, file: string, input: unknown): string {
    if (this.base?.sources !== sources) {
      this.base = { sources, key: baseKey(sources) };
      this.keys.clear();
    }
    const key = this.keys.get(file) ?? tenantKey(this.base.key, file, input);
    this.keys.set(file, key);
    return key;
  }
}

/** Digest of everything that a tenant's output follows from besides its own file. */
export function baseKey(sources: string): string {
  return createHash('sha256').update(libraryDigest()).update(sources).digest('hex');
}

/** Digest of one tenant's input on top of the base; empty, and then never believed, where it has none. */
export function tenantKey(base: string, file: string, input: unknown): string {
  const hash = createHash('sha256').update(base).update(file).update('\0');
  try {
    // Not JSON: dates, maps and undefined must not look alike.
    hash.update(serialize(input));
  } catch {
    return '';
  }
  return hash.digest('hex');
}

// --- internal ---

function read(file: string): Content {
  try {
    const content: unknown = JSON.parse(readFileSync(file, 'utf8'));
    if (isContent(content)) return content;
  } catch {
    // None yet, or damaged.
  }
  return { version: 1, entries: {} };
}

function isContent(found: unknown): found is Content {
  const { version, entries } = (found ?? {}) as Record<string, unknown>;
  if (version !== 1 || typeof entries !== 'object' || entries === null) return false;
  return Object.values(entries).every((entry: Partial<Entry> | null) => {
    if (typeof entry?.key !== 'string' || !Array.isArray(entry.files)) return false;
    if (entry.facts !== undefined && !(Array.isArray(entry.facts?.claims) && Array.isArray(entry.facts.routes)))
      return false;
    return entry.files.every((stamp: Partial<FileStamp> | null) => typeof stamp?.path === 'string');
  });
}

function stampOf(root: string, path: string): FileStamp | null {
  try {
    const { size, mtimeMs, ino } = lstatSync(join(root, 'dist', path));
    return { path, size, mtimeMs, ino };
  } catch {
    return null;
  }
}

function isSame(a: FileStamp, b: FileStamp | null): boolean {
  return b !== null && a.size === b.size && a.mtimeMs === b.mtimeMs && a.ino === b.ino;
}

/** Digest of this library's own code and of the versions that it is pinned to. */
function libraryDigest(): string {
  const hash = createHash('sha256');
  const lib = join(__dirname, '..');
  const visit = (folder: string): void => {
    const entries = readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1));
    for (const entry of entries) {
      const path = join(folder, entry.name);
      if (entry.isDirectory()) visit(path);
      else if (/\.[jt]s$/.test(entry.name)) hash.update(path.slice(lib.length)).update(readFileSync(path));
    }
  };
  // In a bundle this file holds all of the code, but not of the packages.
  if (__filename.endsWith('.cjs')) hash.update(readFileSync(__filename));
  else visit(lib);
  for (const name of ['cdk8s', 'cdk8s-plus-27', 'cdktf', 'zod']) hash.update(versionOf(name));
  return hash.digest('hex');
}

function versionOf(name: string): string {
  return (require(`${name}/package.json`) as { version: string }).version;
}
