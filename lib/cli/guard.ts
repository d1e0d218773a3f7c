import { readFileSync } from 'node:fs';
import { escapeInvisible, type Problem, show } from '../model/errors';
import { readIndexOnDisk } from '../registry/base';
import { tenantOfStack } from '../registry/stacks';
import { reason } from '../synth/dist-error';
import type { Options } from './options';
import { judge, type Verdict } from './plan-guard';
import { count, type Output, printJson, printProblems } from './print';

/** `guard`: between a plan and its apply. Data goes with a purged tenant and in no other way. */
export async function guard({ root, ids, json }: Options, output: Output): Promise<number> {
  const [stack = '', file = ''] = ids;
  const { deletes, leaks, unreadable, checks } = judgedFile(file);
  const isPurged = deletes.length > 0 && unreadable === null && stateOf(root, stack) === 'purged';
  const problems: Problem[] = [];
  if (unreadable !== null) {
    const fix = 'write terraform show -json of the saved plan into the file';
    problems.push({ code: 'E_PLAN_UNREADABLE', file, path: '', found: unreadable, fix });
  } else if (!isPurged) {
    for (const { address, type, isReplaced } of deletes) {
      const found = `the plan would ${isReplaced ? 'replace' : 'delete'} this ${type}, and ${reasonOf(root, stack)}`;
      problems.push({ code: 'E_PLAN_DELETE', file, path: address, found, fix: FIX });
    }
  }
  for (const address of leaks) {
    const found = 'the plan would import this Secret, and with it what it holds into the state';
    const fix = 'delete the Secret instead; the apply makes it again with the same value';
    problems.push({ code: 'E_PLAN_SECRET', file, path: address, found, fix });
  }
  const warnings = checks.map(
    ({ address, status }) => `${address}: ${status === 'fail' ? 'does not hold' : 'could not be made'}`,
  );
  const ok = problems.length === 0;
  if (json) printJson(output, { ok, stack, problems, warnings });
  else {
    for (const warning of warnings) output.err(escapeInvisible(`warning: ${warning}`));
    if (!ok) printProblems(output, problems, 'do not apply it');
    else output.out(escapeInvisible(summary(stack, deletes.length)));
  }
  return ok ? 0 : 1;
}

// --- internal ---

const FIX =
  'put back what was changed; to let it go, purge the tenant; to keep the object and forget it, terraform state rm its address';

function summary(stack: string, deletes: number): string {
  if (deletes === 0) return `${stack}: nothing that holds data is deleted`;
  return `${stack}: ${count(deletes, 'object')} deleted, and its tenant is purged`;
}

function judgedFile(file: string): Verdict {
  try {
    return judge(readFileSync(file, 'utf8'));
  } catch (error) {
    return { deletes: [], leaks: [], unreadable: reason(error), checks: [] };
  }
}

/** The tenant's, as the committed index has it. */
function stateOf(root: string, stack: string): string | null {
  const tenant = tenantOfStack(stack);
  return readIndexOnDisk(root).entries.find(({ id }) => id === tenant)?.state ?? null;
}

function reasonOf(root: string, stack: string): string {
  if (tenantOfStack(stack) === null) return 'what is shared is never purged';
  const state = stateOf(root, stack);
  return state === null ? `there is no tenant ${show(tenantOfStack(stack))}` : `its tenant is ${state}`;
}
