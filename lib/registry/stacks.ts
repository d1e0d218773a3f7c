import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Problem, show } from '../model/errors';
import type { JsonObject } from '../model/json';
import { type GitTree, objectName } from './git-tree';
import type { IndexEntry } from './index-entry';

/** Stacks of Terraform as they lie below `dist/`, which is what will be applied. */

/** In the order in which they are applied. */
export const STACK_KINDS = ['server', 'cluster', 'shared', 'tenant', 'identity'] as const;

export type StackKind = (typeof STACK_KINDS)[number];

export interface Stack {
  readonly stack: string;
  /** Below the root. */
  readonly folder: string;
  /** Of its state: `<environment>/<server>/<tenant>`. */
  readonly key: string;
  /** Server, or cluster, that its state is filed under; stacks of one share a cap. */
  readonly server: string;
  readonly kind: StackKind;
}

export const STACKS = 'dist/terraform/stacks';

/** The file by which a folder is a stack. */
export const MAIN = 'cdk.tf.json';

/** Whether a name in a stack's folder is one that Terraform and those who run it leave there. */
export function isLeftByTerraform(name: string): boolean {
  return /^\.terraform|\.tfplan$|\.tfstate|^(plan|crash)\./.test(name);
}

/** Every stack on disk in the order of application, and what is wrong with some. */
export function stacksOnDisk(root: string): {
  readonly stacks: readonly Stack[];
  readonly problems: readonly Problem[];
} {
  const stacks: Stack[] = [];
  const problems: Problem[] = [];
  for (const name of foldersOf(root)) {
    const folder = `${STACKS}/${name}`;
    const text = textOf(join(root, folder, MAIN));
    if (text === null) continue;
    const key = keyOf(text);
    if (key !== null) stacks.push({ stack: name, folder, key, server: key.split('/')[1] ?? '', kind: kindOf(name) });
    else problems.push(damaged(`${folder}/${MAIN}`));
  }
  const order = ({ stack, kind }: Stack) => `${STACK_KINDS.indexOf(kind)} ${stack}`;
  return { stacks: stacks.sort((a, b) => (order(a) < order(b) ? -1 : 1)), problems };
}

/**
 * Stacks that an index lists and nobody finds on disk. Every platform has some, and what is not there would look like nothing to do.
 * @param entries of the index on disk
 */
export function missingStacks(root: string, stacks: readonly Stack[], entries: readonly IndexEntry[]): Problem[] {
  const below = STACKS.slice('dist/'.length);
  const missing = entries.flatMap(({ id, files }) =>
    Object.keys(files)
      .filter((path) => path.startsWith(`${below}/`) && !existsSync(join(root, 'dist', path)))
      .map((path) =>
        stale(`dist/${path}`, '', `expected a file of ${show(id)}, which dist/index lists; it is not there`),
      ),
  );
  if (missing.length > 0 || stacks.length > 0) return missing;
  return [stale(STACKS, '', 'expected a stack for every server and cluster at least, found none')];
}

/** The tenant that a stack is of; null for what is the platform's. */
export function tenantOfStack(name: string): string | null {
  return name.startsWith('_') ? null : name.replace(/_identity$/, '');
}

/** Those whose files are not what they are in a commit, those that are new to it included. */
export function changedStacks(root: string, stacks: readonly Stack[], { objects }: GitTree): Stack[] {
  const before = byStack(objects);
  return stacks.filter(({ stack, folder }) => {
    const old = before.get(stack) ?? new Map<string, string>();
    const names = readdirSync(join(root, folder)).filter((name) => !isLeftByTerraform(name));
    return (
      names.length !== old.size ||
      names.some((name) => {
        const like = old.get(name);
        return like === undefined || objectName(readFileSync(join(root, folder, name)), like) !== like;
      })
    );
  });
}

/** Stacks of a commit that are on disk no more, with their state's key where the commit tells it. */
export async function orphanedStacks(
  stacks: readonly Stack[],
  tree: GitTree,
): Promise<{ readonly stack: string; readonly key: string | null }[]> {
  const here = new Set(stacks.map(({ stack }) => stack));
  const gone = [...byStack(tree.objects)].filter(([stack, files]) => files.has(MAIN) && !here.has(stack));
  const names = gone.map(([stack]) => stack).sort();
  return Promise.all(names.map(async (stack) => ({ stack, key: keyOf(await tree.text(`${stack}/${MAIN}`)) })));
}

// --- internal ---

function foldersOf(root: string): string[] {
  try {
    return readdirSync(join(root, STACKS), { withFileTypes: true })
      .filter((entry) => entry.isDirectory())
      .map(({ name }) => name);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}

function textOf(path: string): string | null {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    // A folder with a baseline and nothing to apply.
    return null;
  }
}

function byStack(objects: GitTree['objects']): Map<string, Map<string, string>> {
  const stacks = new Map<string, Map<string, string>>();
  for (const [path, object] of objects) {
    const [stack = '', name = '', ...below] = path.split('/');
    if (name === '' || below.length > 0 || isLeftByTerraform(name)) continue;
    const files = stacks.get(stack) ?? new Map<string, string>();
    stacks.set(stack, files.set(name, object));
  }
  return stacks;
}

function kindOf(name: string): StackKind {
  if (name.endsWith('_identity')) return 'identity';
  if (name.startsWith('_server-')) return 'server';
  if (name.startsWith('_cluster-')) return 'cluster';
  return name.startsWith('_') ? 'shared' : 'tenant';
}

/** What each kind of backend calls the key. */
const KEYS: Readonly<Record<string, (settings: JsonObject) => unknown>> = {
  s3: ({ key }) => key,
  azurerm: ({ key }) => key,
  gcs: ({ prefix }) => prefix,
  http: ({ address }) => address,
  local: ({ path }) => path,
  // A schema has no slashes, and neither environments nor servers have dots.
  pg: ({ schema_name: name }) => (typeof name === 'string' ? name.replace('.', '/').replace('.', '/') : null),
};

/** The key of a stack's state, which are the last three parts of wherever its backend keeps it. */
function keyOf(text: string): string | null {
  try {
    const { terraform } = JSON.parse(text) as { readonly terraform: { readonly backend: Record<string, JsonObject> } };
    const [[kind, settings] = []] = Object.entries(terraform.backend);
    const place = kind === undefined || settings === undefined ? null : KEYS[kind]?.(settings);
    return /[^/]+\/[^/]+\/[^/]+$/.exec(String(place ?? '').replace(/\.tfstate$/, ''))?.[0] ?? null;
  } catch {
    return null;
  }
}

function damaged(file: string): Problem {
  const found = `expected a stack with a backend and a key such as ${show('production/pg-1/acme')}`;
  return stale(file, 'terraform.backend', found);
}

function stale(file: string, path: string, found: string): Problem {
  return { code: 'E_DIST_STALE', file, path, found, fix: 'run npm run synth and commit dist/' };
}
