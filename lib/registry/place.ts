import { SourceMap, type SourceMapPayload } from 'node:module';

/** Finds the line of a registry's file behind an error of the bundle. */

/** Name that the bundle has in stack traces. */
export const BUNDLE_NAME = 'tenantry-registry.js';

/** A line of a file, relative to the root. */
export interface Place {
  readonly file: string;
  readonly line: number;
}

const FRAME = new RegExp(`^\\s*at (?:(.*) \\()?${BUNDLE_NAME.replace('.', '\\.')}:(\\d+):(\\d+)\\)?$`);

/** Where an error was thrown; `inner` is the line of a helper, where it was thrown there. */
export interface Thrown extends Place {
  readonly inner: Place | undefined;
}

interface Frame extends Place {
  readonly name: string;
}

function framesOf(stack: string, map: SourceMap): Frame[] {
  const frames: Frame[] = [];
  for (const text of stack.split('\n')) {
    const match = FRAME.exec(text);
    if (match === null) continue;
    const place = original(map, Number(match[2]), Number(match[3]));
    if (place !== undefined) frames.push({ ...place, name: match[1] ?? '' });
  }
  return frames;
}

function original(map: SourceMap, line: number, column: number): Place | undefined {
  const entry = map.findEntry(line - 1, column - 1);
  if (!('originalSource' in entry) || entry.originalSource === undefined) return undefined;
  return { file: decode(entry.originalSource), line: entry.originalLine + 1 };
}

/** The map that esbuild wrote. */
export function parseMap(text: string): SourceMap {
  return new SourceMap(JSON.parse(text) as SourceMapPayload);
}

/**
 * The file whose loading an error ended, which need not be the one that threw: a helper may have been given something
 * wrong. esbuild names the function around a file after it. Undefined where the stack does not tell.
 */
export function placeOf(error: unknown, map: SourceMap): Thrown | undefined {
  const frames = framesOf(stackOf(error), map).filter((frame) => !/(^|\/)node_modules\//.test(frame.file));
  const loading = frames.find((frame) => frame.name === frame.file)?.file ?? frames[0]?.file;
  const place = frames.find((frame) => frame.file === loading);
  const [innermost] = frames;
  if (place === undefined || innermost === undefined) return undefined;
  return { file: place.file, line: place.line, inner: innermost.file === place.file ? undefined : innermost };
}

/** The place of an error that V8 found while it compiled the bundle: its stack begins with line, code and caret. */
export function placeOfSyntaxError(error: unknown, map: SourceMap): Place | undefined {
  const [first = '', , caret = ''] = stackOf(error).split('\n');
  const line = new RegExp(`^${BUNDLE_NAME.replace('.', '\\.')}:(\\d+)$`).exec(first)?.[1];
  return line === undefined ? undefined : original(map, Number(line), caret.indexOf('^') + 1);
}

function stackOf(error: unknown): string {
  try {
    const { stack } = error as { stack?: unknown };
    return typeof stack === 'string' ? stack : '';
  } catch {
    // Anything can be thrown: null, or an object whose getters throw in their turn.
    return '';
  }
}

/** esbuild writes sources as URLs. */
function decode(source: string): string {
  try {
    return decodeURIComponent(source);
  } catch {
    return source;
  }
}
