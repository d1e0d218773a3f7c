import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/**
 * Custom resources against the schemas that their projects publish. Those come as ES modules, which jest cannot load, so
 * that another process reads them.
 * @returns what is wrong with each object, in their order; null where nothing is
 */
export function publishedProblems(objects: readonly object[]): (string | null)[] {
  const script = join(__dirname, 'check-published.mjs');
  const out = execFileSync(process.execPath, [script], { input: JSON.stringify(objects), encoding: 'utf8' });
  return JSON.parse(out) as (string | null)[];
}
