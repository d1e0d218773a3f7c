import { lossProblems, readIndexAt, readRegistry } from '../registry';
import { recover } from '../synth/dist';
import { libraryModules } from './modules';
import type { Options } from './options';
import { count, type Output, printJson, printProblems, uniqueProblems } from './print';

/** `check`: every rule over the whole registry, and against a git ref that nothing was lost. Writes nothing. */
export async function check({ root, base, json }: Options, output: Output): Promise<number> {
  recover(root);
  const registry = await readRegistry(root, libraryModules());
  const problems = [...registry.problems];
  if (base !== undefined) {
    const { entries, problems: found } = await readIndexAt(root, base);
    problems.push(...found);
    // Tenants that could not be resolved are not lost; their own problems are listed already.
    problems.push(...lossProblems(entries, registry.tenants, base, registry.ids));
  }
  const unique = uniqueProblems(problems);
  if (json) printJson(output, { ok: unique.length === 0, tenants: registry.tenants.length, problems: unique });
  else if (unique.length > 0) printProblems(output, unique, 'nothing was written');
  else
    output.out(
      `${count(registry.tenants.length, 'tenant')}: no problem${base === undefined ? '' : `, nothing lost since ${base}`}`,
    );
  return unique.length === 0 ? 0 : 1;
}
