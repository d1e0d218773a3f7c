import { LOGIN_USES, type LoginUse, type ResolvedCredential } from '../model/credentials';
import { show } from '../model/errors';
import { formatPath } from '../model/explain';
import type { IndexCredential } from './index-entry';
import { type Loss, loss } from './loss-claims';

/** What a change of logins would cut off: pods keep the password that they started with until they are told of another. */

export interface CredentialPlace {
  readonly file: string;
  /** In the file, of credentials by the name of the backing service. */
  readonly path: string;
  /** What the index comes from, as in `dist/index of "main"`. */
  readonly where: string;
  /** What to add to "there is no second login". */
  readonly alone: string;
  /** Whether there are no pods, before and after: nothing can be cut off then. */
  readonly isIdle: boolean;
}

/** @param before by the name of the backing service, as an index has them; nothing in those of earlier versions */
export function credentialLosses(
  before: Readonly<Record<string, IndexCredential>> | undefined,
  after: Readonly<Record<string, ResolvedCredential>>,
  place: CredentialPlace,
): Loss[] {
  return Object.entries(before ?? {}).flatMap(([name, old]) => {
    const now = Object.hasOwn(after, name) ? after[name] : undefined;
    if (now === undefined) return [];
    const change: Change = { ...place, name, before: old, after: now };
    const always = LOGIN_USES.flatMap((use) => [...backwards(change, use), ...redated(change, use)]);
    return place.isIdle ? always : [...always, ...cutOff(change), ...tooSoon(change)];
  });
}

// --- internal ---

interface Change extends CredentialPlace {
  readonly name: string;
  readonly before: IndexCredential;
  readonly after: ResolvedCredential;
}

function backwards(change: Change, use: LoginUse): Loss[] {
  const [old, now] = versions(change, use);
  if (old === undefined || now === undefined || now >= old) return [];
  const found = `the version of ${login(change, use)} goes back from ${old} to ${now}`;
  return [problem(change, `${use}.version`, found, `write version: ${old}, or a later one; versions only count up`)];
}

/** A password that is said to be younger, or of the future, would not be due when it is. */
function redated(change: Change, use: LoginUse): Loss[] {
  const old = change.before.logins[use];
  const now = change.after.logins[use];
  if (old === undefined || now === undefined || old.on === null) return [];
  if (now.version !== old.version || now.on === old.on) return [];
  const day = now.on === '' ? 'have no day' : `be of ${show(now.on)}`;
  const found = `the password of ${login(change, use)} would ${day} instead of ${show(old.on)}, and is the same (version ${old.version})`;
  const fix = `write on: ${show(old.on)}; the day changes with the version only, when a password is made anew`;
  return [problem(change, `${use}.on`, found, fix)];
}

/** The login that pods use gets another password, which they do not know. */
function cutOff(change: Change): Loss[] {
  const { active } = change.before;
  const [old, now] = versions(change, active);
  // What has one value only and no login on a server has no other way to change.
  if (active === 'value' || old === undefined || now === undefined || now <= old) return [];
  const found = `${login(change, active)} is the one that pods use, and would get another password (version ${old} to ${now})`;
  const other = active === 'a' ? 'b' : 'a';
  const [resting] = versions(change, other);
  const fix =
    resting === undefined
      ? `write version: ${old}; there is no second login${change.alone}`
      : `write version: ${old}; first raise ${other}, merge, apply; then write active: ${show(other)}, merge; then raise ${active}`;
  return [problem(change, `${active}.version`, found, fix)];
}

/** Pods would go over to a login whose password may not be there yet when they start. */
function tooSoon(change: Change): Loss[] {
  const { before, after } = change;
  const { active } = after;
  const [old, now] = versions(change, active);
  // What is no login, and becomes one, is another backing service altogether.
  if (active === before.active || before.active === 'value' || now === undefined || old === now) return [];
  const from = old === undefined ? `is new, with version ${now}` : `goes from version ${old} to ${now}`;
  const found = `pods would go over to ${login(change, active)}, which ${from} in the same step`;
  const fix = `write active: ${show(before.active)}; first raise ${active}, merge, apply; then write active: ${show(active)}; then raise ${before.active}`;
  return [problem(change, 'active', found, fix)];
}

function versions({ before, after }: Change, use: LoginUse): [old: number | undefined, now: number | undefined] {
  return [before.logins[use]?.version, after.logins[use]?.version];
}

function login({ name, where }: Change, use: LoginUse): string {
  return `login ${show(use)} of ${show(name)} (${where})`;
}

function problem({ name, file, path }: Change, field: string, found: string, fix: string): Loss {
  return loss('', { code: 'E_CREDENTIAL', file, path: `${formatPath(path, [name])}.${field}`, found, fix });
}
