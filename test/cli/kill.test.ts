import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setImmediate } from 'node:timers/promises';
import { environment, PROGRAM } from './process';
import { command, newRegistry, REPOSITORY, succeed, tenantFile, tree, write } from './support';

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

/** Runs the program, and kills it some milliseconds after a file of its own appears; what it ended with, or null. */
async function killed(root: string, file: 'staging' | 'journal.json', delay: number): Promise<number | null> {
  const child = spawn(process.execPath, [...PROGRAM, 'synth', '--root', root], { env: environment(), stdio: 'ignore' });
  const ended = once(child, 'close') as Promise<[number | null]>;
  while (child.exitCode === null && !existsSync(join(root, '.tenantry', file))) await setImmediate();
  const began = performance.now();
  while (child.exitCode === null && performance.now() - began < delay) await setImmediate();
  child.kill('SIGKILL');
  return (await ended)[0];
}

test('killed at any time, the program leaves output that the next command makes wholly old or wholly new', async () => {
  // So many do not fit on the example's server.
  const platform = readFileSync(join(REPOSITORY, 'tenants/platform.ts'), 'utf8').replace(
    /maxConnections: \d+/,
    'maxConnections: 5000',
  );
  const root = newRegistry({ ...version(0), 'tenants/platform.ts': platform });
  await succeed(root, 'synth');
  let old = tree(join(root, 'dist'));
  const seen: string[] = [];
  for (let n = 1; n <= KILLS; n++) {
    write(root, version(n));
    // While it renders, which takes longest; and while it changes dist/, which takes a few milliseconds.
    const at = Math.random();
    const code = await (n % 3 === 1 ? killed(root, 'staging', at * 300) : killed(root, 'journal.json', at * 15));
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
