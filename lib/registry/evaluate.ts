import type { SourceMap } from 'node:module';
import { setImmediate } from 'node:timers/promises';
import { escapeInvisible, oneOf, type Problem, show } from '../model/errors';
import { BROKEN, type Bundle } from './bundle';
import { PLATFORM_FILE } from './find';
import { GuardError, inUtc, isPureBuiltin } from './guard';
import { parseMap, placeOf } from './place';

/** A file and what it exports. */
export interface Evaluated {
  readonly modules: readonly { readonly file: string; readonly exports: unknown }[];
  readonly problems: readonly Problem[];
}

/** Stack frames to keep, so that the registry's own is among them. */
const FRAMES = 100;

/**
 * Evaluates a bundle file by file. One that throws is a problem; one that needs what did not compile is left out, since the
 * cause is reported where it lies. Never rejects.
 */
export async function evaluate(
  bundle: Bundle,
  modules: Readonly<Record<string, unknown>>,
  scope: Readonly<Record<string, unknown>>,
): Promise<Evaluated> {
  let map: SourceMap | undefined;
  const report = (error: unknown, file: string): Problem => {
    map ??= parseMap(bundle.map());
    return problemOf(error, file, map);
  };
  const late: unknown[] = [];
  const hear = (reason: unknown): void => void late.push(reason);
  process.on('unhandledRejection', hear);
  try {
    const result = inUtc(() => load(bundle, modules, scope, report));
    // Promises that were rejected meanwhile are announced before this comes back.
    await setImmediate();
    return { ...result, problems: [...result.problems, ...late.map((reason) => report(reason, ''))] };
  } finally {
    process.off('unhandledRejection', hear);
  }
}

function load(
  bundle: Bundle,
  modules: Readonly<Record<string, unknown>>,
  scope: Readonly<Record<string, unknown>>,
  report: (error: unknown, file: string) => Problem,
): Evaluated {
  const loaders: (() => unknown)[] = [];
  const problems: Problem[] = [];
  const loaded: { file: string; exports: unknown }[] = [];
  const broken = new BrokenError('does not compile');
  const limit = Error.stackTraceLimit;
  Error.stackTraceLimit = FRAMES;
  try {
    const values = { ...scope, require: requireFrom(modules, broken), exports: loaders };
    bundle.run(...Object.values(values));
    // Errors that are reported already: a broken file's, and the platform's, which every tenant runs into.
    const known = new Set<unknown>([broken]);
    for (const [i, file] of bundle.files.entries()) {
      try {
        loaded.push({ file, exports: loaders[i]?.() });
      } catch (error) {
        if (!known.has(error)) problems.push(report(error, file));
        if (file === PLATFORM_FILE) known.add(error);
      }
    }
  } finally {
    Error.stackTraceLimit = limit;
  }
  return { modules: loaded, problems };
}

class BrokenError extends Error {}

function requireFrom(modules: Readonly<Record<string, unknown>>, broken: BrokenError): (name: string) => unknown {
  return (name) => {
    if (Object.hasOwn(modules, name)) return modules[name];
    if (name === BROKEN) throw broken;
    if (isPureBuiltin(name)) return require(name);
    const known = oneOf(Object.keys(modules));
    throw new GuardError(
      `a registry must not import ${show(name)}`,
      `import ${known}, a package, or a file; .json and .txt files can be imported, so that nothing has to be read`,
    );
  };
}

function problemOf(error: unknown, file: string, map: SourceMap): Problem {
  const place = placeOf(error, map);
  const fix = error instanceof GuardError ? error.fix : 'correct it, so that the file can be imported';
  const problem = { code: 'E_FILE_LOAD', path: '', found: messageOf(error), fix } as const;
  if (place === undefined) return { ...problem, file };
  const inner = place.inner === undefined ? '' : ` (thrown in ${place.inner.file}, line ${place.inner.line})`;
  const located = { ...problem, file: place.file, path: `line ${place.line}`, found: problem.found + inner };
  const isOwn = place.file === file || file === '' || place.file === PLATFORM_FILE;
  return isOwn ? located : { ...located, related: [file] };
}

/** The first line of what was thrown, which can be anything. */
function messageOf(error: unknown): string {
  try {
    if (typeof error !== 'object' || error === null) return `threw ${show(error)}`;
    const { message, name } = error as { message?: unknown; name?: unknown };
    const text = String(typeof message === 'string' && message !== '' ? message : name).split('\n')[0] ?? '';
    return escapeInvisible(text.length > 300 ? `${text.slice(0, 297)}...` : text);
  } catch {
    return 'threw something that cannot be shown';
  }
}
