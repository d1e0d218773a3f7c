import { writeFileSync } from 'node:fs';
import { Yaml } from 'cdk8s';
import fc from 'fast-check';
import { type DocumentOptions, parseAllDocuments, type SchemaOptions } from 'yaml';
import { type JsonObject, type JsonValue, toManifest } from '../../lib/synth/yaml';
import { canaries, object } from './canaries';

function read(text: string, version: '1.1' | '1.2'): unknown[] {
  const options: DocumentOptions & SchemaOptions = { version };
  return [...parseAllDocuments(text, options)].map((document) => {
    expect([...document.errors, ...document.warnings]).toEqual([]);
    return document.toJS();
  });
}

/** JSON's own view of the input: no `undefined`, no -0. */
function json<T>(value: T): T {
  return JSON.parse(JSON.stringify(value));
}

function expectRoundTrip(objects: readonly JsonObject[]): void {
  const text = toManifest(objects);
  for (const version of ['1.1', '1.2'] as const) expect(read(text, version)).toEqual(json(objects));
}

test('any JSON reads back the same under YAML 1.1 and 1.2', () => {
  fc.assert(fc.property(fc.array(object, { maxLength: 3 }), expectRoundTrip), { numRuns: 1500 });
});

test('every canary survives as key, value and item', () => {
  for (const it of canaries) {
    expectRoundTrip([{ [it]: it, list: [it, [it], { [it]: [it] }], map: { [it]: { [it]: it } } }]);
  }
});

test('the parser that cdk8s ships reads what was written', () => {
  const objects = [{ list: canaries, map: Object.fromEntries(canaries.map((canary) => [canary, canary])) }];
  const file = Yaml.tmp([]);
  writeFileSync(file, toManifest(objects));
  expect(Yaml.load(file)).toEqual(objects);
});

test('what Kubernetes writes all day needs no quotes', () => {
  const plain = [
    'apps/v1',
    'app.kubernetes.io/name',
    'nekotab-web',
    'ClusterIP',
    'RuntimeDefault',
    '/healthz',
    'ghcr.io/a/b:v1@sha256:0f',
  ];
  expect(toManifest([{ plain }])).toBe(`plain:\n${plain.map((text) => `  - ${text}\n`).join('')}`);
});

test('what a YAML 1.1 parser takes for something else stands in quotes', () => {
  const doubtful = [
    'y',
    'NO',
    'on',
    'Null',
    '~',
    '0775',
    '250m',
    '1.10',
    '12:30',
    '2026-01-15',
    '.inf',
    '=',
    '<<',
    'a: b',
    'a b',
    '-',
  ];
  expect(toManifest([{ doubtful }])).toBe(`doubtful:\n${doubtful.map((text) => `  - "${text}"\n`).join('')}`);
  expect(toManifest([{ y: 'n' }])).toBe('"y": "n"\n');
});

test('an object begins with apiVersion, kind and metadata, and all else is sorted by code unit', () => {
  const text = toManifest([
    { spec: { b: 1, a: 2, B: 3, é: 4 }, data: {}, metadata: { name: 'x', kind: 'k' }, kind: 'K', apiVersion: 'v1' },
  ]);
  expect(text).toBe(
    'apiVersion: v1\nkind: K\nmetadata:\n  kind: k\n  name: x\ndata: {}\nspec:\n  B: 3\n  a: 2\n  b: 1\n  "é": 4\n',
  );
});

test('a number with an exponent has the point that YAML 1.1 asks for', () => {
  expect(toManifest([{ a: [1e21, -1e-7, 1.5e-9, -0, 1e20] }])).toBe(
    'a:\n  - 1.0e+21\n  - -1.0e-7\n  - 1.5e-9\n  - 0\n  - 100000000000000000000\n',
  );
});

test('the order of insertion does not change a byte', () => {
  const shuffled = (value: JsonValue): JsonValue => {
    if (typeof value !== 'object' || value === null) return value;
    if (Array.isArray(value)) return value.map(shuffled);
    return Object.fromEntries(
      Object.entries(value)
        .reverse()
        .map(([key, inner]) => [key, shuffled(inner as JsonValue)]),
    );
  };
  fc.assert(fc.property(object, (it) => toManifest([it]) === toManifest([shuffled(it) as JsonObject])));
});

test('lists and maps nest as people write them', () => {
  expect(
    toManifest([
      { list: [{ name: 'a', args: ['x', ['y', []]] }, {}, null], map: { on: true, empty: { gone: undefined } } },
      {},
    ]),
  ).toBe(
    `list:
  - args:
      - x
      - - "y"
        - []
    name: a
  - {}
  - null
map:
  empty: {}
  "on": true
---
{}
`,
  );
});

test('a script is readable as a literal block', () => {
  const script = 'set -eu\nif true; then\n  echo "a: b" # c\n\nfi\n';
  expect(toManifest([{ data: { run: script, cut: 'a\nb' } }])).toBe(
    `data:
  cut: |-
    a
    b
  run: |
    set -eu
    if true; then
      echo "a: b" # c

    fi
`,
  );
});

test.each(['a \nb\n', 'a\n\tb\n', 'a\n\n', '\na\n', ' a\nb\n', 'a\r\nb\n', 'a\u0085\nb\n', 'a\u202e\nb\n'])(
  'a text that a literal block would change or hide is quoted: %j',
  (text) => {
    expect(toManifest([{ text }])).toMatch(/^text: ".*"\n$/);
  },
);

test('letters stay readable, what cannot be seen is escaped, and no line ends in a blank', () => {
  expect(toManifest([{ a: 'Café 日本 𠮷 🎉', b: '\u2028\u0085\ufeff\u009b\u202e\u{e0041}' }])).toBe(
    'a: "Café 日本 𠮷 🎉"\nb: "\\u2028\\u0085\\ufeff\\u009b\\u202e\\U000e0041"\n',
  );
  expect(toManifest([{ a: { b: [canaries, {}] } }])).not.toMatch(/[ \t\r]\n/);
  fc.assert(fc.property(object, (it) => !/[\r\u0080-\u009f\u2028\u2029\ufeff]|[^\S\n]\n/u.test(toManifest([it]))));
});

test.each([
  ['NaN', Number.NaN],
  ['Infinity', Number.POSITIVE_INFINITY],
  ['a function', () => 1],
  ['a Date', new Date(0)],
  ['a Map', new Map()],
  ['a bigint', 1n],
  ['undefined in a list', undefined],
  ['a lone surrogate', 'x\ud800'],
])('%s is refused, and the error names its path', (_, value) => {
  const bad = { spec: { 'a.b': [1, { c: [value] }] } } as unknown as JsonObject;
  expect(() => toManifest([{}, bad])).toThrow(/^objects\[1\]\["spec"\]\["a\.b"\]\[1\]\["c"\]\[0\] (is|holds) /);
});

test('an object that contains itself is refused', () => {
  const loop: Record<string, JsonValue> = {};
  loop.self = [loop];
  expect(() => toManifest([loop])).toThrow('contains itself');
});

test('a string seen first as a key is a literal block as a value all the same', () => {
  const text = 'first as\na key\n';
  expect(toManifest([{ [text]: 1 }, { a: text }])).toContain('a: |\n');
});

test('nothing makes an empty text', () => {
  expect(toManifest([])).toBe('');
});
