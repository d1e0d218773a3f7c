import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { environment, PROGRAM } from './process';
import { command, newRegistry, succeed, tenantFile, tree, write } from './support';

/** How often the program is killed; a long run by hand asks for more. */
const KILLS = Number(process.env.TENANTRY_KILLS ?? 6);

const IDS = Array.from({ length: 24 }, (_, i) => `t${String(i).padStart(2, '0')}`);

/** A version of the registry: every tenant is called after it, every third one is on another plan. */
function version(n: number): Record<string, string> {
  const plan = (i: number) => (i % 3 === n % 3 ? `'championship'` : `'free'`);
  return Object.fromEntries(
    IDS.map((id, i) => [`tenants/${id}.ts`, tenantFile(id, { displayName: `'Version ${n}'`, plan: plan(i) })]),
  );
}

/** Runs the program, and kills it some milliseconds after it began to write; what it ended with, and how long it wrote. */
async function run(root: string, killAfter?: number): Promise<{ code: number | null; wrote: number }> {
  const child = spawn(process.execPath, [...PROGRAM, 'synth', '--root', root], { env: environment(), stdio: 'ignore' });
  const ended = once(child, 'close') as Promise<[number | null]>;
  while (child.exitCode === null && !existsSync(join(root, '.tenantry/staging'))) await sleep(1);
  const began = performance.now();
  if (killAfter !== undefined) {
    await sleep(killAfter);
    child.kill('SIGKILL');
  }
  const [code] = await ended;
  return { code, wrote: performance.now() - began };
}

test('killed at any time, the program leaves output that the next command makes wholly old or wholly new', async () => {
  const root = newRegistry(version(0));
  const { wrote } = await run(root);
  let old = tree(join(root, 'dist'));
  const seen: string[] = [];
  for (let n = 1; n <= KILLS; n++) {
    write(root, version(n));
    const { code, wrote: w } = await run(root, Math.random() * wrote * 1.1); console.log(code, w, wrote);
    const isCheck = n % 2 === 0;
    const checked = await command(root, 'synth', ...(isCheck ? ['--check'] : ['--only', 't00']));
    const found = tree(join(root, 'dist'));
    await succeed(root, 'synth');
    const fresh = tree(join(root, 'dist'));
    // `--only` writes one tenant of the new version over the old one; all others must be of one version.
    const others = (files: Map<string, string>) => [...files].filter(([path]) => isCheck || !path.includes('t00'));
    const isNew = JSON.stringify(others(found)) === JSON.stringify(others(fresh));
    const isOld = JSON.stringify(others(found)) === JSON.stringify(others(old));
    expect([n, isNew !== isOld]).toEqual([n, true]);
    expect([n, checked.code]).toEqual([n, isCheck && isOld ? 1 : 0]);
    if (code === 0) expect([n, isNew]).toEqual([n, true]);
    expect(readdirSync(join(root, '.tenantry')).filter((name) => /journal|staging/.test(name))).toEqual([]);
    seen.push(code === 0 ? 'ended' : isNew ? 'new' : 'old');
    old = fresh;
  }
  if (process.env.TENANTRY_KILLS) console.log(seen.sort().join(' '));
}, 600_000);
