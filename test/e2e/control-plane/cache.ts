import { execFile } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync } from 'node:fs';
import { mkdir, mkdtemp, rename, rm } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';

const exec = promisify(execFile);

/** What takes minutes to build or to download is kept here between runs. */
export function cacheFolder(): string {
  return process.env.TENANTRY_CACHE ?? join(homedir(), '.cache', 'tenantry');
}

/**
 * The folder that `fill` filled for exactly these inputs, now or in an earlier run. It appears by one rename, so that
 * neither an interrupted run nor one at the same time leaves half a folder behind.
 */
export async function cached(
  name: string,
  inputs: readonly string[],
  fill: (folder: string) => Promise<void>,
): Promise<string> {
  const digest = createHash('sha256').update(JSON.stringify(inputs)).digest('hex').slice(0, 12);
  const folder = join(cacheFolder(), `${name}-${digest}`);
  if (existsSync(folder)) return folder;
  await mkdir(cacheFolder(), { recursive: true });
  const draft = await mkdtemp(join(cacheFolder(), `.${name}-`));
  try {
    await fill(draft);
    await rename(draft, folder).catch((error: unknown) => {
      if (!existsSync(folder)) throw error;
    });
  } finally {
    await rm(draft, { recursive: true, force: true });
  }
  return folder;
}

/** Says on the terminal why nothing seems to happen; jest keeps console output until a file is through. */
export function say(text: string): void {
  process.stderr.write(`e2e: ${text}\n`);
}

/** Runs the go command and returns what it printed. */
export async function go(args: readonly string[], cwd: string, env: Readonly<Record<string, string>> = {}) {
  const options = { cwd, env: { ...process.env, ...env }, maxBuffer: 1 << 26 };
  return (await exec('go', args, options)).stdout;
}

/** Refuses early, with what to install, instead of failing somewhere inside a build. */
export async function requireGo(): Promise<void> {
  const version = await go(['env', 'GOVERSION'], __dirname).catch(() => 'no go command');
  const [, major, minor] = /^go(\d+)\.(\d+)/.exec(version) ?? [];
  if (Number(major) > 1 || Number(minor) >= 26) return;
  throw new Error(`the end-to-end suite builds from Go modules: install Go 1.26 or newer (found ${version.trim()})`);
}
