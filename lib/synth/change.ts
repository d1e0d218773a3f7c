import { accessSync, constants, mkdirSync, readdirSync, renameSync, rmdirSync, type Stats, unlinkSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { beforeChange, DistError, errno } from './dist-error';
import { assertInside, Folders, linkRefused, listFiles, look, type Places } from './places';

/** A file that differs, as a worker staged it. Plain data: it travels between threads. */
export interface Put {
  /** Below `dist/`, with forward slashes. */
  readonly path: string;
  /** The new content's file below the staging folder. */
  readonly staged: string;
  readonly sha256: string;
}

/** All that turns the old `dist/` into the new one. */
export interface Change {
  readonly puts: readonly Put[];
  /** Paths of files below `dist/`. */
  readonly removals: readonly string[];
}

/** Called before each step of a commit or recovery; tests end the process there. */
export type OnStep = (step: string) => void;

/**
 * Finds what would stop a change half-way while nothing is changed yet: paths that leave `dist/` or claim each other's
 * place, links, folders without write access or on another file system.
 */
export function assertPossible(at: Places, { puts, removals }: Change): void {
  const gone = new Set(removals);
  const come = new Set(puts.map((put) => put.path));
  const folders = new Folders(at.dist);
  const writable = new Set<string>();
  const device = look(at.home)?.dev;
  if (come.size < puts.length || removals.some((path) => come.has(path))) {
    const twice = puts.find((put, index) => gone.has(put.path) || puts.findIndex((it) => it.path === put.path) < index);
    throw new DistError('E_DIST_PATH', `dist/${twice?.path}: expected one claim, two writes or removals name it`);
  }
  for (const path of [...come, ...gone]) {
    assertInside(path);
    for (const above of folders.above(path)) {
      if (above.stats?.isDirectory()) assertWritable(above, device, writable, at.dist);
      const isFile = come.has(above.path) || (above.stats && !above.stats.isDirectory() && !gone.has(above.path));
      if (isFile && come.has(path)) throw inTheWay(path, above.path);
    }
    const target = join(at.dist, path);
    const stats = look(target);
    if (stats?.isSymbolicLink()) throw linkRefused(target);
    if (stats?.isDirectory() && come.has(path)) {
      const stays = listFiles(target).find((below) => !gone.has(`${path}/${below}`));
      if (stays !== undefined) throw inTheWay(path, `${path}/${stays}`);
    }
  }
}

function inTheWay(path: string, other: string): DistError {
  return new DistError(
    'E_DIST_PATH',
    `dist/${path}: cannot be a file while dist/${other} is one - rename or remove one`,
  );
}

function assertWritable(
  folder: { path: string; stats: Stats | undefined },
  device: number | undefined,
  known: Set<string>,
  dist: string,
): void {
  if (known.has(folder.path)) return;
  known.add(folder.path);
  const path = join(dist, folder.path);
  if (folder.stats?.dev !== device) {
    const hint = 'mount both or neither';
    throw new DistError('E_DIST_UNWRITABLE', `${path}: is on another file system than .tenantry/ - ${hint}`);
  }
  beforeChange(path, () => accessSync(path, constants.W_OK | constants.X_OK));
}

/** Carries a change out. Done twice, or begun again at any point, it ends in the same state. */
export function apply(at: Places, { puts, removals }: Change, onStep: OnStep, isStaged: (put: Put) => boolean): void {
  for (const path of removals) {
    onStep(`remove ${path}`);
    remove(join(at.dist, path));
    onStep(`prune ${path}`);
    pruneAbove(at.dist, join(at.dist, path));
  }
  const made = new Set<string>();
  for (const put of puts) {
    if (!isStaged(put)) continue;
    const target = join(at.dist, put.path);
    const folder = dirname(target);
    onStep(`folder ${put.path}`);
    if (!made.has(folder)) makeFolder(folder);
    made.add(folder);
    onStep(`put ${put.path}`);
    replace(join(at.staging, put.staged), target);
  }
}

/** Nearly always only the last part of it is missing, and making that one alone is cheaper by far. */
function makeFolder(path: string): void {
  try {
    mkdirSync(path);
  } catch {
    // It is there already, its parents are not, or it cannot be made, which is then said.
    mkdirSync(path, { recursive: true });
  }
}

function remove(path: string): void {
  try {
    unlinkSync(path);
  } catch (error) {
    // Gone already; or a put that comes after it made a folder in its place, or a file in its folder's.
    if (errno(error) === 'ENOENT' || errno(error) === 'ENOTDIR' || look(path)?.isDirectory()) return;
    throw error;
  }
}

/** Git keeps no empty folders, nor do we: those that a removal leaves empty go, up to `dist/`. */
function pruneAbove(dist: string, path: string): void {
  for (let folder = dirname(path); folder !== dist; folder = dirname(folder)) {
    try {
      rmdirSync(folder);
    } catch (error) {
      // Gone already, or about to be a file's place: its parent may still be empty. Anything else stays where it is.
      if (errno(error) !== 'ENOENT' && errno(error) !== 'ENOTDIR') return;
    }
  }
}

function replace(from: string, to: string): void {
  try {
    renameSync(from, to);
  } catch (error) {
    if (!look(to)?.isDirectory()) throw error;
    removeEmpty(to);
    renameSync(from, to);
  }
}

/** A folder that holds nothing but folders. Anything else in it stops us: rmdir removes no files. */
function removeEmpty(folder: string): void {
  for (const name of readdirSync(folder)) removeEmpty(join(folder, name));
  rmdirSync(folder);
}
