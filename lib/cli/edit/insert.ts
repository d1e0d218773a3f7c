import type { Comment, ObjectExpression } from '@babel/types';
import type { Scalar } from './set-value';
import { span, type TenantObject } from './tenant-object';

/** A property added at the end of an object, in the layout that the object has. */

export interface Insertion {
  readonly object: ObjectExpression;
  readonly key: string;
  /** Keys of objects between the key and the value. */
  readonly rest: readonly string[];
  readonly value: Scalar;
}

/** The text with it. */
export function inserted(text: string, insertion: Insertion, file: Pick<TenantObject, 'comments' | 'quote'>): string {
  const entry = entryOf(insertion, file.quote);
  const closing = span(insertion.object)[1] - 1;
  const last = insertion.object.properties.at(-1);
  if (last === undefined) return intoEmpty(text, span(insertion.object)[0] + 1, closing, entry);
  const [lastStart, lastEnd] = span(last);
  const tail = new Tail(text, lastEnd, closing, file.comments);
  const comma = tail.comma === null ? ',' : '';
  const after = tail.comma === null ? '' : ',';
  const isBroken = tail.endOfLine !== null;
  const at = tail.endOfLine ?? tail.endOfComments;
  const gap = isBroken ? eolOf(text) + indentOf(text, lastStart) : ' ';
  return text.slice(0, lastEnd) + comma + text.slice(lastEnd, at) + gap + entry + after + text.slice(at);
}

// --- internal ---

/** What stands between the last property and the brace: perhaps a comma, comments, a line's end. */
class Tail {
  /** Where the comma is. */
  readonly comma: number | null;
  /** Where the line of the last property ends, where the brace is not on it. */
  readonly endOfLine: number | null;
  /** Where the last comment ends, or the comma, or the property. */
  readonly endOfComments: number;

  constructor(text: string, start: number, end: number, comments: readonly Comment[]) {
    let comma: number | null = null;
    let endOfLine: number | null = null;
    let endOfComments = start;
    for (let at = start; at < end; ) {
      const comment = comments.find((one) => one.start === at);
      if (comment !== undefined) {
        at = span(comment)[1];
        if (endOfLine === null) endOfComments = at;
        continue;
      }
      if (text[at] === ',') {
        comma = at;
        if (endOfLine === null) endOfComments = at + 1;
      }
      if (text[at] === '\n') endOfLine ??= text[at - 1] === '\r' ? at - 1 : at;
      at += 1;
    }
    // A comma on a line of its own: what is added goes behind it.
    if (comma !== null && endOfLine !== null && comma > endOfLine) endOfLine = comma + 1;
    this.comma = comma;
    this.endOfLine = endOfLine;
    this.endOfComments = endOfComments;
  }
}

/** Into braces with nothing between them but blanks and comments. */
function intoEmpty(text: string, start: number, closing: number, entry: string): string {
  const inner = text.slice(start, closing);
  if (inner.trim() === '') return `${text.slice(0, start)} ${entry} ${text.slice(closing)}`;
  const line = text.lastIndexOf('\n', closing - 1) + 1;
  if (line <= start) return `${text.slice(0, closing).trimEnd()} ${entry} ${text.slice(closing)}`;
  const indent = indentOf(text, closing);
  const unit = indent.includes('\t') ? '\t' : '  ';
  return `${text.slice(0, line)}${indent}${unit}${entry},${eolOf(text)}${text.slice(line)}`;
}

function entryOf({ key, rest, value }: Insertion, quote: string): string {
  const written = typeof value === 'number' ? String(value) : `${quote}${value}${quote}`;
  const nested = rest.reduceRight((inner, name) => `{ ${keyText(name, quote)}: ${inner} }`, written);
  return `${keyText(key, quote)}: ${nested}`;
}

function keyText(key: string, quote: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(key) ? key : `${quote}${key}${quote}`;
}

function indentOf(text: string, at: number): string {
  const line = text.lastIndexOf('\n', at - 1) + 1;
  return /^[ \t]*/.exec(text.slice(line, at))?.[0] ?? '';
}

function eolOf(text: string): string {
  return text.includes('\r\n') ? '\r\n' : '\n';
}
