import { accessSync, constants, existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { assertPossible, type Change, type OnStep } from './change';
import { beforeChange, DistError } from './dist-error';
import { discard, finish, type Recovery, settle, writeJournal } from './journal';
import { assertUnlocked, takeLock } from './lock';
import { assertInside, linkRefused, listFiles, look, type Places, places } from './places';

/** How {@link openDist} deals with what it finds. */
export interface DistOptions {
  /** This command writes everything that belongs into `dist/`, and so mends what recovery could not. */
  readonly whole?: boolean;
  /** For tests: called before each step that changes the disk. */
  readonly onStep?: OnStep;
}

const nothing: OnStep = () => {};

/**
 * Takes the lock on a registry's `dist/` and recovers what an interrupted command left.
 *
 * What is promised: whenever this process is killed, the next `openDist` or {@link recover} finds `dist/` wholly old or
 * makes it wholly new. When the machine loses power meanwhile, files that did not reach the disk are found by their
 * digest and reported. Staged files are not flushed one by one: power lost in the seconds after a commit may cost
 * content, which the next comparison sees as a difference.
 *
 * @throws a DistError
 */
export function openDist(root: string, { whole = false, onStep = nothing }: DistOptions = {}): Dist {
  const at = places(root);
  const unlock = beforeChange(at.dist, () => {
    assertUsable(at);
    prepareHome(at);
    return takeLock(at.home);
  });
  try {
    const recovery = beforeChange(at.home, () => settle(at, onStep));
    if (recovery === 'damaged' && !whole) throw damaged();
    beforeChange(at.staging, () => {
      discard(at);
      mkdirSync(at.staging);
    });
    return new Dist(at, recovery, unlock, onStep);
  } catch (error) {
    unlock();
    throw error;
  }
}

/**
 * Finishes or undoes what an interrupted command left. Writes nothing when there is nothing to recover, so that a
 * check works on a read-only checkout.
 *
 * @throws a DistError, `E_DIST_INCOMPLETE` when `dist/` can be mended only by writing it anew
 */
export function recover(root: string, onStep: OnStep = nothing): Recovery {
  const at = places(root);
  if (!existsSync(at.home)) return 'clean';
  beforeChange(at.home, () => assertUnlocked(at.home));
  if (!existsSync(at.journal) && !existsSync(at.staging)) return 'clean';
  const unlock = beforeChange(at.dist, () => {
    assertUsable(at);
    return takeLock(at.home);
  });
  try {
    const recovery = beforeChange(at.home, () => settle(at, onStep));
    if (recovery === 'damaged') throw damaged();
    return recovery;
  } finally {
    unlock();
  }
}

/** A registry's `dist/`, held for one change; see {@link openDist}. */
export class Dist {
  readonly #at: Places;
  readonly #unlock: () => void;
  readonly #onStep: OnStep;
  #open = true;

  /** `recovery`: what was found of an earlier command, and dealt with. */
  constructor(
    at: Places,
    readonly recovery: Recovery,
    unlock: () => void,
    onStep: OnStep,
  ) {
    this.#at = at;
    this.#unlock = unlock;
    this.#onStep = onStep;
  }

  /** See {@link staleFiles}. */
  stale(paths: readonly string[], owned: readonly string[]): string[] {
    return staleBelow(this.#at.dist, paths, owned);
  }

  /** Makes the change, wholly or not at all; once. */
  commit(change: Change): void {
    const at = this.#at;
    const superseded = existsSync(at.journal);
    // Nothing to do is still worth a journal when it takes a damaged one's place.
    if (change.puts.length === 0 && change.removals.length === 0 && !superseded) return;
    beforeChange(at.dist, () => {
      assertPossible(at, change);
      const lost = change.puts.find((put) => !existsSync(join(at.staging, put.staged)));
      if (lost) throw new DistError('E_DIST_UNWRITABLE', `dist/${lost.path}: was staged and is gone - run it again`);
      writeJournal(at, change, this.#onStep);
    });
    finish(at, change, this.#onStep, () => true);
  }

  /** Forgets what was staged and not committed, and lets the next command in. */
  close(): void {
    if (!this.#open) return;
    this.#open = false;
    try {
      if (!existsSync(this.#at.journal)) discard(this.#at);
    } finally {
      this.#unlock();
    }
  }
}

/**
 * Files on disk below the owned folders (or files) that are not among `paths`, sorted: what to remove. Writes nothing,
 * so that a check tells as much.
 *
 * @throws a DistError, `E_DIST_PATH` when a path comes twice
 */
export function staleFiles(root: string, paths: readonly string[], owned: readonly string[]): string[] {
  return staleBelow(places(root).dist, paths, owned);
}

function staleBelow(dist: string, paths: readonly string[], owned: readonly string[]): string[] {
  const keep = new Set<string>();
  for (const path of paths) {
    if (keep.has(path)) throw new DistError('E_DIST_PATH', `dist/${path}: expected one file there, two claim it`);
    keep.add(path);
  }
  const found = owned.flatMap((below) => beforeChange(`dist/${below}`, () => filesOf(dist, below)));
  return [...new Set(found)].filter((path) => !keep.has(path)).sort();
}

function filesOf(dist: string, owned: string): string[] {
  assertInside(owned);
  const path = join(dist, owned);
  const stats = look(path);
  if (stats === undefined) return [];
  return stats.isDirectory() ? listFiles(path).map((below) => `${owned}/${below}`) : [owned];
}

function damaged(): DistError {
  const message = 'dist/ is incomplete: a command was interrupted, and what it left to finish is damaged';
  return new DistError('E_DIST_INCOMPLETE', `${message} - run npm run synth, which rewrites it`);
}

function assertUsable({ dist }: Places): void {
  const stats = look(dist);
  if (stats === undefined) return;
  if (stats.isSymbolicLink()) throw linkRefused(dist);
  if (!stats.isDirectory()) throw new DistError('E_DIST_UNWRITABLE', `${dist}: is not a folder - move it away`);
  accessSync(dist, constants.W_OK | constants.X_OK);
}

/** The writer's private folder; git is told to leave it alone by a file inside, so that no one has to remember. */
function prepareHome({ home }: Places): void {
  const stats = look(home);
  if (stats?.isSymbolicLink()) throw linkRefused(home);
  if (stats === undefined) {
    // Not recursive from the start: a root folder that is not there is a typing error.
    accessSync(dirname(home), constants.W_OK | constants.X_OK);
    mkdirSync(home, { recursive: true });
  }
  const ignore = join(home, '.gitignore');
  if (look(ignore)?.size !== 2) writeFileSync(ignore, '*\n');
}
