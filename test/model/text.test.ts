import fc from 'fast-check';
import type { z } from 'zod';
import { email, freeText, isoDate, labelValue, tenantId } from '../../lib/model/text';

/** The messages of what a schema finds wrong. */
function messages(schema: z.ZodType, value: unknown): string[] {
  const result = schema.safeParse(value);
  return result.success ? [] : result.error.issues.map((issue) => issue.message);
}

const name = freeText(20);

const sinks = 'a\'"`$(id)$' + '{x}%{y}{{.z}}<b>;--';

test.each(['ACME Debates', 'Ünïcode GmbH', 'שלום', '株式会社', '👩‍💻 devs', sinks])('takes the text %s', (text) => {
  expect(freeText(40).parse(text)).toBe(text);
});

test.each([
  ...Object.entries({ 'a\nb': 'U+000A, which is character 2', 'a\tb': 'U+0009', '\0': 'U+0000, which is character 1' }),
  ...Object.entries({ 'ab\x1f': 'U+001F', 'a\x7f': 'U+007F', 'a\x80': 'U+0080', 'a\x85b': 'U+0085' }),
  ['a\x9f', 'U+009F'],
  ...Object.entries({ 'a\u2028b': 'U+2028', 'a\u2029b': 'U+2029', 'a\u202ab': 'U+202A', '\ufeffa': 'U+FEFF' }),
  ...Object.entries({ '😀\u202eb': 'U+202E, which is character 2', 'a\u2066b': 'U+2066', 'a\u2069b': 'U+2069' }),
  ...Object.entries({ 'a\ud800b': 'U+D800', 'a\udfff': 'U+DFFF', 'a\ufffe': 'U+FFFE', 'a\uffffb': 'U+FFFF' }),
  ['a\u{1fffe}', 'U+1FFFE'],
])('refuses the text %j and names the code point', (text, expected) => {
  expect(messages(name, text)).toEqual([expect.stringContaining(`expected one line of text without ${expected}`)]);
});

test.each([' ', '~', '\u00a1', '\u2027', '\u202f', '\u2065', '\u206a', '\ufffd', '\ue000'])(
  'takes the neighbour %j of what it refuses',
  (character) => {
    expect(messages(name, `a${character}b`)).toEqual([]);
  },
);

test('wants something in a text, and no blanks at its ends', () => {
  expect(messages(name, '')).toEqual(['expected one line of text with something in it']);
  expect(messages(name, '  ')).toEqual(['expected one line of text with something in it']);
  expect(messages(name, ' a')).toEqual(['expected text without blanks at its ends']);
  expect(messages(name, 'a\u00a0')).toEqual(['expected text without blanks at its ends']);
});

test.each([
  '\u200b',
  '\u200b\u200b',
  '\u200d',
  '\u00ad',
  '\u3164',
  '\u115f',
  '\u2800',
  '\u034f',
  '\u{e0041}',
  '\u200b \u200b',
])('wants something that can be seen, which %j is not', (invisible) => {
  expect(messages(name, invisible)).toEqual(['expected one line of text with something in it']);
  expect(messages(name, `a${invisible}b`)).toEqual([]);
});

test('counts characters, not halves of them', () => {
  expect(messages(name, '😀'.repeat(20))).toEqual([]);
  expect(messages(name, '😀'.repeat(21))).toEqual(['expected at most 20 characters instead of 21']);
});

test('whatever it takes has none of the characters that break what it is rendered into', () => {
  fc.assert(
    fc.property(fc.string({ unit: 'binary' }), (text) => {
      if (!freeText(1000).safeParse(text).success) return;
      expect(text).not.toMatch(/[\p{Cc}\p{Cs}\p{Zl}\p{Zp}\u202a-\u202e\u2066-\u2069\ufeff]/u);
      expect(text.trim()).toBe(text);
    }),
    { numRuns: 1000 },
  );
});

test.each(['a', 'A1', 'CC-ABC-001', 'a.b_c-d', '9', '9a9', 'a'.repeat(63)])('takes the label value %s', (value) => {
  expect(labelValue.parse(value)).toBe(value);
});

test.each(['', '-a', 'a-', 'a b', 'a/b', 'ä', '_a', 'a.', 'a\n'])('refuses the label value %j', (value) => {
  expect(messages(labelValue, value)).toEqual([
    'expected letters, digits, "-", "_" and ".", with a letter or digit at both ends',
  ]);
});

