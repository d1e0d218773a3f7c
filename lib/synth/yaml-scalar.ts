/**
 * What needs no quotes: begins with a letter or a slash and holds nothing that any YAML version gives a meaning to.
 * No spaces, and no colon but inside a word, as in `ghcr.io/a/b:v1@sha256:0f`.
 */
const PLAIN = /^[A-Za-z/](?:[\w./-]|[:@](?=[\w/]))*$/;

/** Words that some YAML parser, in some version, takes for a boolean, null or a number (`yaml` under 1.1: `e1`). */
const WORD = /^(?:y|n|yes|no|on|off|true|false|null|none|nil|nan|inf|infinity|e[-\d]*)$/i;

/**
 * Characters that never stand for themselves: control, invisible, unpaired, reordering, private. A fixed list, as
 * `\p{...}` would tie our bytes to the Unicode tables of one Node version.
 */
const HIDDEN =
  '\\0-\\x08\\x0b-\\x1f\\x7f-\\xa0\\xad\\u034f\\u0600-\\u0605\\u061c\\u06dd\\u070f\\u115f\\u1160\\u1680\\u17b4\\u17b5' +
  '\\u180b-\\u180f\\u2000-\\u200f\\u2028-\\u202f\\u205f-\\u206f\\u3000\\u3164\\ud800-\\uf8ff\\ufe00-\\ufe0f\\ufeff' +
  '\\uffa0\\ufff0-\\uffff\\u{1bca0}-\\u{1bca3}\\u{1d173}-\\u{1d17a}\\u{e0000}-\\u{10ffff}';
const ESCAPED = new RegExp(`[${HIDDEN}]`, 'gu');
const SURROGATE = /[\ud800-\udfff]/u;

/** What a literal block could not give back, or would hide: see {@link literal}. */
const UNLITERAL = new RegExp(`^[ \\n]|^\\t|\\n *\\t|[ \\t]\\n|[ \\t]$|\\n\\n$|[${HIDDEN}]`, 'u');

/** The same few thousand words make up most of a fleet; the bounds keep the memory small, whatever comes. */
const cache = new Map<string, string>();
const CACHE_ENTRIES = 8192;
const CACHE_LENGTH = 80;

/** One scalar as it stands behind `key: ` or `- `, where `pad` is the indent of that line. */
export function leaf(value: unknown, pad: string): string {
  if (typeof value === 'string') return value.includes('\n') ? multiline(value, pad) : quotable(value);
  if (typeof value === 'boolean' || value === null) return String(value);
  if (typeof value === 'number' && Number.isFinite(value)) return numeral(value);
  throw new TypeError(`is not JSON: ${typeof value === 'number' ? value : typeof value}`);
}

/** A string on one line: plain where it can be mistaken for nothing else, else in double quotes. */
export function quotable(text: string): string {
  const known = cache.get(text);
  if (known !== undefined) return known;
  const written = PLAIN.test(text) && !WORD.test(text) ? text : quoted(text);
  if (text.length <= CACHE_LENGTH) {
    if (cache.size >= CACHE_ENTRIES) cache.clear();
    cache.set(text, written);
  }
  return written;
}

/** JSON's escapes are YAML's too, but for pairs of surrogates: go-yaml refuses them, and reads `\U`. */
function quoted(text: string): string {
  if (SURROGATE.test(text)) throw new TypeError('holds half a character (a lone surrogate)');
  return JSON.stringify(text).replace(ESCAPED, (character) => {
    const code = character.codePointAt(0) as number;
    return code > 0xffff ? `\\U${code.toString(16).padStart(8, '0')}` : `\\u${code.toString(16).padStart(4, '0')}`;
  });
}

/** Scripts stay readable as a literal block (`|`, or `|-` without a last newline), where nothing can get lost. */
function multiline(text: string, pad: string): string {
  if (UNLITERAL.test(text)) return quoted(text);
  const ended = text.endsWith('\n');
  const body = ended ? text.slice(0, -1) : text;
  return `${ended ? '|' : '|-'}\n${pad}  ${body.replace(/\n(?!\n)/g, `\n${pad}  `)}`;
}

/** YAML 1.1 wants a point in a number with an exponent: `1e+21` is a string there. */
function numeral(value: number): string {
  const text = String(Object.is(value, -0) ? 0 : value);
  return text.replace(/^(-?\d+)e/, '$1.0e');
}
