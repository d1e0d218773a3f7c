import type { z } from 'zod';
import { type Code, closest, escapeInvisible, oneOf, orList, type Problem, show } from './errors';

/** Turns zod's issues into problems that say what was found and what to write. */

type Issue = z.core.$ZodIssue;

/** What zod calls a type, as people call it. */
const NOUNS: Readonly<Record<string, string>> = {
  string: 'a text',
  number: 'a number',
  int: 'a whole number',
  boolean: 'true or false',
  array: 'a list',
  tuple: 'a list',
  object: 'an object',
  record: 'an object',
  date: 'a date',
  never: 'nothing',
  nonoptional: 'a value',
};

/** What zod calls a format, as people call it, with an example where one helps. */
const FORMATS: Readonly<Record<string, string>> = {
  url: 'a URL such as https://vault.example.com',
  email: 'an email address such as admin@acme.example',
  ipv4: 'an IPv4 address such as 192.0.2.10',
  ipv6: 'an IPv6 address such as 2001:db8::10',
  uuid: 'a UUID',
  date: 'a date such as 2026-01-15',
  datetime: 'a time such as 2026-01-15T08:00:00Z',
};

/** Checks `input` with a schema; each issue becomes a problem at `prefix` plus its path. */
export function parseWith<T extends z.ZodType>(
  schema: T,
  input: unknown,
  place: { readonly code: Code; readonly file: string; readonly prefix?: string },
):
  | { readonly data: z.output<T>; readonly problems: readonly [] }
  | { readonly data: null; readonly problems: readonly Problem[] } {
  try {
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
  } catch (error) {
    // Getters and proxies of the input run code, and so do the refinements of a product's settings.
    const found = `expected plain values, got an error while they were read: ${messageOf(error)}`;
    const path = place.prefix ?? '';
    return { data: null, problems: [{ code: place.code, file: place.file, path, found, fix: 'write plain values' }] };
  }
}

/** `overrides.quota.cpu`, `domains[2]`, `labels["a.b"]`. */
export function formatPath(prefix: string, path: readonly PropertyKey[]): string {
  let text = prefix;
  for (const part of path) {
    if (typeof part === 'number') text += `[${part}]`;
    else if (/^[A-Za-z_][\w-]{0,79}$/.test(String(part))) text += text === '' ? String(part) : `.${String(part)}`;
    else text += `[${show(String(part))}]`;
  }
  return text;
}

/**
 * Whether what a schema gives may have something at a path; true where only its values tell.
 * @param intoLists whether the elements of lists on the way count
 */
export function mayHave(schema: z.ZodType, path: readonly string[], intoLists: boolean): boolean {
  return hasPath(schema as Schema, path, intoLists);
}

/** Whether a schema is an object that lets unknown keys pass. */
export function isLoose(schema: z.ZodType): boolean {
  const { type, catchall } = (schema as Schema).def ?? {};
  return type === 'object' && catchall?.def?.type !== 'never';
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
        fix: keyHint(key, keysAt(schema, path, input)),
      }));
    case 'invalid_type': {
      const noun = NOUNS[issue.expected] ?? issue.expected;
      const [expected, fix = `write ${expected.replace(/^expected /, '')}`] = says(issue, `expected ${noun}`);
      const key = path.at(-1);
      if (value === undefined && typeof key === 'string') return one(expected, `add ${show(key)}`);
      return one(expected, conversion(issue.expected, value) ?? fix);
    }
    case 'invalid_value': {
      const known = issue.values.map((each) => (typeof each === 'string' ? JSON.stringify(each) : String(each)));
      const texts = issue.values.filter((each) => typeof each === 'string');
      const near = typeof value === 'string' ? closest(value, texts) : undefined;
      const [expected] = says(issue, `expected ${orList(known)}`);
      return one(expected, near === undefined ? `write ${orList(known)}` : `did you mean ${JSON.stringify(near)}?`);
    }
    case 'invalid_union': {
      const branches = issue.errors.map((errors) => errors.flatMap((e) => explain(e as Issue, input, schema, path)));
      const [expected, fix] = withFix(says(issue, 'expected another kind of value'));
      // A word of one branch may have been meant, such as "unlimited".
      const near = branches.flat().find((each) => each.fix.startsWith('did you mean'))?.fix;
      return meantBranch(branches, path.length) ?? one(expected, near ?? fix);
    }
    case 'too_small':
    case 'too_big': {
      const bound = boundOf(issue);
      return one(...withFix(says(issue, `expected ${bound}`)));
    }
    case 'not_multiple_of':
      return one(...withFix(says(issue, `expected a multiple of ${issue.divisor}`)));
    case 'invalid_format':
      return one(...withFix(says(issue, `expected ${FORMATS[issue.format] ?? formatOf(issue)}`)));
    case 'invalid_key':
      return issue.issues.flatMap((inner) => {
        const [expected, fix = 'rename it'] = says(inner as Issue, 'expected another key');
        return [{ path, found: `${expected}, got ${show(path.at(-1))}`, fix }];
      });
    case 'invalid_element':
      return issue.issues.flatMap((inner) => explain(inner as Issue, input, schema, path));
    default:
      return one(...withFix(says(issue, 'expected another value')));
  }
}

