import type { Problem } from '../model/errors';
import { lossesSince, type Registry, readIndexAt, readRegistry } from '../registry';
import { recover } from '../synth/dist';
import { libraryModules } from './modules';
import type { Options } from './options';
import { count, type Output, printJson, printProblems, uniqueProblems } from './print';

/** `check`: every rule over the whole registry, and against a git ref that nothing was lost. Writes nothing. */
export async function check({ root, base, json }: Options, output: Output): Promise<number> {
  recover(root);
  const registry = await readRegistry(root, libraryModules());
  const problems = base === undefined ? registry.problems : await since(registry, root, base);
  const unique = uniqueProblems(problems);
  if (json) printJson(output, { ok: unique.length === 0, tenants: registry.tenants.length, problems: unique });
  else if (unique.length > 0) printProblems(output, unique, 'nothing was written');
  else
    output.out(
      `${count(registry.tenants.length, 'tenant')}: no problem${base === undefined ? '' : `, nothing lost since ${base}`}`,
    );
  return unique.length === 0 ? 0 : 1;
}

// --- internal ---

/** What is wrong, and what would be lost since a commit. A loss against both the commit and the disk is told once, as since the commit. */
async function since(registry: Registry, root: string, base: string): Promise<Problem[]> {
  const before = await readIndexAt(root, base);
  const losses = lossesSince(before, registry, base);
  const told = new Set(losses.map(({ key }) => key));
  const twice = new Set(registry.losses.filter(({ key }) => told.has(key)).map(({ problem }) => problem));
  const rest = registry.problems.filter((problem) => !twice.has(problem));
  return [...rest, ...before.problems, ...losses.map(({ problem }) => problem)];
}
