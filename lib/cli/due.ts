import { escapeInvisible } from '../model/errors';
import { type DueItem, dueItems } from '../registry/due';
import type { Options } from './options';
import { count, type Output, printJson } from './print';
import { rightRegistry } from './right-registry';

/** Exit code where something is due, so that a schedule can tell it from a registry that is wrong. */
export const SOMETHING_IS_DUE = 3;

/** `due`: what time has made due. The day is given, and this is the only place where one enters. */
export async function due(options: Options, output: Output): Promise<number> {
  const right = await rightRegistry(options, output);
  if (right === null) return 1;
  const asOf = options.day ?? '';
  const { items, undated } = dueItems(right.registry, right.platform, asOf);
  const { maxAgeDays } = right.platform.credentials;
  if (options.json) printJson(output, { ok: items.length === 0, asOf, maxAgeDays, due: items, undated });
  else {
    for (const item of items) output.out(escapeInvisible(lineOf(item, asOf, maxAgeDays)));
    if (undated.length > 0) {
      const note = `${count(undated.length, 'login')} of shared services without a date - write on: when each was made, in tenants/platform.ts`;
      output.err(escapeInvisible(`${note}: ${undated.join(', ')}`));
    }
    output.out(items.length === 0 ? `nothing is due on ${asOf}` : `${count(items.length, 'thing')} due on ${asOf}`);
  }
  return items.length === 0 ? 0 : SOMETHING_IS_DUE;
}

// --- internal ---

function lineOf(item: DueItem, asOf: string, maxAgeDays: number): string {
  const { file, path, on, since, days } = item;
  if (on !== null && on > asOf) {
    return `${file}: ${path}: the password is said to be of ${on}, which is yet to come, so that its age is not known - ${whatToDo(item, asOf)}`;
  }
  const what = item.kind === 'override' ? 'overrides have ended' : `the password is older than ${maxAgeDays} days`;
  return `${file}: ${path}: ${what}, due since ${since} (${count(days, 'day')}) - ${whatToDo(item, asOf)}`;
}

function whatToDo({ kind, tenant, credential, login, rotates }: DueItem, asOf: string): string {
  if (kind === 'override') return 'remove the overrides, or write a later end with its reason';
  if (tenant === null) return 'raise its version by hand, the one that is not active first, and write the day';
  const rotate = `npx tenantry rotate ${tenant} --credential ${credential} --on ${asOf}`;
  if (rotates) return rotate;
  if (login === 'value')
    return `${rotate}; it has one value only, so that what holds the old one fails until it restarts`;
  return `suspend the tenant, merge and apply that, then ${rotate}; it has one login only`;
}
