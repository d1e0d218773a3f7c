import fc from 'fast-check';
import {
  formatIndex,
  formatShared,
  type IndexCredential,
  type IndexEntry,
  parseIndex,
  parseShared,
} from '../../lib/registry/index-entry';
import { claim } from './support';

const ON = '2026-01-15';

const ENTRY: IndexEntry = {
  id: 'acme',
  product: 'nekotab',
  plan: 'standard',
  state: 'active',
  placement: 'eu-1',
  namespace: 'nekotab-acme',
  claims: [
    claim('volume', 'eu-1/nekotab-acme/media', true, { storageClass: 'fast', sizeGiB: 5 }),
    claim('bucket', 'b'),
    claim('bucket', 'a', true),
  ],
  files: { 'kubernetes/eu-1/acme/manifest.yaml': 'ff00', 'argocd/eu-1/acme.yaml': '00ff' },
};

/** The entry with one thing in its JSON replaced. */
function edited(change: (entry: Record<string, unknown>) => unknown): string {
  const entry = JSON.parse(formatIndex(ENTRY)) as Record<string, unknown>;
  return JSON.stringify(change(entry) ?? entry);
}

describe('an index entry', () => {
  test('is JSON that two branches can be merged by: sorted, indented, a line end at its end', () => {
    expect(formatIndex(ENTRY)).toBe(`{
  "id": "acme",
  "product": "nekotab",
  "plan": "standard",
  "state": "active",
  "placement": "eu-1",
  "namespace": "nekotab-acme",
  "claims": [
    {
      "space": "bucket",
      "name": "a",
      "stateful": true,
      "fixed": {}
    },
    {
      "space": "bucket",
      "name": "b",
      "stateful": false,
      "fixed": {}
    },
    {
      "space": "volume",
      "name": "eu-1/nekotab-acme/media",
      "stateful": true,
      "fixed": {
        "sizeGiB": 5,
        "storageClass": "fast"
      }
    }
  ],
  "files": {
    "argocd/eu-1/acme.yaml": "00ff",
    "kubernetes/eu-1/acme/manifest.yaml": "ff00"
  }
}
`);
  });

  test('is the same however its parts are ordered, and holds nothing else', () => {
    const files = Object.fromEntries(Object.entries(ENTRY.files).reverse());
    const shuffled = { files, claims: [...ENTRY.claims].reverse(), more: 1 };
    const { id, product, plan, state, placement, namespace } = ENTRY;
    const entry = { ...shuffled, namespace, placement, state, plan, product, id };
    expect(formatIndex(entry)).toBe(formatIndex(ENTRY));
  });

  test('is read back as it was written', () => {
    const text = fc.string({ minLength: 1, unit: 'binary' });
    const fixed = fc.dictionary(text, fc.oneof(text, fc.integer()));
    const claims = fc.array(
      fc.record({ space: fc.constantFrom('bucket', 'volume'), name: text, stateful: fc.boolean(), fixed }),
    );
    const entry = fc.record({
      id: text,
      product: text,
      plan: text,
      state: text,
      placement: text,
      namespace: text,
      claims,
      files: fc.dictionary(text, text),
    });
    fc.assert(
      fc.property(entry, (given) => {
        const read = parseIndex(formatIndex(given as IndexEntry));
        expect(read).not.toBeNull();
        expect(read && formatIndex(read)).toBe(formatIndex(given as IndexEntry));
        expect(read?.claims).toHaveLength(given.claims.length);
      }),
    );
  });

  test('of a later version, with spaces and fields that are not known yet, is read', () => {
    expect(
      parseIndex(edited((entry) => ({ ...entry, owner: 'x', claims: [claim('port' as 'bucket', '1')] }))),
    ).toMatchObject({
      claims: [{ space: 'port' }],
    });
  });
});

