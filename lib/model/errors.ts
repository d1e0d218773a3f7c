/**
 * What can be wrong with a registry, as data. A problem says where it is, what was found and what to write instead;
 * commands collect all of them and print them at once.
 */

/** Every code that a problem can have, with the sentence that explains it in the README. Codes are stable. */
export const CODES = {
  E_REGISTRY_EMPTY: 'the registry holds no tenant; an empty registry is always a mistake',
  E_REGISTRY_PLATFORM: 'tenants/platform.ts is missing, or does not export what definePlatform returned',
  E_FILE_LOAD: 'a file could not be read, compiled or imported',
  E_FILE_NO_TENANT: 'a file below tenants/ has no default export made by defineTenant',
  E_FILE_NAME: 'the name of a tenant file differs from its id',
  E_PLATFORM_FIELD: 'a field of the platform is wrong',
  E_PRODUCT_FIELD: 'a field of a product is wrong',
  E_TENANT_FIELD: 'a field of a tenant is wrong',
  E_TENANT_UNKNOWN: 'a tenant names a product, plan, placement, feature or service that does not exist',
  E_TENANT_PLAN: 'a tenant asks for something that its plan does not include',
  E_ID_RESERVED: 'an id is reserved',
  E_ID_DUPLICATE: 'two files describe a tenant of the same id',
  E_CLAIM: 'two tenants claim the same name in a space that they share',
  E_HOST: 'a host collides with, or lies under, one that somebody else owns',
  E_RESIDENCY: 'data would lie outside the jurisdiction that it must stay in',
  E_QUOTA: 'what a tenant may run at its worst does not fit its quota',
  E_BACKUP_SLOT: 'too many backups start in the same minute',
  E_BACKING: 'a backing service cannot be provided as asked',
  E_ROUTING: 'the routing of the cluster cannot do what the plan asks',
  E_LOSS_TENANT: 'a tenant vanished without a tombstone',
  E_LOSS_CLAIM: 'something that holds data vanished or moved',
  E_LOSS_SHRINK: 'a volume would shrink, or another field that Kubernetes never lets change would change',
  E_CREDENTIAL: 'the version of a login goes back, its day changes alone, or a change cuts off the login that pods use',
  E_CONNECTIONS: 'what tenants may open on a server exceeds what it takes',
  E_FILE_EDIT: 'a command cannot edit a file safely; the fix says what to write by hand',
  E_PLAN_DELETE: 'a plan would delete or replace what holds data or lets people in',
  E_PLAN_SECRET: 'a plan would bring a secret into the state',
  E_PLAN_UNREADABLE: 'a plan cannot be read as the JSON that terraform show -json writes',
  E_DIST_PATH: 'two parts of the output want the same file, or something that is not ours is in the way',
  E_DIST_STALE: 'what is committed under dist/ is not what the registry says',
  E_DIST_BUSY: 'another synthesis is running on this folder',
  E_DIST_UNWRITABLE: 'dist/ cannot be written',
  E_DIST_INCOMPLETE: 'an interrupted synthesis cannot be finished; npm run synth rewrites dist/',
  E_DIST_DAMAGED: 'an entry of dist/index, which says what a tenant holds, cannot be read',
  E_GIT: 'git could not show what was asked for',
  E_USAGE: 'the command line is wrong',
} as const;

export type Code = keyof typeof CODES;

/** One thing that is wrong. Formats to `file: path: found - fix [CODE]`. */
export interface Problem {
  readonly code: Code;
  /** The file that has to change, relative to the root; empty where no file is involved. */
  readonly file: string;
  /** The path inside that file, such as `overrides.quota.cpu`; empty where it is the file as a whole. */
  readonly path: string;
  /** What was expected and what was found. */
  readonly found: string;
  /** What to write instead. */
  readonly fix: string;
  /** Other files that are part of the problem. */
  readonly related?: readonly string[];
}

