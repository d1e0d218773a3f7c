import fc from 'fast-check';
import { idProblems } from '../../lib/registry/ids';
import { whyReserved } from '../../lib/registry/reserved';

describe('ids', () => {
  test('that differ, are free and name their files are accepted', () => {
    const files = [
      { file: 'tenants/acme.ts', id: 'acme' },
      { file: 'tenants/eu/acme-2.ts', id: 'acme-2' },
      { file: 'tenants/acme-debates.ts', id: 'acme-debates' },
    ];
    expect(idProblems(files, ['demo'])).toEqual([]);
  });

  test('that differ from the name of their file are refused with both ways out', () => {
    expect(idProblems([{ file: 'tenants/eu/acme.ts', id: 'acm' }], [])).toEqual([
      {
        code: 'E_FILE_NAME',
        file: 'tenants/eu/acme.ts',
        path: 'id',
        found: 'expected "acme", as the file is named, got "acm"',
        fix: 'write id: "acme", or rename the file to "acm.ts"',
      },
    ]);
  });

  test('that two files give are refused at the later one, which names all', () => {
    const files = ['tenants/b/acme.ts', 'tenants/acme.ts', 'tenants/a/acme.ts'].map((file) => ({ file, id: 'acme' }));
    expect(idProblems(files, [])).toEqual([
      {
        code: 'E_ID_DUPLICATE',
        file: 'tenants/b/acme.ts',
        path: 'id',
        found: '"acme" is the id of tenants/a/acme.ts and tenants/acme.ts too',
        fix: 'give one of them another id and file name',
        related: ['tenants/a/acme.ts', 'tenants/acme.ts'],
      },
    ]);
  });

  test('that the platform reserves are refused, by name or by their beginning', () => {
    const reserved = ['demo', 'test-*'];
    const problems = ['demo', 'demo-1', 'test-1', 'test', 'tests'].flatMap((id) =>
      idProblems([{ file: `tenants/${id}.ts`, id }], reserved),
    );
    expect(problems.map(({ code, file }) => [code, file])).toEqual([
      ['E_ID_RESERVED', 'tenants/demo.ts'],
      ['E_ID_RESERVED', 'tenants/test-1.ts'],
    ]);
  });
});

describe('ids that are always reserved', () => {
  test.each([
    ...[
      'default',
      'kube-system',
      'kube-',
      'admin',
      'administrator',
      'api',
      'www',
      'root',
      'system',
      'platform',
      'argocd',
    ],
    ...['monitoring', 'internal', 'mail', 'smtp', 'ftp', 'ns1', 'localhost', 'status', 'support', 'health', '_dmarc'],
    ...['wpad', 'autodiscover', 'postgres', 'null', 'xn--bcher-kva', 'ab--c'],
  ])('%s is', (id) => {
    expect(whyReserved(id)).toMatch(/^(is|names|means) /);
  });

  test.each([
    'acme',
    'kubernetes',
    'kube',
    'admins',
    'www2',
    'ns10x',
    'mailer',
    'default-2',
    'a--b',
    'abc--d',
    'rooted',
  ])('%s is not', (id) => {
    expect(whyReserved(id)).toBeUndefined();
  });
});

test('problems of ids do not depend on the order of the files', () => {
  const file = fc.record({ folder: fc.constantFrom('', 'a/', 'b/'), id: fc.constantFrom('x1', 'x2', 'admin', 'y') });
  const files = fc
    .uniqueArray(file, { selector: ({ folder, id }) => folder + id })
    .map((all) => all.map(({ folder, id }) => ({ file: `tenants/${folder}${id}.ts`, id })));
  fc.assert(
    fc.property(files, (all) => {
      const sorted = (problems: ReturnType<typeof idProblems>) => problems.map((p) => JSON.stringify(p)).sort();
      expect(sorted(idProblems([...all].reverse(), []))).toEqual(sorted(idProblems(all, [])));
    }),
  );
});
