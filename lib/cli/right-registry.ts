import type { PlatformModel } from '../model/parse-platform';
import { type Registry, readRegistry } from '../registry';
import { libraryModules } from './modules';
import type { Options } from './options';
import { type Output, printJson, printProblems, uniqueProblems } from './print';

/** A registry without a problem, and its platform. */
export interface RightRegistry {
  readonly registry: Registry;
  readonly platform: PlatformModel;
}

/** Reads it for a command that makes nothing of a wrong one; prints what is wrong and returns null. */
export async function rightRegistry({ root, json }: Options, output: Output): Promise<RightRegistry | null> {
  const registry = await readRegistry(root, libraryModules());
  const { platform, problems } = registry;
  if (platform !== null && problems.length === 0) return { registry, platform };
  if (json) printJson(output, { ok: false, problems: uniqueProblems(problems) });
  else printProblems(output, problems, 'nothing was written');
  return null;
}