/** Formats a problem as one line; values are quoted by whoever wrote the problem. */
export function formatProblem(problem: Problem): string {
  const place = [problem.file, problem.path].filter((part) => part !== '');
  return `${[...place, problem.found].join(': ')} - ${problem.fix} [${problem.code}]`;
}

/** Orders problems by file, path and text, so that a run's output never depends on the order of the checks. */
export function sortProblems(problems: readonly Problem[]): Problem[] {
  const key = (p: Problem) => [p.file, p.path, p.code, p.found].join('\u0000');
  return problems
    .map((problem) => ({ problem, key: key(problem) }))
    .sort((a, b) => (a.key < b.key ? -1 : a.key > b.key ? 1 : 0))
    .map(({ problem }) => problem);
}

/** Thrown where a program uses the library directly and what it passed is wrong; carries every problem at once. */
export class TenantryError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    super(problems.map(formatProblem).join('\n'));
    this.name = 'TenantryError';
  }
}

/** Shows a found value in a message: JSON, in one line, cut at 80 characters. Whatever it is, it never throws. */
export function show(value: unknown): string {
  const text = escapeInvisible(textOf(value));
  // A character of two halves is kept or left out as a whole.
  return text.length > 80 ? `${text.slice(0, 77).replace(/[\ud800-\udbff]$/, '')}...` : text;
}

/** Terminal control sequences, line separators and what cannot be seen are shown in messages, never obeyed. */
export function escapeInvisible(text: string): string {
  return text.replace(INVISIBLE, (character) => {
    const code = (character.codePointAt(0) ?? 0).toString(16);
    return code.length > 4 ? `\\u{${code}}` : `\\u${code.padStart(4, '0')}`;
  });
}

/** `"a", "b" or "c"`: the list of what would have been right. */
export function oneOf(names: readonly string[]): string {
  return orList(names.map((name) => JSON.stringify(name)));
}

/** The same of texts that are written as they are. */
export function orList(texts: readonly string[]): string {
  if (texts.length <= 1) return texts[0] ?? 'nothing';
  return `${texts.slice(0, -1).join(', ')} or ${texts.at(-1)}`;
}

/** The known name that is closest to a mistyped one, if any is close enough to be meant. */
export function closest(name: string, known: readonly string[]): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(name.length / 3)) + 1;
  for (const candidate of known) {
    // No distance is below the difference of the lengths; names in files may be of any length.
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const d = distance(name.toLowerCase(), candidate.toLowerCase());
    // A name of which nothing is left was not meant.
    if (d < bestDistance && d < Math.max(name.length, candidate.length)) {
      best = candidate;
      bestDistance = d;
    }
  }
  return best;
}

/** `write "standard"` if one is close, else the whole list. */
export function suggest(name: unknown, known: readonly string[]): string {
  const near = typeof name === 'string' ? closest(name, known) : undefined;
  return near === undefined ? `write ${oneOf(known)}` : `did you mean ${JSON.stringify(near)}?`;
}

// --- internal ---

/** Controls, blanks without width, bidi controls (CVE-2021-42574), tags, and halves of surrogate pairs. */
const INVISIBLE =
  /[\0-\x1f\x7f-\x9f\xad\u061c\u180e\u200b-\u200f\u2028-\u202e\u2060-\u206f\ufeff\ufff9-\ufffb\u{e0000}-\u{e0fff}\ud800-\udfff]/gu;

function textOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (typeof value === 'function') return 'a function';
  // JSON would write null for NaN and the infinities, and nothing at all for the others.
  if (typeof value === 'number' || typeof value === 'bigint' || typeof value === 'symbol') return String(value);
  try {
    return JSON.stringify(value) ?? 'a value that JSON cannot hold';
  } catch {
    return 'a value that refers to itself or cannot be read';
  }
}

function distance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = (previous[j - 1] ?? 0) + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, (previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1));
    }
    previous = current;
  }
  return previous[b.length] ?? 0;
}