/** A schema's own message may say what was expected and, after ` - `, what to write; zod's own ones say it less well. */
function says(issue: Issue, otherwise: string): [expected: string, fix?: string] {
  const isOwn = issue.message.startsWith('expected') || (issue.code === 'custom' && issue.message !== 'Invalid input');
  if (!isOwn) return [otherwise];
  const message = escapeInvisible(issue.message);
  const at = message.indexOf(' - ');
  return at < 0 ? [message] : [message.slice(0, at), message.slice(at + 3)];
}

/** What was expected is what to write, unless the message says otherwise. */
function withFix([expected, fix]: [expected: string, fix?: string]): [string, string] {
  if (fix !== undefined) return [expected, fix];
  return [expected, expected.startsWith('expected ') ? `write ${expected.slice(9)}` : 'write another value'];
}

/** The problems of the branch that was meant: the one with the fewest, all of them inside the value, if it is the only such. */
function meantBranch(branches: readonly Explained[][], depth: number): Explained[] | undefined {
  const inside = branches.filter((branch) => branch.length > 0 && branch.every(({ path }) => path.length > depth));
  const fewest = Math.min(...inside.map((branch) => branch.length));
  const meant = inside.filter((branch) => branch.length === fewest);
  return meant.length === 1 ? meant[0] : undefined;
}

function boundOf(issue: z.core.$ZodIssueTooSmall | z.core.$ZodIssueTooBig): string {
  const isLow = issue.code === 'too_small';
  const bound = isLow ? issue.minimum : issue.maximum;
  const one = bound === 1 || bound === 1n;
  const isText = issue.origin === 'string';
  const isList = issue.origin === 'array' || issue.origin === 'set' || issue.origin === 'map';
  const unit = isText ? ` character${one ? '' : 's'}` : isList ? (one ? ' entry' : ' entries') : '';
  if (issue.exact === true) return `exactly ${bound}${unit}`;
  if (issue.inclusive === false) return `${isLow ? 'more' : 'less'} than ${bound}${unit}`;
  return `at ${isLow ? 'least' : 'most'} ${bound}${unit}`;
}

function formatOf(issue: z.core.$ZodIssueInvalidStringFormat): string {
  const { prefix, suffix, includes, pattern } = issue as unknown as Readonly<Record<string, unknown>>;
  if (typeof prefix === 'string') return `a text that begins with ${show(prefix)}`;
  if (typeof suffix === 'string') return `a text that ends in ${show(suffix)}`;
  if (typeof includes === 'string') return `a text with ${show(includes)} in it`;
  return issue.format === 'regex' ? `a text that matches ${String(pattern)}` : `a text of format ${issue.format}`;
}

/** The value that was surely meant, such as 4 for "4". */
function conversion(expected: string, value: unknown): string | undefined {
  if ((expected === 'number' || expected === 'int') && typeof value === 'string' && /^-?\d+(\.\d+)?$/.test(value))
    return `write ${Number(value)}`;
  if (expected === 'string' && (Number.isFinite(value) || typeof value === 'boolean'))
    return `write ${JSON.stringify(String(value))}`;
  if (expected === 'boolean' && (value === 'true' || value === 'false')) return `write ${value}`;
  if (expected === 'array' && typeof value === 'string') return `write [${show(value)}]`;
  return undefined;
}

