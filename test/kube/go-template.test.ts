import fc from 'fast-check';
import { goTemplate } from '../../lib/kube/go-template';
import { join, type Parts, type SecretPart } from '../../lib/model/values';
import { canaries } from '../synth/canaries';
import { secretPart } from './fixture';

/**
 * As much of Go's text/template as is used: text up to the first left delimiter, actions up to a right one outside of
 * quotes. An action is a text or a field, and then functions. Anything else is an error, as it would be in Go.
 * (The same cases went through Go's text/template itself, with sprig's `replace`.)
 */
function execute(template: string, data: Readonly<Record<string, string>>): string {
  let out = '';
  let rest = template;
  for (;;) {
    const start = rest.indexOf('{{');
    if (start < 0) return out + rest;
    out += rest.slice(0, start);
    const action = /^\{\{ ((?:"(?:[^"\\]|\\.)*"|[^"}])+) \}\}/.exec(rest.slice(start));
    if (action === null) throw new Error(`bad action: ${rest.slice(start)}`);
    const [operand = '', ...functions] = (action[1] ?? '').split(' | ');
    const call = (value: string, name: string) => {
      if (name === 'urlquery')
        return encodeURIComponent(value)
          .replace(/[!'()*]/g, hex)
          .replaceAll('%20', '+');
      if (name === 'replace "+" "%20"') return value.replaceAll('+', '%20');
      throw new Error(`function not defined: ${name}`);
    };
    out += functions.reduce(call, evaluate(operand, data));
    rest = rest.slice(start + action[0].length);
  }
}

const hex = (c: string) => `%${c.charCodeAt(0).toString(16).toUpperCase()}`;

function evaluate(operand: string, data: Readonly<Record<string, string>>): string {
  if (operand.startsWith('"')) return JSON.parse(operand) as string;
  const field = /^\.([A-Za-z_][A-Za-z0-9_]*)$/.exec(operand)?.[1];
  if (field === undefined || !Object.hasOwn(data, field)) throw new Error(`bad operand: ${operand}`);
  return data[field] as string;
}

const render = (parts: Parts, value = 's3cret') =>
  execute(
    goTemplate(parts, () => 'x'),
    { x: value },
  );

test.each([
  ['plain', ['a'], 'a'],
  ['a secret', [secretPart('a', 'b')], '{{ .x }}'],
  ['a secret in a URL', ['x:', secretPart('a', 'b', 'url'), '@y'], 'x:{{ .x | urlquery | replace "+" "%20" }}@y'],
  ['braces', ['a {b} {{c}}'], 'a {b} {{ "{{" }}c}}'],
  ['a brace before a secret', ['{', secretPart('a', 'b'), '}'], '{{ "{" }}{{ .x }}}'],
])('%s', (_, parts, template) => {
  expect(goTemplate(parts as Parts, () => 'x')).toBe(template);
});

test('a secret in a URL is percent-encoded, blanks too, and elsewhere it is as it is', () => {
  const nasty = 'p@ss w/o+r:d%2B?#[é]{{.y}}';
  const url = (value: string) => render(['postgresql://u:', secretPart('a', 'b', 'url'), '@h/d'], value);
  expect(decodeURIComponent(new URL(url(nasty)).password)).toBe(nasty);
  expect(url('a b+c')).toBe('postgresql://u:a%20b%2Bc@h/d');
  expect(render(['[', secretPart('a', 'b'), ']'], nasty)).toBe(`[${nasty}]`);
});

test.each(canaries.map((text) => [text]))('%j comes out as it went in', (text) => {
  expect(render([text])).toBe(text);
  expect(render([text, secretPart('a', 'b'), text])).toBe(`${text}s3cret${text}`);
});

test('any text around any secrets comes out as it went in', () => {
  const braces = fc.string({ unit: fc.constantFrom('{', '}', '-', ' ', '"', '\\', '.', '`', '/*', '\n', 'x', '%') });
  const secret: SecretPart = secretPart('a', 'b');
  const parts = fc.array(fc.oneof(braces, fc.string({ unit: 'binary' }), fc.constant(secret)), { maxLength: 8 });
  fc.assert(
    fc.property(parts, (given) => {
      const expected = given.map((part) => (typeof part === 'string' ? part : 's3cret')).join('');
      // Neighbouring texts are joined before they get here, and would come out right all the same.
      expect(render(given)).toBe(expected);
      expect(render(join(given))).toBe(expected);
    }),
    { numRuns: 2000 },
  );
});
