import { assert, property, string } from 'fast-check';
import { args, argument, expression, literal, quoted } from '../../lib/terraform/expression';

/** What Terraform makes of a literal template: the two marks stand for the one that they escape; a single one would be evaluated. */
function read(template: string): string {
  const rest = template.replace(/\$\$\{|%%\{/g, '');
  if (/[$%]\{/.test(rest.replace(/[$%]$/, ''))) throw new Error(`evaluated: ${template}`);
  return template.replace(/\$\$\{|%%\{/g, (escaped) => escaped.slice(1));
}

test.each([
  ['${file("/etc/passwd")}', '$${file("/etc/passwd")}'],
  ['%{ if true }x%{ endif }', '%%{ if true }x%%{ endif }'],
  ['$${x}', '$$${x}'],
  ['plain $ and % and {}', 'plain $ and % and {}'],
])('%s is data', (given, written) => {
  expect(literal(given)).toBe(written);
});

test('a string in an expression ends where it should', () => {
  expect(quoted('a"b\\c\n${d}')).toBe('"a\\"b\\\\c\\u000a$${d}"');
});

test('only an expression is evaluated, however deep it stands', () => {
  const given = {
    name: '${a}',
    list: ['${b}', expression('var.c')],
    deep: { '${d}': expression('var.e') },
    off: undefined,
  };
  expect(args(given)).toEqual({ name: '$${a}', list: ['$${b}', '${var.c}'], deep: { '$${d}': '${var.e}' } });
});

test('whatever the text, it comes out as it went in', () => {
  assert(
    property(string({ unit: 'grapheme' }), string(), (one, other) => {
      const text = `${one}\${${other}}%{`;
      expect(read(argument(text) as string)).toBe(text);
      expect(JSON.stringify(text)).toBe(JSON.stringify(read(literal(text))));
    }),
  );
});
