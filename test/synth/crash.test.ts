import { spawn, spawnSync } from 'node:child_process';
import { chmodSync, cpSync, mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { buildSync } from 'esbuild';
import { recover } from '../../lib/synth/dist';
import { leftovers, newRoot, read, removeRoot, synth, version } from './registry';

const folder = mkdtempSync(join(tmpdir(), 'tenantry-child-'));
const child = join(folder, 'child.js');
const roots: string[] = [];

beforeAll(() => {
  // Bundled once: a child starts in 50 ms then.
  buildSync({ entryPoints: [join(__dirname, 'crash-child.ts')], bundle: true, platform: 'node', outfile: child });
});
afterAll(() => [folder, ...roots].forEach(removeRoot));

function root(tree = version(0)): string {
  const made = newRoot(tree);
  roots.push(made);
  return made;
}

function copyOf(from: string): string {
  const copy = root({});
  cpSync(from, copy, { recursive: true, verbatimSymlinks: true });
  return copy;
}

/** A registry whose commit of version 1 was killed before its nth step; whether it was. */
function killedAt(step: number): { at: string; killed: boolean } {
  const at = root();
  const { signal, status, stderr } = spawnSync(process.execPath, [child, 'step', at, String(step)], {
    encoding: 'utf8',
  });
  if (signal === null && status !== 0) throw new Error(stderr);
  return { at, killed: signal === 'SIGKILL' };
}

/** The steps of that commit, in order. */
function stepsOf(act: (onStep: (step: string) => void) => void): string[] {
  const steps: string[] = [];
  act((step) => steps.push(step));
  return steps;
}

const steps = stepsOf((onStep) => synth(root(), version(1), onStep));

test('killed before any step of a commit, dist/ is old or new after recovery', () => {
  expect(steps.slice(0, 2)).toEqual(['draft', 'commit']);
  expect(steps).toEqual(
    expect.arrayContaining(['remove argocd/eu-1/swap', 'put argocd/eu-1/swap/inner/x.yaml', 'forget', 'sweep']),
  );
  steps.forEach((name, step) => {
    const { at, killed } = killedAt(step);
    expect(killed).toBe(true);
    const old = step <= steps.indexOf('commit');
    const late = name === 'sweep';
    expect([name, recover(at)]).toEqual([name, old || late ? 'undone' : 'finished']);
    expect(read(at)).toEqual(version(old ? 0 : 1));
    expect(leftovers(at)).toEqual([]);
    expect(recover(at)).toBe('clean');
  });
}, 60_000);

test('killed after the last step, everything is new and nothing is left', () => {
  const { at, killed } = killedAt(steps.length);
  expect(killed).toBe(false);
  expect(recover(at)).toBe('clean');
  expect(read(at)).toEqual(version(1));
});

test('recovery that is itself cut off at any step is finished by the next one', () => {
  for (const step of [2, Math.floor(steps.length / 2), steps.length - 2]) {
    const killed = killedAt(step).at;
    const repairs = stepsOf((onStep) => recover(copyOf(killed), onStep));
    for (const cut of repairs.keys()) {
      const at = copyOf(killed);
      let left = cut;
      const stop = (): void => {
        if (left-- === 0) throw new Error('cut off');
      };
      expect(() => recover(at, stop)).toThrow('cut off');
      recover(at);
      expect(read(at)).toEqual(version(1));
      expect(leftovers(at)).toEqual([]);
    }
  }
}, 60_000);

test('killed at random again and again, dist/ is always the last version told or the one after it', async () => {
  const at = root();
  let last = 0;
  const found = new Set<string>();
  for (let round = 0; round < Number(process.env.TENANTRY_KILLS ?? 12); round++) {
    last = Math.max(last, await killedAfter(at, last + 1, Math.random() * 60));
    found.add(recover(at));
    const now = Number(read(at)['index/version']);
    expect([last, last + 1]).toContain(now);
    expect(read(at)).toEqual(version(now));
    last = now;
  }
  if (process.env.TENANTRY_KILLS) console.log(last, [...found]);
}, 120_000);

/** The last version that a child told before it was killed. */
function killedAfter(at: string, from: number, delay: number): Promise<number> {
  return new Promise((resolve, reject) => {
    const running = spawn(process.execPath, [child, 'loop', at, String(from)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    let told = '';
    running.stdout.on('data', (data) => {
      if (told === '') setTimeout(() => running.kill('SIGKILL'), delay);
      told += data;
    });
    running.on('close', (code) => {
      const versions = told.split('\n').slice(1, -1).map(Number);
      if (code === null) resolve(versions.at(-1) ?? from - 1);
      else reject(new Error(`the child ended by itself: ${code}`));
    });
  });
}

test.each(['dist', 'dist/kubernetes/eu-1'])('without write access to %s nothing is changed', (locked) => {
  const at = root();
  for (const folder of ['', 'dist', 'dist/kubernetes', 'dist/kubernetes/eu-1']) chmodSync(join(at, folder), 0o777);
  chmodSync(join(at, locked), 0o555);
  const { stderr } = spawnSync(process.execPath, [child, 'nobody', at, '999'], { encoding: 'utf8' });
  expect(stderr).toMatch(/no permission to write there.*\[E_DIST_UNWRITABLE\]/);
  expect(read(at)).toEqual(version(0));
  expect(recover(at)).toBe('clean');
});

test('of many commands at once only one at a time holds dist/', async () => {
  const at = root();
  const told = await Promise.all(
    [1, 2, 3, 4].map(
      () =>
        new Promise<string>((resolve) => {
          const running = spawn(process.execPath, [child, 'race', at, '400'], { stdio: ['ignore', 'pipe', 'inherit'] });
          let text = '';
          running.stdout.on('data', (data) => {
            text += data;
          });
          running.on('close', () => resolve(text));
        }),
    ),
  );
  expect(told.join('')).not.toContain('overlap');
  expect(told.every((text) => /^taken [1-9]\d*\n$/.test(text))).toBe(true);
}, 30_000);
