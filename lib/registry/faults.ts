import type { BuildResult, Message } from 'esbuild';
import { escapeInvisible, oneOf, type Problem } from '../model/errors';

/** What esbuild has to say about a registry, in our own words. */

/** A problem, and what has to be left out so that the rest compiles. */
export interface Fault {
  readonly problem: Problem;
  /** File to be replaced, relative to the root. */
  readonly file?: string;
  /** Entry to be dropped, since esbuild could not even read it. */
  readonly entry?: string;
}

/**
 * Turns an error into a problem of the file that it lies in.
 * @param virtual label of the virtual file, whose n-th line loads the n-th file
 * @param known modules that every registry can import
 */
export function faultOf(message: Message, virtual: string, files: readonly string[], known: readonly string[]): Fault {
  const place = message.location;
  if (place === null) return { problem: problem('', '', ...words(message.text, known)) };
  if (place.file !== virtual) {
    return { file: place.file, problem: problem(place.file, `line ${place.line}`, ...words(message.text, known)) };
  }
  const entry = files[place.line - 1] ?? '';
  const found = `expected a file that can be read, got: ${message.text}`;
  return { entry, problem: problem(entry, '', found, 'make it readable and give it a plain name') };
}

function words(text: string, known: readonly string[]): [found: string, fix: string] {
  const missing = /^Could not resolve "(.*)"$/.exec(text)?.[1];
  if (missing !== undefined) {
    const found = `cannot find ${JSON.stringify(missing)}`;
    if (/^[./]/.test(missing)) return [found, 'correct the path of the import, or write the file'];
    return [found, `import ${oneOf(known)}, or install the package in the registry's own folder`];
  }
  const [, file, name] = /^No matching export in "(.*)" for import "(.*)"$/.exec(text) ?? [];
  if (name === 'default') return [`${file} has no default export`, 'import what it exports by name, in braces'];
  if (name !== undefined) return [`${file} exports no ${JSON.stringify(name)}`, 'import a name that it exports'];
  if (/top-level await/i.test(text)) {
    return ['waits for something with a top-level await', 'write the value itself; a registry is evaluated at once'];
  }
  return [`does not compile: ${text}`, 'correct the syntax'];
}

/** Warnings that are mistakes: of two values under one key, the first is silently lost. esbuild does not warn of packages. */
export function warningsOf(result: object): Problem[] {
  const { warnings = [] } = result as Partial<BuildResult>;
  return warnings.flatMap(({ id, text, location }) => {
    if (id !== 'duplicate-object-key' || location === null) return [];
    const key = /"(.*)"/.exec(text)?.[0] ?? 'a key';
    return [
      problem(location.file, `line ${location.line}`, `${key} is written twice in one object`, 'keep one of them'),
    ];
  });
}

function problem(file: string, path: string, found: string, fix: string): Problem {
  return { code: 'E_FILE_LOAD', file: escapeInvisible(file), path, found: escapeInvisible(found), fix };
}
