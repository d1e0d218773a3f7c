import { createHash } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { apply, assertPossible, type Change, type OnStep, type Put } from './change';
import { DistError, errno, reason } from './dist-error';
import type { Places } from './places';

/** What was found of an earlier command: nothing, a write not yet committed, one that was, or one past finishing. */
export type Recovery = 'clean' | 'undone' | 'finished' | 'damaged';

const VERSION = 1;

/** The digest that the journal keeps of a file's content. */
export function sha256(content: string | Uint8Array): string {
  return createHash('sha256').update(content).digest('hex');
}

/** Puts the journal in place, which is the moment of commit: before it `dist/` stays old, after it becomes new. */
export function writeJournal(at: Places, change: Change, onStep: OnStep): void {
  const draft = `${at.journal}.draft`;
  onStep('draft');
  const file = openSync(draft, 'w');
  try {
    writeFileSync(file, JSON.stringify({ version: VERSION, puts: change.puts, removals: change.removals }));
    fsyncSync(file);
  } finally {
    closeSync(file);
  }
  onStep('commit');
  renameSync(draft, at.journal);
  flushFolder(at.home);
}

/** So that no rename reaches the disk before the journal does. Committed it is by now: a system that can't may not fail. */
function flushFolder(path: string): void {
  try {
    const folder = openSync(path, 'r');
    try {
      fsyncSync(folder);
    } finally {
      closeSync(folder);
    }
  } catch {}
}

/** Carries out the journal that is in place, then removes it. On an error it stays, for the next command. */
export function finish(at: Places, change: Change, onStep: OnStep, isStaged: (put: Put) => boolean): void {
  try {
    apply(at, change, onStep, isStaged);
    onStep('forget');
    rmSync(at.journal);
  } catch (error) {
    const message = `dist/ is part old, part new: ${reason(error)}; the next command finishes what is left`;
    throw new DistError('E_DIST_INCOMPLETE', message, { cause: error });
  }
  onStep('sweep');
  discard(at);
}

/** Forgets all that is staged. */
export function discard(at: Places): void {
  rmSync(`${at.journal}.draft`, { force: true });
  rmSync(at.staging, { recursive: true, force: true });
}

/** Finishes or undoes what an interrupted command left; the caller holds the lock. */
export function settle(at: Places, onStep: OnStep): Recovery {
  const change = readJournal(at);
  if (change === undefined) {
    const found = existsSync(at.staging);
    discard(at);
    return found ? 'undone' : 'clean';
  }
  if (change === 'damaged' || !isPossible(at, change)) return 'damaged';
  const staged = new Set<Put>();
  for (const put of change.puts) {
    const waiting = digestOf(join(at.staging, put.staged));
    if (waiting !== undefined) staged.add(put);
    if ((waiting ?? digestOf(join(at.dist, put.path))) !== put.sha256) return 'damaged';
  }
  finish(at, change, onStep, (put) => staged.has(put));
  return 'finished';
}

/** A journal that names a place where no file of ours can go will never be finished. */
function isPossible(at: Places, change: Change): boolean {
  try {
    assertPossible(at, change);
    return true;
  } catch (error) {
    if (error instanceof DistError && error.code === 'E_DIST_PATH') return false;
    throw error;
  }
}

function digestOf(path: string): string | undefined {
  try {
    return sha256(readFileSync(path));
  } catch (error) {
    if (['ENOENT', 'ENOTDIR', 'EISDIR'].includes(errno(error) ?? '')) return undefined;
    throw error;
  }
}

function readJournal(at: Places): Change | 'damaged' | undefined {
  let text: string;
  try {
    text = readFileSync(at.journal, 'utf8');
  } catch (error) {
    if (errno(error) === 'ENOENT') return undefined;
    throw error;
  }
  try {
    const found: unknown = JSON.parse(text);
    return isChange(found) ? found : 'damaged';
  } catch {
    return 'damaged';
  }
}

function isChange(found: unknown): found is Change {
  const { version, puts, removals } = (found ?? {}) as Record<string, unknown>;
  if (version !== VERSION || !Array.isArray(puts) || !Array.isArray(removals)) return false;
  return puts.every(isPut) && removals.every((path) => typeof path === 'string');
}

/** A staged name is one that a stager gives, so that no journal makes us move other files. */
function isPut(found: unknown): found is Put {
  const { path, staged, sha256: digest } = (found ?? {}) as Record<string, unknown>;
  return [path, staged, digest].every((text) => typeof text === 'string') && /^[\w-]+\/\d+$/.test(String(staged));
}
