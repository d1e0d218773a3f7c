import type { Problem } from '../model/errors';
import { readIndexOnDisk } from '../registry/base';
import { treeAt } from '../registry/git-tree';
import type { IndexEntry } from '../registry/index-entry';
import {
  changedStacks,
  missingStacks,
  orphanedStacks,
  STACK_KINDS,
  STACKS,
  type Stack,
  stacksOnDisk,
  tenantOfStack,
} from '../registry/stacks';
import { recover } from '../synth/dist';
import { lanesOf } from './lanes';
import type { Options } from './options';
import { type Output, printJson, printProblems, uniqueProblems } from './print';
import { rightRegistry } from './right-registry';

/** `stacks`: what CI applies, in which order and how much of it at once. Always JSON. */
export async function stacks(options: Options, output: Output): Promise<number> {
  const { root, changedSince } = options;
  recover(root);
  const right = await rightRegistry(options, output);
  if (right === null) return 1;
  const { perServer } = right.platform.terraform;
  const { stacks: all, problems } = stacksOnDisk(root);
  const index = readIndexOnDisk(root);
  const wrong = [...problems, ...index.problems, ...missingStacks(root, all, index.entries)];
  if (wrong.length > 0) return refused(wrong, options, output);
  let wanted: readonly Stack[] = all;
  let orphans: Orphan[] = [];
  if (changedSince !== undefined) {
    const tree = await treeAt(root, changedSince, STACKS, '--changed-since');
    if ('code' in tree) return refused([tree], options, output);
    wanted = changedStacks(root, all, tree);
    orphans = withStates(index.entries, await orphanedStacks(all, tree));
  }
  const batches = STACK_KINDS.map((kind) => {
    const include = lanesOf(
      wanted.filter((stack) => stack.kind === kind),
      perServer,
    );
    return { kind, 'max-parallel': Math.max(1, include.length), include };
  });
  printJson(output, { ok: true, changedSince: changedSince ?? null, perServer, stacks: wanted, batches, orphans });
  return 0;
}

// --- internal ---

/** A stack that was there and is no more. Nothing destroys it: what it made stays until somebody does. */
interface Orphan {
  readonly stack: string;
  readonly key: string | null;
  /** Of its tenant; null where there is none. */
  readonly state: string | null;
}

function withStates(entries: readonly IndexEntry[], gone: readonly Omit<Orphan, 'state'>[]): Orphan[] {
  const states = new Map(entries.map(({ id, state }) => [id, state]));
  return gone.map((orphan) => ({ ...orphan, state: states.get(tenantOfStack(orphan.stack) ?? '') ?? null }));
}

function refused(problems: readonly Problem[], { json }: Options, output: Output): number {
  if (json) printJson(output, { ok: false, problems: uniqueProblems(problems) });
  else printProblems(output, problems, 'nothing was written');
  return 1;
}
