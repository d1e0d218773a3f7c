import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import type { OnStep } from '../../lib/synth/change';
import { openDist, staleFiles } from '../../lib/synth/dist';
import type { DistCode } from '../../lib/synth/dist-error';
import { listFiles } from '../../lib/synth/places';
import { Stager } from '../../lib/synth/stager';

/** Paths below `dist/` and their texts. */
export type Tree = Readonly<Record<string, string>>;

/** What the synthesis of these tests owns; `notes/` is someone else's. */
export const OWNED = ['kubernetes', 'argocd', 'index'];

/** A root folder for one test. */
export function newRoot(tree: Tree = {}): string {
  const root = mkdtempSync(join(tmpdir(), 'tenantry-'));
  write(root, tree);
  return root;
}

/** Writes files by hand, past the writer. */
export function write(root: string, tree: Tree): void {
  for (const [path, text] of Object.entries(tree)) {
    const file = join(root, 'dist', path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
  }
}

/** All of `dist/`. */
export function read(root: string): Tree {
  const dist = join(root, 'dist');
  return Object.fromEntries(listFiles(dist).map((path) => [path, readFileSync(join(dist, path), 'utf8')]));
}

/** What the writer keeps for itself besides its lock. */
export function leftovers(root: string): string[] {
  return readdirSync(join(root, '.tenantry')).filter((name) => !/^lock-|^\.gitignore$/.test(name));
}

/** A whole synthesis, as the command does it; returns the paths written and removed. */
export function synth(root: string, tree: Tree, onStep?: OnStep, whole = false): { put: string[]; removed: string[] } {
  const dist = openDist(root, { whole, onStep });
  try {
    const stager = new Stager(root);
    const puts = Object.entries(tree).flatMap(([path, text]) => stager.stage(path, text) ?? []);
    const removals = staleFiles(root, Object.keys(tree), OWNED);
    dist.commit({ puts, removals });
    return { put: puts.map((put) => put.path), removed: removals };
  } finally {
    dist.close();
  }
}

/**
 * A registry's output at some version: tenants come and go, a file becomes a folder and back, some files never
 * change.
 */
export function version(number: number, tenants = 4): Tree {
  const tree: Record<string, string> = {};
  for (let tenant = 0; tenant < tenants; tenant++) {
    if ((tenant + number) % 4 === 0) continue;
    tree[`kubernetes/eu-1/t${tenant}/manifest.yaml`] =
      `tenant: ${tenant}\nversion: ${number}\n${'x'.repeat(tenant * 997)}\n`;
    tree[`index/t${tenant}.json`] = `{"tenant":${tenant}}\n`;
  }
  tree[number % 2 === 0 ? 'argocd/eu-1/swap' : 'argocd/eu-1/swap/inner/x.yaml'] = `swap: ${number}\n`;
  tree['index/version'] = `${number}\n`;
  return tree;
}

/** Removes the root folders of a test. */
export function removeRoot(root: string): void {
  rmSync(root, { recursive: true, force: true });
}

/** What a refusal with this code looks like. */
export function code(wanted: DistCode): Error {
  return expect.objectContaining({ code: wanted });
}

/** Fails before the first step whose name begins like this, as the system would. */
export function failAt(prefix: string, errno = 'ENOSPC'): OnStep {
  return (step) => {
    if (step.startsWith(prefix)) throw Object.assign(new Error(`${errno}: made up`), { code: errno });
  };
}
