import { z } from 'zod';
import { formatProblem } from '../../lib/model/errors';
import { parseWith } from '../../lib/model/explain';
import { tenantSchema } from '../../lib/model/tenant';

function explained(schema: z.ZodType, input: unknown): string[] {
  const { problems } = parseWith(schema, input, { code: 'E_TENANT_FIELD', file: 't.ts', prefix: 'at' });
  return problems.map((problem) =>
    formatProblem(problem)
      .replace(/^t\.ts: at/, '')
      .replace(' [E_TENANT_FIELD]', ''),
  );
}

const point = z.strictObject({ x: z.number(), y: z.number().optional() });

describe('a problem of a schema', () => {
  test.each<[string, z.ZodType, unknown, string[]]>([
    ['a missing key', point, {}, ['.x: expected a number, got nothing - add "x"']],
    ['a missing element', z.array(z.string()), [undefined], ['[0]: expected a text, got nothing - write a text']],
    ['a text for a number', point, { x: '4' }, ['.x: expected a number, got "4" - write 4']],
    ['no number at all', point, { x: 'four' }, ['.x: expected a number, got "four" - write a number']],
    ['NaN', point, { x: Number.NaN }, ['.x: expected a number, got NaN - write a number']],
    ['a number for a text', z.string(), 4, [': expected a text, got 4 - write "4"']],
    ['a text for true', z.boolean(), 'true', [': expected true or false, got "true" - write true']],
    ['a text for a list', z.array(z.string()), 'a', [': expected a list, got "a" - write ["a"]']],
    ['a fraction', z.int(), 1.5, [': expected a whole number, got 1.5 - write a whole number']],
    ['a list for an object', point, [], [': expected an object, got [] - write an object']],
    ['null', point, null, [': expected an object, got null - write an object']],
    ['a near key', point, { x: 1, Y: 2 }, ['.Y: unknown key "Y" - did you mean "y"?']],
    ['a far key', point, { x: 1, zebra: 2 }, ['.zebra: unknown key "zebra" - remove it, or write "x" or "y"']],
    ['a key of the prototype', point, JSON.parse('{"x":1,"__proto__":{}}'), ['.__proto__: unknown key "__proto__"']],
    [
      'a near word',
      z.enum(['active', 'purged']),
      'actve',
      ['"active" or "purged", got "actve" - did you mean "active"?'],
    ],
    ['a far word', z.enum(['on', 'off']), 'x', [': expected "on" or "off", got "x" - write "on" or "off"']],
    ['a wrong literal', z.literal([4, 'all']), 5, [': expected 4 or "all", got 5 - write 4 or "all"']],
    ['too little', z.int().min(1), 0, [': expected at least 1, got 0 - write at least 1']],
    ['not above', z.int().positive(), 0, [': expected more than 0, got 0 - write more than 0']],
    ['too much', z.int().max(9), 10, [': expected at most 9, got 10 - write at most 9']],
    ['not below', z.int().lt(9), 9, [': expected less than 9, got 9 - write less than 9']],
    ['too short', z.string().min(2), 'a', [': expected at least 2 characters, got "a" - write at least 2 characters']],
    ['too few', z.array(z.int()).min(1), [], [': expected at least 1 entry, got [] - write at least 1 entry']],
    ['not as long', z.string().length(1), 'ab', [': expected exactly 1 character, got "ab"']],
    ['no multiple', z.int().multipleOf(5), 3, [': expected a multiple of 5, got 3 - write a multiple of 5']],
    ['no URL', z.url(), 'x', [': expected a URL such as https://vault.example.com, got "x"']],
    ['no address', z.ipv4(), 'x', [': expected an IPv4 address such as 192.0.2.10, got "x"']],
    ['another beginning', z.string().startsWith('/'), 'x', [': expected a text that begins with "/", got "x"']],
    ['another end', z.string().endsWith('/'), 'x', [': expected a text that ends in "/", got "x"']],
    ['no such part', z.string().includes('@'), 'x', [': expected a text with "@" in it, got "x"']],
    ['no match', z.string().regex(/^a+$/), 'x', [': expected a text that matches /^a+$/, got "x"']],
    ['another format', z.base64(), '!', [': expected a text of format base64, got "!"']],
    [
      'a refusal with a sentence',
      z.int().refine(() => false, 'must be odd'),
      2,
      ['must be odd, got 2 - write another'],
    ],
    ['a refusal without one', z.int().refine(() => false), 2, ['expected another value, got 2 - write another value']],
    ['a refusal with a fix', z.int().refine(() => false, 'expected 1 - say 1'), 2, ['expected 1, got 2 - say 1']],
    ['a wrong key', z.record(z.string().max(2), z.int()), { abc: 1 }, ['.abc: expected another key, got "abc"']],
    ['a key of an enum', z.partialRecord(z.enum(['mysql']), z.int()), { mysq: 1 }, ['did you mean "mysql"?']],
    ['an element of a map', z.map(z.string(), z.int()), new Map([['a', 'b']]), ['expected a number']],
    ['a value of any kind', z.strictObject({ a: z.any() }), {}, ['.a: expected a value, got nothing - add "a"']],
    ['nothing to be had', z.never(), 5, [': expected nothing, got 5 - write nothing']],
    ['half of an intersection', z.intersection(point, z.object({ z: z.int() })), { x: 1 }, ['.z: expected a number']],
  ])('tells of %s', (_, schema, input, expected) => {
    const lines = explained(schema, input);
    expect(lines.length).toBeGreaterThan(0);
    for (const text of expected) expect(lines).toContainEqual(expect.stringContaining(text));
  });

  test('is none where the input fits', () => {
    expect(parseWith(point, { x: 1 }, { code: 'E_TENANT_FIELD', file: '' })).toEqual({ data: { x: 1 }, problems: [] });
  });

  test('has the file, code and path of its place', () => {
    const { problems } = parseWith(point, {}, { code: 'E_PRODUCT_FIELD', file: 'a.ts', prefix: 'b[0]' });
    expect(problems).toMatchObject([{ code: 'E_PRODUCT_FIELD', file: 'a.ts', path: 'b[0].x' }]);
  });

  test('is told for each mistake at once', () => {
    expect(
      explained(tenantSchema, { domains: [1], overrides: { quota: { cpu: '4' }, reason: '', until: 'x' } }),
    ).toHaveLength(11);
  });
});