describe('a damaged index entry is none:', () => {
  test.each<[string, string]>([
    ['an empty file', ''],
    ['half of one', formatIndex(ENTRY).slice(0, 300)],
    ['a merge conflict', `<<<<<<< HEAD\n${formatIndex(ENTRY)}=======\n`],
    ['something else', '[]'],
    ['nothing', 'null'],
    ['an id that is gone', edited(({ id: _, ...rest }) => rest)],
    ['a state that is no text', edited((entry) => ({ ...entry, state: 1 }))],
    ['a placement without a name', edited((entry) => ({ ...entry, placement: '' }))],
    ['claims that are gone', edited(({ claims: _, ...rest }) => rest)],
    ['claims that are no list', edited((entry) => ({ ...entry, claims: {} }))],
    ['a claim that is a text', edited((entry) => ({ ...entry, claims: ['bucket a'] }))],
    [
      'a claim without a name',
      edited((entry) => ({ ...entry, claims: [{ ...claim('bucket', ''), name: undefined }] })),
    ],
    [
      'a claim that does not say whether it holds data',
      edited((entry) => ({ ...entry, claims: [{ ...claim('bucket', 'a'), stateful: 'no' }] })),
    ],
    [
      'a claim without what is fixed',
      edited((entry) => ({ ...entry, claims: [{ ...claim('bucket', 'a'), fixed: undefined }] })),
    ],
    [
      'a claim with a list of what is fixed',
      edited((entry) => ({ ...entry, claims: [{ ...claim('bucket', 'a'), fixed: { sizes: [1] } }] })),
    ],
    ['files that are gone', edited(({ files: _, ...rest }) => rest)],
    ['files without digests', edited((entry) => ({ ...entry, files: { x: null } }))],
  ])('%s', (_, text) => {
    expect(parseIndex(text)).toBeNull();
  });

  test('one that was edited without harm is one', () => {
    expect(parseIndex(edited(() => undefined))).toEqual(JSON.parse(formatIndex(ENTRY)));
  });
});

describe('credentials of an entry', () => {
  const login = (active: 'a' | 'b', versions: Readonly<Record<string, number>>) => {
    const logins = Object.entries(versions).map(([use, version]) => [use, { version, on: use === 'a' ? ON : null }]);
    return { active, logins: Object.fromEntries(logins) as IndexCredential['logins'] };
  };
  const credentials = { key: login('a', { a: 1 }), database: login('b', { b: 2, backup: 1, a: 1 }) };

  test('are sorted, and read back as they were', () => {
    const text = formatIndex({ ...ENTRY, credentials });
    const { credentials: written } = JSON.parse(text) as { credentials: typeof credentials };
    expect(JSON.stringify(written)).toBe(
      '{"database":{"active":"b","logins":{"a":{"version":1,"on":"2026-01-15"},"b":{"version":2,"on":null},"backup":{"version":1,"on":null}}},' +
        '"key":{"active":"a","logins":{"a":{"version":1,"on":"2026-01-15"}}}}',
    );
    expect(parseIndex(text)?.credentials).toEqual(credentials);
    expect(parseShared(formatShared({ ...ENTRY, credentials }))?.credentials).toEqual(credentials);
  });

  test('may be missing, as in entries of earlier versions, or hold logins that this version does not know', () => {
    expect(parseIndex(formatIndex(ENTRY))?.credentials).toBeUndefined();
    expect(parseShared(formatShared(ENTRY))).not.toHaveProperty('credentials');
    const later = edited((entry) => ({
      ...entry,
      credentials: { x: { active: 'c', logins: { c: { version: 1, on: ON } } } },
    }));
    expect(parseIndex(later)).not.toBeNull();
  });

  test.each<[string, unknown]>([
    ['no map', []],
    ['nothing', null],
    ['a login without versions', { database: { active: 'a' } }],
    ['a version that is no number', { database: { active: 'a', logins: { a: { version: '1', on: ON } } } }],
    ['a version without what it is of', { database: { active: 'a', logins: { a: 1 } } }],
    ['a day that is no text', { database: { active: 'a', logins: { a: { version: 1, on: 1 } } } }],
    ['a day that is not there', { database: { active: 'a', logins: { a: { version: 1 } } } }],
    ['no active login', { database: { logins: { a: { version: 1, on: ON } } } }],
  ])('that are damaged damage the entry: %s', (_, damaged) => {
    const text = edited((entry) => ({ ...entry, credentials: damaged }));
    expect([parseIndex(text), parseShared(text)]).toEqual([null, null]);
  });
});
