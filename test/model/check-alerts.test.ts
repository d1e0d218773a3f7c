import fc from 'fast-check';
import { queryProblem } from '../../lib/model/check-alerts';
import { productHaving, productProblems } from './fixture';

function problems(query: string, summary = 'Many errors'): string[] {
  const alert = { query, summary, above: 5, forMinutes: 5, severity: 'warning' };
  return productProblems(productHaving({ alerts: { Errors: alert } }));
}

describe('the query of an alert is refused', () => {
  test.each<[string, string, string]>([
    ['a parenthesis stays open', 'sum(rate(errors[5m])', '"(" is never closed'],
    ['one closes nothing', 'rate(errors[5m]))', '")" closes nothing'],
    ['brackets are crossed', 'rate(errors[5m)]', '")" where "]" closes "["'],
    ['matchers stay open', 'errors{code="500"', '"{" is never closed'],
    ['a double quote stays open', 'errors{code="500}', 'a double quote is never closed'],
    ['a quote ends with its line', 'errors{code="5\n00"}', 'a double quote is never closed'],
    ['a single quote stays open', "errors{code='500}", 'a single quote is never closed'],
    ['a backtick stays open', 'errors{code=`500}', 'a backtick is never closed'],
    ['the last quote is escaped', 'errors{code="5\\"}', 'a double quote is never closed'],
    ['an expression is written with one backslash', 'errors{code=~"\\d+"}', '"\\d" in quotes means nothing'],
    ['there are blanks alone', ' \n ', 'no query but blanks'],
    ['there is a comment alone', '# sum(errors)', 'no query but blanks and comments'],
    ['a comment hides what closes', 'sum(errors # )', '"(" is never closed'],
  ])('where %s', (_, query, found) => {
    expect(problems(query)).toEqual([expect.stringContaining(`alerts.Errors.query: ${found}`)]);
  });
});

describe('the query of an alert is accepted', () => {
  test.each<[string, string]>([
    ['is whole', 'sum by (namespace) (rate(errors{code=~"5.."}[5m]))'],
    ['has brackets in quotes', `errors{a=")", b=']', c=\`}\`} > 0`],
    ['has quotes in other quotes', `errors{a="it's", b='"', c="\`"}`],
    ['escapes what it must', 'errors{a="\\"", b=~"\\\\d+", c=\'\\\'\', d="\\u00e9\\x41\\101\\n"}'],
    ['has backslashes in backticks', 'errors{code=~`\\d+`}'],
    ['has a comment with anything in it', 'sum(errors) # only ( a "note\n'],
    ['has a # in quotes', 'errors{path="/#"}'],
  ])('where it %s', (_, query) => {
    expect(problems(query)).toEqual([]);
  });

  const name = fc.stringMatching(/^[a-z_]{1,6}$/);
  const text = fc.string({ unit: 'binary' }).filter((value) => !/[`\n]/.test(value));
  const quoted = fc.oneof(
    text.map((value) => JSON.stringify(value.replace(/[\u0000-\u001f\ud800-\udfff/]/g, ''))),
    text.map((value) => `\`${value}\``),
  );
  const { query } = fc.letrec<{ query: string }>((tie) => ({
    query: fc.oneof(
      { depthSize: 'small' },
      name,
      fc.tuple(name, name, quoted).map(([metric, label, value]) => `${metric}{${label}=${value}}`),
      name.map((metric) => `rate(${metric}[5m])`),
      fc.tuple(tie('query'), tie('query')).map(([a, b]) => `(${a}) / (${b})`),
      fc.tuple(tie('query'), text).map(([a, note]) => `${a} # ${note}\n`),
      fc.tuple(name, tie('query')).map(([label, a]) => `sum by (${label}) (${a})`),
    ),
  }));

  test('however its parts are nested', () => {
    fc.assert(fc.property(query, (given) => expect(queryProblem(given)).toBeNull()));
  });

  test('and refused with one bracket more, whatever it is', () => {
    const more = fc.constantFrom('(', '[', '{', ')', ']', '}');
    fc.assert(fc.property(query, more, (given, one) => expect(queryProblem(`${given}\n${one}`)).not.toBeNull()));
  });
});

test('the summary of an alert may hold braces, since it is told as it is written', () => {
  expect(problems('errors', 'Many {{ $value }} errors {{')).toEqual([]);
});
