import fc from 'fast-check';
import { canonicalHost, hostsOverlap, isCoveredByWildcard, isUnder } from '../../lib/model/hosts';

const label = fc.stringMatching(/^[a-wyz0-9]([-a-z0-9]{0,20}[a-z0-9])?$/);
const host = fc
  .tuple(fc.array(label, { minLength: 1, maxLength: 4 }), fc.constantFrom('example', 'test', 'de'))
  .map(([labels, top]) => [...labels, top].join('.'));
const l63 = 'a'.repeat(63);

test.each([
  ['debates.acme.example', 'debates.acme.example'],
  ['Debates.ACME.Example', 'debates.acme.example'],
  ['acme.example.', 'acme.example'],
  ['*.acme.example', '*.acme.example'],
  ['*.ACME.example.', '*.acme.example'],
  ['münchen.de', 'xn--mnchen-3ya.de'],
  ['MÜNCHEN.de.', 'xn--mnchen-3ya.de'],
  ['XN--MNCHEN-3YA.DE', 'xn--mnchen-3ya.de'],
  ['*.münchen.de', '*.xn--mnchen-3ya.de'],
  ['münchen。de', 'xn--mnchen-3ya.de'],
  ['ａcme.example', 'acme.example'],
  ['1.example', '1.example'],
  ['acme.2go', 'acme.2go'],
  ['acme.go2', 'acme.go2'],
  ['acme.a0x1', 'acme.a0x1'],
  ['acme.0xg', 'acme.0xg'],
  ['a-b--c.example', 'a-b--c.example'],
  [`${l63}.example`, `${l63}.example`],
  [`${l63}.${l63}.${l63}.${'a'.repeat(61)}`, `${l63}.${l63}.${l63}.${'a'.repeat(61)}`],
])('writes %s as %s', (input, expected) => {
  expect(canonicalHost(input).host).toBe(expected);
});

test.each([
  ['', 'got "" - write one such as "debates.acme.example"'],
  ['.', 'write one such as'],
  ['*.', 'write one such as'],
  ['https://acme.example', 'a scheme in "https://acme.example" - write the host name alone'],
  ['acme.example/path', 'a path in'],
  ['acme.example?x', 'a path in'],
  ['acme.example#x', 'a path in'],
  ['é.example\\x', 'a path in'],
  ['me@acme.example', 'a user in'],
  ['acme.example:443', 'a port in'],
  ['::1', 'an IP address in'],
  ['[::1]', 'an IP address in'],
  ['acme .example', 'a blank in'],
  [' acme.example', 'a blank in'],
  ['é\t.example', 'a blank in'],
  ['é\u00a0.example', 'a blank in'],
  ['é%41.example', 'a percent sign in'],
  ['10.0.0.1', 'an IP address - write a host name'],
  ['127.1', 'an IP address - write a host name'],
  ['a.0x', 'an IP address - write a host name'],
  ['a.0x07f', 'an IP address - write a host name'],
  ['１.２.３.４', 'an IP address - write a host name'],
  ['localhost', 'one label - write at least two'],
  ['*.example', 'one label - write at least two'],
  ['a..example', 'an empty label'],
  ['.a.example', 'an empty label'],
  ['a.example..', 'an empty label'],
  ['-a.example', 'the label "-a" - write no hyphen at its ends'],
  ['a-.example', 'the label "a-" - write no hyphen at its ends'],
  ['a_b.example', 'the label "a_b" - write letters, digits and hyphens only'],
  ['é_b.example', 'write letters, digits and hyphens only'],
  ['a.*.example', 'the label "*"'],
  ['*.*.example', 'the label "*"'],
  ['a*.example', 'the label "a*"'],
  ['$(x).example', 'the label "$(x)"'],
  ['xn--a.example', 'write a valid internationalized name'],
  ['a\u200db.example', 'write a valid internationalized name'],
  [`${l63}a.example`, 'of 64 characters - write at most 63'],
  [`${'ü'.repeat(80)}.example`, 'write'],
  [`${l63}.${l63}.${l63}.${'a'.repeat(62)}`, '254 characters - write at most 253'],
  [`*.${l63}.${l63}.${l63}.${'a'.repeat(60)}`, '254 characters - write at most 253'],
])('refuses %j, because it is %s', (input, problem) => {
  const result = canonicalHost(input);
  expect(result.host).toBeUndefined();
  expect(result.problem).toContain(problem);
  expect(result.problem).toMatch(/^expected a host name, got .* - write .*[^.]$/);
});

test('a canonical host stays as it is, whatever case and trailing dot it came with', () => {
  fc.assert(
    fc.property(host, fc.boolean(), fc.boolean(), (name, isUpper, hasDot) => {
      const input = (isUpper ? name.toUpperCase() : name) + (hasDot ? '.' : '');
      expect(canonicalHost(input)).toEqual({ host: name });
      expect(canonicalHost(`*.${input}`)).toEqual({ host: `*.${name}` });
    }),
  );
});

test('whatever text comes in, what is accepted is a valid host and canonical', () => {
  const text = fc.oneof(fc.string({ unit: 'grapheme' }), fc.string({ unit: 'binary' })).map((s) => `${s}.example`);
  fc.assert(
    fc.property(text, (input) => {
      const result = canonicalHost(input);
      if (result.host === undefined) return;
      expect(result.host).toMatch(/^(\*\.)?([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+example$/);
      expect(canonicalHost(result.host)).toEqual(result);
    }),
    { numRuns: 500 },
  );
});

test.each([
  ['a.example', 'a.example', true],
  ['*.a.example', '*.a.example', true],
  ['*.a.example', 'x.a.example', true],
  ['*.a.example', 'x.y.a.example', true],
  ['*.a.example', '*.x.a.example', true],
  ['*.a.example', 'a.example', false],
  ['*.a.example', 'xa.example', false],
  ['*.a.example', '*.b.example', false],
  ['a.example', 'b.example', false],
  ['a.example', 'x.a.example', false],
])('%s and %s overlap: %p', (a, b, expected) => {
  expect(hostsOverlap(a, b)).toBe(expected);
  expect(hostsOverlap(b, a)).toBe(expected);
});

test('a host is under its domain and all of those above, by whole labels', () => {
  expect(isUnder('a.example', 'a.example')).toBe(true);
  expect(isUnder('x.y.a.example', 'a.example')).toBe(true);
  expect(isUnder('*.a.example', 'a.example')).toBe(true);
  expect(isUnder('xa.example', 'a.example')).toBe(false);
  expect(isUnder('a.example', 'x.a.example')).toBe(false);
});

test('a wildcard certificate serves exactly one label below its domain', () => {
  expect(isCoveredByWildcard('x.a.example', 'a.example')).toBe(true);
  expect(isCoveredByWildcard('*.a.example', 'a.example')).toBe(true);
  expect(isCoveredByWildcard('x.y.a.example', 'a.example')).toBe(false);
  expect(isCoveredByWildcard('a.example', 'a.example')).toBe(false);
  expect(isCoveredByWildcard('xa.example', 'a.example')).toBe(false);
});
