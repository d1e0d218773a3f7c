import { resolve } from 'node:path';
import { Script } from 'node:vm';
import { type BuildFailure, type BuildOptions, type BuildResult, build, type Plugin } from 'esbuild';
import type { Problem } from '../model/errors';
import { type Fault, faultOf, warningsOf } from './faults';
import { BUNDLE_NAME, parseMap, placeOfSyntaxError } from './place';

/** What a file that does not compile is replaced by: importing it throws, and whatever does not need it goes on. */
export const BROKEN = 'tenantry:broken';

/** Label of the virtual file that loads all others; `<` keeps it apart from real ones. */
const ENTRY = '<registry>';

/** What a registry can do wrong one mistake at a time; V8 reports only the first of a bundle. */
const ROUNDS = 50;

/** Files that were compiled together. */
export interface Bundle {
  /** The i-th is loaded by the i-th function that `run` puts into `exports`. */
  readonly files: readonly string[];
  readonly code: string;
  /** Called with the names in the bundle's scope, in the order given. */
  readonly run: (...scope: readonly unknown[]) => void;
  /** Source map in JSON, read only where there is an error to place. */
  readonly map: () => string;
}

/** A bundle, or null where none could be made, and everything that was found wrong on the way. */
export interface Bundled {
  readonly bundle: Bundle | null;
  readonly problems: readonly Problem[];
}

/**
 * Bundles files in one go. Where some do not compile, they are replaced and the rest is bundled again, so that a mistake
 * in one file hides none in another. Never rejects.
 * @param external modules that the bundle asks its `require` for
 * @param scope names that the code finds in its scope, `require` and `exports` among them
 */
export async function bundle(
  root: string,
  files: readonly string[],
  external: readonly string[],
  scope: readonly string[],
): Promise<Bundled> {
  const broken = new Set<string>();
  const problems: Problem[] = [];
  let entries = files;
  if (files.length === 0) return { bundle: null, problems };
  for (let round = 0; round < ROUNDS; round += 1) {
    const built = await attempt(root, entries, external, broken);
    const compiled = 'faults' in built ? built : compile(entries, built, scope);
    if ('run' in compiled) return { bundle: compiled, problems: [...problems, ...warningsOf(built)] };
    problems.push(...compiled.faults.map((fault) => fault.problem));
    const left = entries.filter((file) => !compiled.faults.some((fault) => fault.entry === file));
    const fresh = compiled.faults.flatMap(({ file }) => (file === undefined ? [] : [resolve(root, file)]));
    // Nothing to leave out: esbuild itself failed, or a file does not compile even without its content.
    if (left.length === entries.length && fresh.every((path) => broken.has(path))) break;
    for (const path of fresh) broken.add(path);
    entries = left;
  }
  return { bundle: null, problems };
}

interface Faults {
  readonly faults: readonly Fault[];
}

async function attempt(
  root: string,
  files: readonly string[],
  external: readonly string[],
  broken: ReadonlySet<string>,
): Promise<BuildResult | Faults> {
  const load = files.map((file, i) => `exports[${i}] = () => require(${JSON.stringify(`./${file}`)});`);
  const options: BuildOptions = {
    stdin: { contents: load.join('\n'), resolveDir: root, sourcefile: ENTRY, loader: 'js' },
    absWorkingDir: root,
    bundle: true,
    write: false,
    outfile: 'registry.js',
    platform: 'node',
    format: 'cjs',
    target: 'node20',
    charset: 'utf8',
    legalComments: 'none',
    sourcemap: 'external',
    sourcesContent: false,
    // A package that comes in two builds has to take the same one everywhere.
    define: { 'process.env.NODE_ENV': '"production"' },
    external: [...external, BROKEN],
    plugins: broken.size === 0 ? [] : [replacing(broken)],
    logLevel: 'silent',
    logLimit: 0,
  };
  try {
    return await build(options);
  } catch (error) {
    const { errors = [] } = error as Partial<BuildFailure>;
    if (errors.length > 0) return { faults: errors.map((message) => faultOf(message, ENTRY, files, external)) };
    return { faults: [{ problem: failed(`esbuild could not run: ${(error as Error).message}`) }] };
  }
}

function replacing(paths: ReadonlySet<string>): Plugin {
  const escaped = [...paths].map((path) => path.replace(/[^A-Za-z0-9/_]/g, (c) => (c < '\u0080' ? `\\${c}` : c)));
  const contents = `require(${JSON.stringify(BROKEN)})`;
  return {
    name: 'broken',
    setup: ({ onLoad }) =>
      onLoad({ filter: new RegExp(`^(?:${escaped.join('|')})$`) }, () => ({ contents, loader: 'js' })),
  };
}

/** V8 finds what esbuild does not look for, such as a regular expression that is none. */
function compile(files: readonly string[], built: BuildResult, scope: readonly string[]): Bundle | Faults {
  const output = (ending: string) => built.outputFiles?.find((file) => file.path.endsWith(ending))?.text ?? '';
  const map = () => output('.map');
  try {
    const code = output('.js');
    const text = `(function(${scope.join(',')}){"use strict";${code}\n})`;
    return { files, code, map, run: new Script(text, { filename: BUNDLE_NAME }).runInThisContext() as Bundle['run'] };
  } catch (error) {
    const place = placeOfSyntaxError(error, parseMap(map()));
    const problem = failed((error as Error).message);
    if (place === undefined) return { faults: [{ problem }] };
    return { faults: [{ file: place.file, problem: { ...problem, file: place.file, path: `line ${place.line}` } }] };
  }
}

function failed(found: string): Problem {
  return { code: 'E_FILE_LOAD', file: '', path: '', found, fix: 'correct it' };
}
