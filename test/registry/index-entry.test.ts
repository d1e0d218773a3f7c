import fc from 'fast-check';
import { formatIndex, type IndexEntry, parseIndex } from '../../lib/registry/index-entry';
import { claim } from './support';

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
