import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../lib/synth/yaml';

const words = String.raw`
  ' " \ \n it's $(id) ${'$'}{x} %{y} {{.z}} <b> ;-- &amp;
  0o17 017 0775 0x1F 0b1 1_000 1e3 1e3_0 1e+3 12:30 190:20:30 1. .5 +1 -1 -0 0 00 08 1 1.0 1.10 0. 250m 512Mi
  e1 E1 e-1 .inf -.inf .nan .NaN NaN Infinity inf 2026-01-15 2026-01-15T10:00:00Z
  y Y n N yes Yes no NO on On off OFF true True TRUE false null Null ~
  - -- --- ... #c !tag !!str &a *a @ @a % %TAG ? | > |- = << , [ ] { } [] {} [a {a a] ! & * "a 'a
  : :: a: a:b :a 1:2 http://a.example:80/b?c=d#e
  apps/v1 app.kubernetes.io/name nekotab-web ClusterIP RuntimeDefault /healthz / a/ a- a. _a a_
  ghcr.io/a/b:v1@sha256:0123 __proto__ constructor toString`;

/** Strings that some YAML parser, template, shell or terminal reads as something else. */
export const canaries: readonly string[] = [
  ...words.trim().split(/\s+/),
  ...['', ' ', '  ', ' lead', 'trail ', '\ttab', 'tab\t', 'a\tb', 'say "hi"', '`', '`id`', '\\', '\r'],
  ...['- a', '--- a', '? a', 'a: b', 'a, b', 'a #b', ' #', '<<: *a', '2026-1-5 1:2:3', '%YAML 1.2', '!!str a'],
  ...[
    '\n',
    '\n\n',
    'a\n',
    'a\nb',
    'a\n\n',
    '\na\n',
    ' a\nb\n',
    'a \nb\n',
    'a\n\tb\n',
    'a\n \tb\n',
    'a\n  b\n',
    'a\n\nb\n',
  ],
  ...[
    'a\n---\nb\n',
    'a\n...\nb\n',
    '# a\nb: c\n',
    'x\n%YAML 1.2\n',
    '- a\n- b\n',
    '|\n',
    'a:\n',
    'a\n\n\n\nb',
    'a\r\nb\r\n',
  ],
  ...[
    'a\n\u2028b\n',
    'a\n\u0085b\n',
    'a\u00a0\nb\n',
    'é\n日本\n',
    '\u2028',
    '\u2029',
    '\u0085',
    '\ufeff',
    '\u00a0',
    '\u00ad',
  ],
  ...['\u0000', '\u0007', '\u001b[31m', '\u007f', '\u009b', '\u200d', '\u202e', '\ufffd', '\ufffe', '\uffff', '\ue000'],
  ...['é', '日本', 'e\u0301', '\u{1f389}', '\u{20bb7}', '\u{e0001}', '\u{10ffff}'],
  ...['x'.repeat(1100), 'é'.repeat(1100), 'a b '.repeat(400)],
];

const word = fc.oneof(
  { weight: 3, arbitrary: fc.constantFrom(...canaries) },
  fc.string({ unit: 'binary', maxLength: 12 }).filter((text) => !/[\ud800-\udfff]/u.test(text)),
  fc.string({ unit: fc.constantFrom(' ', '\n', '\t', 'a', '#', ':', '-', '|', '\r', '"'), maxLength: 12 }),
  fc.tuple(fc.constantFrom(...canaries), fc.constantFrom(...canaries)).map(([a, b]) => `${a}\n${b}\n`),
);
const number = fc.oneof(
  fc.integer(),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.constantFrom(1e21, 1e-7, 5e-324),
);

/** A map of hostile strings, odd numbers and everything in between. */
export const { object } = fc.letrec<{ value: JsonValue; object: JsonObject }>((tie) => ({
  value: fc.oneof(
    { maxDepth: 5 },
    word,
    number,
    fc.boolean(),
    fc.constant(null),
    tie('object'),
    fc.array(tie('value'), { maxLength: 4 }),
  ),
  object: fc.dictionary(word, tie('value'), { maxKeys: 5, noNullPrototype: false }),
}));
