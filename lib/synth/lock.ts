import { readdirSync, readFileSync, readlinkSync, rmSync, symlinkSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { DistError, errno } from './dist-error';

/** Who holds a lock. `started` tells a process from a later one with the same id; empty where /proc is missing. */
interface Owner {
  readonly pid: number;
  readonly started: string;
  readonly host: string;
}

interface Ticket {
  readonly number: number;
  /** Nobody, when the last holder gave it back. */
  readonly owner: Owner | undefined;
}

const TICKET = /^lock-(\d+)$/;

/**
 * Takes the lock of a working folder, or throws `E_DIST_BUSY`. Returns what gives it back.
 *
 * Locks are numbered and the highest one is never removed, only followed by the next: whoever judged a dead holder's
 * lock stale and was slow about it finds its number taken, or itself outnumbered. Each is a symbolic link whose
 * target is the owner's description: made in one step, never seen half-written, exclusive, and room on a full disk.
 */
export function takeLock(home: string): () => void {
  for (;;) {
    const last = highest(home);
    assertFree(home, last);
    const mine = last.number + 1;
    if (!make(home, mine, { pid: process.pid, started: startOf(process.pid), host: hostname() })) continue;
    if (highest(home).number !== mine) {
      remove(home, mine);
      continue;
    }
    for (const number of numbers(home)) if (number < mine) remove(home, number);
    return () => {
      try {
        make(home, mine + 1, undefined);
      } finally {
        remove(home, mine);
      }
    };
  }
}

/** Throws `E_DIST_BUSY` while some process holds the lock. */
export function assertUnlocked(home: string): void {
  assertFree(home, highest(home));
}

function assertFree(home: string, { number, owner }: Ticket): void {
  if (owner === undefined || !isAlive(owner)) return;
  const who = owner.host === hostname() ? `process ${owner.pid}` : `process ${owner.pid} on ${owner.host}`;
  const what = `dist/ is being written by another command (${who}) - wait for it to end`;
  const where = join(home, `lock-${number}`);
  throw new DistError('E_DIST_BUSY', `${what}; if you are sure that it is gone, remove ${where}`);
}

function numbers(home: string): number[] {
  return readdirSync(home)
    .flatMap((name) => TICKET.exec(name)?.[1] ?? [])
    .map(Number);
}

function highest(home: string): Ticket {
  for (;;) {
    const number = Math.max(0, ...numbers(home));
    if (number === 0) return { number, owner: undefined };
    try {
      return { number, owner: parse(readlinkSync(join(home, `lock-${number}`))) };
    } catch (error) {
      // ENOENT: followed by the next one since we looked.
      if (errno(error) !== 'ENOENT') throw error;
    }
  }
}

function parse(text: string): Owner | undefined {
  // Anything else is nobody's: what was given back, or a copy of that, since copying may make the link's target absolute.
  const [, pid, host = '', started = ''] = /^(\d+):([^:]*):(.*)$/s.exec(text) ?? [];
  return pid === undefined ? undefined : { pid: Number(pid), host, started };
}

function make(home: string, number: number, owner: Owner | undefined): boolean {
  try {
    symlinkSync(owner ? `${owner.pid}:${owner.host}:${owner.started}` : 'free', join(home, `lock-${number}`));
    return true;
  } catch (error) {
    if (errno(error) === 'EEXIST') return false;
    throw error;
  }
}

function remove(home: string, number: number): void {
  rmSync(join(home, `lock-${number}`), { force: true });
}

/** A process of another machine or container cannot be judged from here, and counts as alive. */
function isAlive({ pid, started, host }: Owner): boolean {
  if (host !== hostname()) return true;
  try {
    process.kill(pid, 0);
  } catch (error) {
    return errno(error) === 'EPERM';
  }
  const now = startOf(pid);
  return now !== 'dead' && (now === '' || started === '' || now === started);
}

/** Boot and clock tick at which a process began; `dead` for one that only waits to be reaped. */
function startOf(pid: number): string {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name in brackets may hold anything; the fields count from behind it.
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    if (fields[0] === 'Z' || fields[0] === 'X') return 'dead';
    return `${readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()}/${fields[19]}`;
  } catch {
    return '';
  }
}
