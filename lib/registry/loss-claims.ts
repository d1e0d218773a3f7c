import { type Problem, show } from '../model/errors';
import type { Claim } from '../model/offer';
import { keyOf, spaceWord } from './claims';

/** What is the same of every loss, whoever held the data. */

export interface Loss {
  /** The same for the same loss from disk and from a commit, whose sentences differ. */
  readonly key: string;
  readonly problem: Problem;
}

/** @param subject what the loss is of, such as a claim */
export function loss(subject: string, problem: Problem): Loss {
  return { key: [problem.code, problem.file, problem.path, subject].join('\u0000'), problem };
}

/** The words for an index in a sentence: `dist` is the one on disk, all else a git ref. */
export function indexOf(source: string): string {
  return source === 'dist' ? 'dist/index' : `dist/index of ${show(source)}`;
}

/** The name that took a lost one's place, where one was lost in its space and one was gained. */
export function onlyOther(claim: Claim, lost: readonly Claim[], gained: readonly Claim[]): Claim | undefined {
  const others = gained.filter(({ space }) => space === claim.space);
  return others.length === 1 && lost.filter(({ space }) => space === claim.space).length === 1 ? others[0] : undefined;
}

/** Why some fields stay as they are: an exchange or queue of RabbitMQ is declared once. */
const SAME: ReadonlyMap<string, string> = new Map([
  ['storageClass', 'it never changes'],
  ['type', 'it never changes, and one of another name may have another'],
  ['durable', 'it never changes, and one of another name may have another'],
]);

/**
 * A volume never shrinks and keeps its class; a database's server keeps its place, its operator and at least its version; an
 * exchange or queue stays what it was declared as.
 */
export function fixedLosses(claim: Claim, now: Claim, place: Pick<Problem, 'file' | 'path'>, where: string): Loss[] {
  return Object.entries(claim.fixed).flatMap(([field, old]): Loss[] => {
    const value = Object.hasOwn(now.fixed, field) ? now.fixed[field] : undefined;
    // A later version may no longer hold a field fixed.
    if (value === undefined || value === old) return [];
    const isSize = typeof old === 'number' && typeof value === 'number';
    if (isSize && value > old) return [];
    const found = `${field} of the ${spaceWord(claim.space)} ${show(claim.name)} is ${show(old)} in ${where}, here ${show(value)}`;
    const atLeast = field === 'version' ? 'an older one reads no newer data' : 'a volume never shrinks';
    const same = SAME.get(field) ?? 'data does not come along by itself';
    const fix = isSize ? `write at least ${old}; ${atLeast}` : `write ${show(old)}; ${same}`;
    return [loss(`${keyOf(claim)} ${field}`, { code: 'E_LOSS_SHRINK', ...place, found, fix })];
  });
}
