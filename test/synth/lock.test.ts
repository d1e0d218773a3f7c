import { spawnSync } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, symlinkSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { assertUnlocked, takeLock } from '../../lib/synth/lock';
import { removeRoot } from './registry';

let home: string;
const busy = expect.objectContaining({ code: 'E_DIST_BUSY' });

beforeEach(() => {
  home = mkdtempSync(join(tmpdir(), 'tenantry-lock-'));
});
afterEach(() => removeRoot(home));

/** Leaves a lock as another process would. */
function left(owner: string): void {
  symlinkSync(owner, join(home, 'lock-7'));
}

/** A process that has ended. */
function deadPid(): number {
  return spawnSync(process.execPath, ['--version']).pid;
}

test('the second is refused while the first holds the lock, and told which process that is', () => {
  const unlock = takeLock(home);
  expect(() => takeLock(home)).toThrow(busy);
  expect(() => takeLock(home)).toThrow(`process ${process.pid}`);
  expect(() => assertUnlocked(home)).toThrow(busy);
  unlock();
  expect(() => assertUnlocked(home)).not.toThrow();
  takeLock(home)();
});

test('the lock of a process that has ended is taken over', () => {
  left(`${deadPid()}:${hostname()}:`);
  const unlock = takeLock(home);
  expect(readdirSync(home)).toEqual(['lock-8']);
  unlock();
  expect(readdirSync(home)).toEqual(['lock-9']);
});

const onLinux = existsSync('/proc/self/stat') ? test : test.skip;

onLinux('a process that has a dead holder’s id but began at another time does not hold its lock', () => {
  left(`${process.pid}:${hostname()}:another-boot/1`);
  takeLock(home)();
});

test('where it cannot be told when a process began, its being alive is enough', () => {
  left(`${process.pid}:${hostname()}:`);
  expect(() => takeLock(home)).toThrow(busy);
});

test('a process of another machine counts as alive, and the message says what to remove', () => {
  left(`${deadPid()}:elsewhere:`);
  expect(() => takeLock(home)).toThrow(
    `on elsewhere) - wait for it to end; if you are sure that it is gone, remove ${join(home, 'lock-7')}`,
  );
});

test('a slow taker that finds its number taken again gives way to the higher one', () => {
  const unlock = takeLock(home);
  // As if it had looked before lock-1 was followed: lock-0 is free to make, but outnumbered.
  symlinkSync(`${deadPid()}:${hostname()}:`, join(home, 'lock-0'));
  expect(() => takeLock(home)).toThrow(busy);
  unlock();
});
