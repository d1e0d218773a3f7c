import type { z } from 'zod';
import { type Code, closest, escapeInvisible, oneOf, type Problem, show } from './errors';

/** Turns zod's issues into problems that say what was found and what to write. */

type Issue = z.core.$ZodIssue;

/** What zod calls a type, as people call it. */
const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  object: 'an object',
  record: 'an object',
};

/** Checks `input` with a schema; each issue becomes a problem at `prefix` plus its path. */
export function parseWith<T extends z.ZodType>(
  schema: T,
  input: unknown,
  place: { readonly code: Code; readonly file: string; readonly prefix?: string },
):
  | { readonly data: z.output<T>; readonly problems: readonly [] }
  | { readonly data: null; readonly problems: readonly Problem[] } {
  const result = schema.safeParse(input);
  if (result.success) return { data: result.data, problems: [] };
  const problems = result.error.issues
    .flatMap((issue) => explain(issue, input, schema, []))
    .map(({ path, found, fix }) => ({
      code: place.code,
      file: place.file,
      path: formatPath(place.prefix ?? '', path),
      found,
      fix,
    }));
  return { data: null, problems };
}

/** `overrides.quota.cpu`, `domains[2]`, `labels["a.b"]`. */
export function formatPath(prefix: string, path: readonly PropertyKey[]): string {
  let text = prefix;
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[A-Za-z_][\w-]*$/.test(String(part))) text += text === '' ? String(part) : `.${String(part)}`;
    else text += `[${show(String(part))}]`;
  }
  return text;
}

// --- internal ---

interface Explained {
  readonly path: readonly PropertyKey[];
  readonly found: string;
  readonly fix: string;
}

function explain(issue: Issue, input: unknown, schema: z.ZodType, above: readonly PropertyKey[]): Explained[] {
  const path = [...above, ...issue.path];
  const value = valueAt(input, path);
  const one = (expected: string, fix: string): Explained[] => [{ path, found: `${expected}, got ${show(value)}`, fix }];
  switch (issue.code) {
    case 'unrecognized_keys':
      return issue.keys.map((key) => ({
        path: [...path, key],
        found: `unknown key ${show(key)}`,
        fix: keyHint(key, keysAt(schema, path)),
      }));
    case 'invalid_type': {
      const expected = issue.message.startsWith('expected')
        ? issue.message
        : `expected ${NOUNS[issue.expected] ?? issue.expected}`;
      if (value === undefined) return one(expected, `add ${JSON.stringify(String(path.at(-1) ?? 'it'))}`);
      return one(expected, conversion(issue.expected, value) ?? `write ${expected.replace(/^expected /, '')}`);
    }
    case 'invalid_value':
      return one(`expected ${oneOf(issue.values.map(String))}`, nearest(value, issue.values.map(String)));
    case 'invalid_union': {
      // The branch that got furthest is the one that was meant.
      const branches = issue.errors.map((errors) => errors.flatMap((e) => explain(e as Issue, input, schema, path)));
      const meant = branches.filter((b) => b.length > 0 && b.every((e) => e.path.length > path.length));
      if (meant.length === 1 && meant[0] !== undefined) return meant[0];
      return one(says(issue, 'expected another kind of value'), fixOf(issue));
    }
    case 'too_small':
      return one(
        says(issue, `expected at least ${issue.minimum}${unit(issue.origin)}`),
        `write at least ${issue.minimum}${unit(issue.origin)}`,
      );
    case 'too_big':
      return one(
        says(issue, `expected at most ${issue.maximum}${unit(issue.origin)}`),
        `write at most ${issue.maximum}${unit(issue.origin)}`,
      );
    case 'invalid_key':
      return issue.issues.flatMap((inner) => [
        { path, found: `${says(inner as Issue, 'expected another key')}, got ${show(path.at(-1))}`, fix: 'rename it' },
      ]);
    case 'invalid_element':
      return issue.issues.flatMap((inner) => explain(inner as Issue, input, schema, path));
    default:
      return one(says(issue, 'expected another value'), fixOf(issue));
  }
}

function says(issue: Issue, otherwise: string): string {
  return issue.message.startsWith('expected') ? splitFix(issue.message)[0] : otherwise;
}

/** A message may end in ` - what to write`. */
function splitFix(message: string): [string, string | undefined] {
  const at = message.indexOf(' - ');
  return at < 0 ? [message, undefined] : [message.slice(0, at), message.slice(at + 3)];
}

function fixOf(issue: Issue): string {
  if (!issue.message.startsWith('expected')) return escapeInvisible(issue.message);
  const [expected, fix] = splitFix(issue.message);
  return fix ?? `write ${expected.replace(/^expected /, '')}`;
}

function unit(origin: string): string {
  return origin === 'string' ? ' characters' : origin === 'array' ? ' entries' : '';
}

/** The value that was surely meant, such as 4 for "4". */
function conversion(expected: string, value: unknown): string | undefined {
  if ((expected === 'number' || expected === 'int') && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))
    return `write ${Number(value)}`;
  if (expected === 'string' && (typeof value === 'number' || typeof value === 'boolean'))
    return `write ${JSON.stringify(String(value))}`;
  if (expected === 'boolean' && (value === 'true' || value === 'false')) return `write ${value}`;
  if (expected === 'array' && typeof value === 'string') return `write [${show(value)}]`;
  return undefined;
}

function nearest(value: unknown, known: readonly string[]): string {
  const near = typeof value === 'string' ? closest(value, known) : undefined;
  return near === undefined ? `write ${oneOf(known)}` : `did you mean ${JSON.stringify(near)}?`;
}

function keyHint(key: string, known: readonly string[]): string {
  const near = closest(key, known);
  if (near !== undefined) return `did you mean ${JSON.stringify(near)}?`;
  return known.length > 0 && known.length <= 20 ? `remove it, or write ${oneOf(known)}` : 'remove it';
}

/** The keys that a schema knows at a path, where it is an object there. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[]): string[] {
  let at: unknown = schema;
  for (const part of [...path, null]) {
    let inner = at as { def?: { innerType?: unknown; type?: string } } | undefined;
    while (inner?.def?.innerType !== undefined) inner = inner.def.innerType as typeof inner;
    const def = inner?.def as
      | { type?: string; shape?: Record<string, unknown>; valueType?: unknown; element?: unknown }
      | undefined;
    if (part === null) return def?.type === 'object' && def.shape !== undefined ? Object.keys(def.shape) : [];
    if (def?.type === 'object') at = def.shape?.[String(part)];
    else if (def?.type === 'record') at = def.valueType;
    else if (def?.type === 'array') at = def.element;
    else return [];
  }
  return [];
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}