test('refuses a label value of 64 characters', () => {
  expect(messages(labelValue, 'a'.repeat(64))).toEqual(['expected at most 63 characters instead of 64']);
});

const longest = `${'a'.repeat(245)}@ab.de.fg`;

test.each(['admin@acme.example', "o'neil+tag@mail.acme.example", 'A.B@xn--mnchen-3ya.de', '9@9.9a9', longest])(
  'takes the address %s',
  (address) => {
    expect(email.parse(address)).toBe(address);
  },
);

test.each([
  ...['', 'admin', 'a@b', '@acme.example', 'a@', 'a@b@acme.example', 'a b@acme.example', ' a@acme.example'],
  ...['a@acme.example ', 'ä@acme.example', 'a@münchen.de', 'a@-acme.example', 'a@acme-.example', 'a@acme..example'],
  ...['a@.acme.example', 'a@acme.example.', 'A <a@acme.example>', 'a@acme.example\n', '"a"@acme.example'],
  ...['a@a_b.example', `a@${'b'.repeat(64)}.example`],
])('refuses the address %j', (address) => {
  expect(messages(email, address)).toEqual(['expected one email address in ASCII, such as admin@acme.example']);
});

test('refuses an address of 255 characters', () => {
  expect(longest).toHaveLength(254);
  expect(messages(email, `a${longest}`)).toEqual(['expected at most 254 characters instead of 255']);
});

test.each([
  ['2026-02-30', 'expected a day from 01 to 28, where 2026-02 ends'],
  ['2026-02-29', 'expected a day from 01 to 28, where 2026-02 ends'],
  ['1900-02-29', 'expected a day from 01 to 28, where 1900-02 ends'],
  ['2028-02-30', 'expected a day from 01 to 29, where 2028-02 ends'],
  ['2026-04-31', 'expected a day from 01 to 30, where 2026-04 ends'],
  ['2026-01-00', 'expected a day from 01 to 31, where 2026-01 ends'],
  ['2026-00-10', 'expected a month from 01 to 12'],
  ['2026-13-01', 'expected a month from 01 to 12'],
  ['2026-1-15', 'expected a date in quotes, such as 2026-01-15'],
  ['x2026-01-15', 'expected a date in quotes, such as 2026-01-15'],
  ['15.01.2026', 'expected a date in quotes, such as 2026-01-15'],
  ['2026-01-15T00:00:00Z', 'expected a date in quotes, such as 2026-01-15'],
])('refuses the date %s: %s', (date, message) => {
  expect(messages(isoDate, date)).toEqual([message]);
});

test('takes exactly the days that the calendar has', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 9999 }), fc.integer({ min: 0, max: 13 }), fc.nat({ max: 32 }), (y, m, d) => {
      const date = [String(y).padStart(4, '0'), ...[m, d].map((n) => String(n).padStart(2, '0'))].join('-');
      const utc = new Date(0);
      utc.setUTCFullYear(y, m - 1, d);
      expect(isoDate.safeParse(date).success).toBe(utc.toISOString().startsWith(`${date}T`));
    }),
    { numRuns: 2000 },
  );
  for (const date of ['2028-02-29', '2000-02-29', '2026-12-31']) expect(isoDate.parse(date)).toBe(date);
});

test.each(['ab', 'a1', 'acme-debates', 'a--b', 'a9b9', 'a'.repeat(32)])('takes the id %s', (id) => {
  expect(tenantId.parse(id)).toBe(id);
});

test.each(['Abc', '1ab', '-a', 'a-', 'a_b', 'a.b', 'a b', 'äb', 'ab\n', '../a'])('refuses the id %j', (id) => {
  expect(messages(tenantId, id)).toEqual([
    'expected lower-case letters, digits and hyphens, with a letter first and no hyphen last',
  ]);
});

test.each([0, 1, 33])('refuses an id of %p characters', (length) => {
  expect(messages(tenantId, 'a'.repeat(length))).toEqual([`expected 2 to 32 characters instead of ${length}`]);
});

test.each([name, labelValue, email, isoDate, tenantId])('says what to write where a value is no string', (schema) => {
  for (const value of [undefined, null, 4, {}]) {
    expect(messages(schema, value)).toEqual([expect.stringMatching(/^expected [a-z].*[^.]$/)]);
  }
});
