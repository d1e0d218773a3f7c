import { type Dirent, lstatSync, readdirSync, type Stats } from 'node:fs';
import { join } from 'node:path';
import { DistError, errno } from './dist-error';

/** Where a registry keeps its output, and the writer its private things: on one file system, so that renames work. */
export interface Places {
  readonly dist: string;
  readonly home: string;
  readonly staging: string;
  readonly journal: string;
}

/** The places of a registry's root folder. */
export function places(root: string): Places {
  const home = join(root, '.tenantry');
  return { dist: join(root, 'dist'), home, staging: join(home, 'staging'), journal: join(home, 'journal.json') };
}

/** What lies at a path, without following a link; nothing when nothing does. */
export function look(path: string): Stats | undefined {
  try {
    return lstatSync(path, { throwIfNoEntry: false });
  } catch (error) {
    if (errno(error) === 'ENOTDIR') return undefined;
    throw error;
  }
}

/** Refuses a path that is not a plain way down from `dist/`. */
export function assertInside(path: string): void {
  const steps = path.split('/');
  const odd = steps.some((step) => step === '' || step === '.' || step === '..') || /[\\\0]|^[A-Za-z]:/.test(path);
  if (odd)
    throw new DistError('E_DIST_PATH', `dist/${path}: expected a path inside dist/, like kubernetes/eu-1/a.yaml`);
}

/** What Terraform keeps beside a stack: downloaded providers, and the lock file that people commit. Neither is ours. */
const TERRAFORM = /^\.terraform(\.lock\.hcl)?$/;

/** The files below a folder, as `a/b.yaml`, sorted by code unit; a link is a file here. None when there is no such folder. */
export function listFiles(folder: string): string[] {
  return filesBelow(folder, '', []).sort();
}

function filesBelow(folder: string, prefix: string, found: string[]): string[] {
  let entries: Dirent[];
  try {
    entries = readdirSync(folder, { withFileTypes: true });
  } catch (error) {
    if (errno(error) === 'ENOENT' && prefix === '') return found;
    throw error;
  }
  for (const entry of entries) {
    if (TERRAFORM.test(entry.name)) continue;
    const path = prefix + entry.name;
    if (entry.isDirectory()) filesBelow(join(folder, entry.name), `${path}/`, found);
    else found.push(path);
  }
  return found;
}

/** The writer follows no link inside `dist/`: one that leads outside would have it write or delete there. */
export function linkRefused(path: string): DistError {
  return new DistError('E_DIST_UNWRITABLE', `${path}: is a symbolic link, and none is followed there - remove it`);
}

/** Remembers which folders of `dist/` it has looked at, as thousands of files share them. */
export class Folders {
  readonly #seen = new Map<string, Stats | undefined>();

  constructor(readonly dist: string) {}

  /** Every folder above a path, from the outermost in, with what lies there; refuses links. */
  above(path: string): { path: string; stats: Stats | undefined }[] {
    const ways = [{ path: '', stats: this.#at('') }];
    for (let cut = path.indexOf('/'); cut !== -1; cut = path.indexOf('/', cut + 1)) {
      const folder = path.slice(0, cut);
      ways.push({ path: folder, stats: this.#at(folder) });
    }
    return ways;
  }

  #at(folder: string): Stats | undefined {
    if (this.#seen.has(folder)) return this.#seen.get(folder);
    const path = folder === '' ? this.dist : join(this.dist, folder);
    const stats = look(path);
    if (stats?.isSymbolicLink()) throw linkRefused(path);
    this.#seen.set(folder, stats);
    return stats;
  }
}
