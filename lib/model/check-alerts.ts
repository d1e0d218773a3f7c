import type { ProductScope } from './product-scope';

/**
 * What is wrong with queries of alerts. All products' alerts of a cluster are one PrometheusRule, and one query that cannot be read
 * makes Prometheus refuse all of them. Whether a query means something is not told here.
 */
export function checkAlerts(scope: ProductScope): void {
  for (const [name, alert] of Object.entries(scope.product.alerts)) {
    if (!('query' in alert)) continue;
    const found = queryProblem(alert.query);
    if (found !== null) scope.add(`alerts.${name}.query`, found, 'write a query that Prometheus accepts');
  }
}

/** What keeps a query from being one expression of PromQL, as far as quotes, brackets and comments tell; null where nothing does. */
export function queryProblem(query: string): string | null {
  const open: string[] = [];
  let isEmpty = true;
  for (let at = 0; at < query.length; at += 1) {
    const character = query.charAt(at);
    if (/\s/.test(character)) continue;
    if (character === '#') {
      const end = query.indexOf('\n', at);
      at = end === -1 ? query.length : end;
      continue;
    }
    isEmpty = false;
    if (QUOTES.includes(character)) {
      const end = endOfText(query, at);
      if (typeof end === 'string') return end;
      at = end;
    } else if (CLOSING.has(character)) {
      open.push(character);
    } else if (BRACKETS.includes(character)) {
      const last = open.pop();
      if (last === undefined) return `"${character}" closes nothing`;
      if (CLOSING.get(last) !== character) return `"${character}" where "${CLOSING.get(last)}" closes "${last}"`;
    }
  }
  const last = open.pop();
  if (last !== undefined) return `"${last}" is never closed`;
  return isEmpty ? 'no query but blanks and comments' : null;
}

// --- internal ---

const CLOSING: ReadonlyMap<string, string> = new Map([
  ['(', ')'],
  ['[', ']'],
  ['{', '}'],
]);
const BRACKETS = [...CLOSING.values()];
const QUOTES: readonly string[] = ['"', "'", '`'];

/** Go's escapes, which PromQL has in all quotes but backticks; `\d` of an expression is none of them. */
const ESCAPE = /\\(?:[abfnrtv\\]|[0-3][0-7]{2}|x[0-9A-Fa-f]{2}|u[0-9A-Fa-f]{4}|U[0-9A-Fa-f]{8})/y;

/** Where the text that begins at an index ends, or what is wrong with it. */
function endOfText(query: string, start: number): number | string {
  const quote = query.charAt(start);
  const isRaw = quote === '`';
  for (let at = start + 1; at < query.length; at += 1) {
    const character = query.charAt(at);
    if (character === quote) return at;
    if (isRaw) continue;
    if (character === '\n') break;
    if (character !== '\\') continue;
    if (query.charAt(at + 1) === quote) {
      at += 1;
      continue;
    }
    ESCAPE.lastIndex = at;
    if (!ESCAPE.test(query)) {
      const found = `\\${String.fromCodePoint(query.codePointAt(at + 1) ?? 0x20)}`.trim();
      return `"${found}" in quotes means nothing to Prometheus, which wants "\\${found}" for it`;
    }
    at = ESCAPE.lastIndex - 1;
  }
  return `${isRaw ? 'a backtick' : quote === "'" ? 'a single quote' : 'a double quote'} is never closed`;
}