function keyHint(key: string, known: readonly string[]): string {
  const near = closest(key, known);
  if (near !== undefined) return `did you mean ${JSON.stringify(near)}?`;
  return known.length > 0 && known.length <= 20 ? `remove it, or write ${oneOf(known)}` : 'remove it';
}

/** As much of a schema's definition as finding its keys takes. */
interface Definition {
  readonly type?: string;
  readonly innerType?: Schema;
  readonly in?: Schema;
  readonly out?: Schema;
  readonly catchall?: Schema;
  readonly getter?: () => Schema;
  readonly shape?: Readonly<Record<string, Schema>>;
  readonly keyType?: Schema;
  readonly valueType?: Schema;
  readonly element?: Schema;
  readonly options?: readonly Schema[];
  readonly discriminator?: string;
  readonly entries?: Readonly<Record<string, unknown>>;
  readonly values?: readonly unknown[];
}
interface Schema {
  readonly def?: Definition;
}

/** The keys that a schema knows at a path of the input, where it is an object there. */
function keysAt(schema: z.ZodType, path: readonly PropertyKey[], input: unknown): string[] {
  let found = definitions(schema as Schema, input);
  let value = input;
  for (const part of path) {
    value = valueAt(value, [part]);
    found = found.flatMap((def) => {
      const next =
        def.type === 'object' ? def.shape?.[String(part)] : def.type === 'record' ? def.valueType : def.element;
      return definitions(next, value);
    });
  }
  return [...new Set(found.flatMap((def) => Object.keys(def.shape ?? def.keyType?.def?.entries ?? {})))];
}

/** A schema's definition without what is wrapped around it; of a union those of the options that the value may mean. */
function definitions(schema: Schema | undefined, value: unknown): readonly Definition[] {
  const def = schema?.def;
  if (def === undefined) return [];
  if (def.innerType !== undefined) return definitions(def.innerType, value);
  if (def.type === 'pipe') return definitions(def.in, value);
  if (def.type === 'lazy') return definitions(def.getter?.(), value);
  if (def.options === undefined) return [def];
  const { discriminator } = def;
  const kind = discriminator === undefined ? undefined : valueAt(value, [discriminator]);
  const isMeant = (option: Schema) =>
    discriminator === undefined || option.def?.shape?.[discriminator]?.def?.values?.includes(kind) === true;
  return def.options.filter(isMeant).flatMap((option) => definitions(option, value));
}

function hasPath(schema: Schema | undefined, path: readonly string[], intoLists: boolean): boolean {
  const def = schema?.def;
  const [key, ...rest] = path;
  if (def === undefined || key === undefined) return true;
  if (def.innerType !== undefined) return hasPath(def.innerType, path, intoLists);
  if (def.options !== undefined) return def.options.some((option) => hasPath(option, path, intoLists));
  switch (def.type) {
    case 'object':
      if (Object.hasOwn(def.shape ?? {}, key)) return hasPath(def.shape?.[key], rest, intoLists);
      return def.catchall !== undefined && def.catchall.def?.type !== 'never' && hasPath(def.catchall, rest, intoLists);
    case 'record':
      return hasPath(def.valueType, rest, intoLists);
    case 'array':
      return intoLists && hasPath(def.element, path, intoLists);
    case 'pipe':
      return hasPath(def.out, path, intoLists);
    case 'lazy':
      return hasPath(def.getter?.(), path, intoLists);
    default:
      return !['string', 'number', 'boolean', 'enum', 'literal', 'null', 'date'].includes(def.type ?? '');
  }
}

function valueAt(input: unknown, path: readonly PropertyKey[]): unknown {
  let value = input;
  for (const part of path) {
    if (typeof value !== 'object' || value === null) return undefined;
    value = (value as Record<PropertyKey, unknown>)[part];
  }
  return value;
}

/** What an error says; anything can be thrown, and reading it may throw again. */
function messageOf(error: unknown): string {
  try {
    return error instanceof Error ? escapeInvisible(error.message).slice(0, 300) : show(error);
  } catch {
    return 'one that cannot be read';
  }
}
