import { execFileSync } from 'node:child_process';
import { mkdirSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { findFiles } from '../../lib/registry/find';
import { folder, write } from './support';

function found(files: readonly string[], prepare: (root: string) => void = () => undefined) {
  const root = folder();
  write(root, Object.fromEntries(files.map((file) => [file, ''])));
  prepare(root);
  return findFiles(root);
}

describe('tenant files', () => {
  test('lie in any folder below tenants/ and are sorted by code units', () => {
    const { tenants, hasPlatform, problems } = found([
      'tenants/platform.ts',
      'tenants/z.ts',
      'tenants/a.ts',
      'tenants/B.ts',
      'tenants/eu/platform.ts',
      'tenants/eu-2.ts',
      'tenants/eu/deep/c.ts',
      'tenants/a-b.ts',
    ]);
    expect(hasPlatform).toBe(true);
    expect(tenants).toEqual([
      'tenants/B.ts',
      'tenants/a-b.ts',
      'tenants/a.ts',
      'tenants/eu-2.ts',
      'tenants/eu/deep/c.ts',
      'tenants/eu/platform.ts',
      'tenants/z.ts',
    ]);
    expect(problems).toEqual([]);
  });

  test('are no declarations, hidden files, packages or files of another kind', () => {
    const { tenants, hasPlatform, problems } = found([
      'tenants/a.ts',
      'tenants/a.d.ts',
      'tenants/.hidden.ts',
      'tenants/.git/b.ts',
      'tenants/node_modules/x/index.ts',
      'tenants/README.md',
      'tenants/data.json',
      'elsewhere/c.ts',
    ]);
    expect(tenants).toEqual(['tenants/a.ts']);
    expect(hasPlatform).toBe(false);
    expect(problems).toEqual([]);
  });

  test('are none where there is no folder', () => {
    expect(findFiles(join(folder(), 'nowhere'))).toEqual({ hasPlatform: false, tenants: [], problems: [] });
  });

  test('are none where the root is a file', () => {
    const root = folder();
    write(root, { file: '' });
    expect(findFiles(join(root, 'file'))).toEqual({ hasPlatform: false, tenants: [], problems: [] });
  });
});

describe('links', () => {
  test('are followed to a file inside the root', () => {
    const { tenants, problems } = found(['shared/real.ts', 'tenants/a.ts'], (root) =>
      symlinkSync('../shared/real.ts', join(root, 'tenants/linked.ts')),
    );
    expect(tenants).toEqual(['tenants/a.ts', 'tenants/linked.ts']);
    expect(problems).toEqual([]);
  });

  test.each<[string, string, (root: string) => string]>([
    ['to a place outside the root', 'outside the root', () => '/etc/hostname'],
    ['to nothing', 'a link to nothing', () => 'gone.ts'],
    ['to itself', 'a link to nothing', () => 'x.ts'],
    ['to a folder', 'a link to one', (root) => root],
  ])('%s are refused', (_, text, target) => {
    const { tenants, problems } = found(['tenants/a.ts'], (root) =>
      symlinkSync(target(root), join(root, 'tenants/x.ts')),
    );
    expect(tenants).toEqual(['tenants/a.ts']);
    expect(problems).toEqual([
      expect.objectContaining({ code: 'E_FILE_LOAD', file: 'tenants/x.ts', found: expect.stringContaining(text) }),
    ]);
  });

  test('are refused for tenants/ itself, and a real folder is not', () => {
    const root = folder();
    write(root, { 'real/a.ts': '' });
    symlinkSync('real', join(root, 'tenants'));
    expect(findFiles(root).problems).toEqual([expect.objectContaining({ code: 'E_FILE_LOAD', file: 'tenants' })]);
    expect(found(['tenants/a.ts']).problems).toEqual([]);
  });

  test('whose name is not that of a tenant file may point anywhere', () => {
    const { problems } = found(['tenants/a.ts'], (root) => symlinkSync('/etc/hostname', join(root, 'tenants/NOTES')));
    expect(problems).toEqual([]);
  });
});

describe('what only looks like a tenant file', () => {
  test('is refused when it is a pipe, which nobody could read to its end', () => {
    const { problems } = found(['tenants/a.ts'], (root) => execFileSync('mkfifo', [join(root, 'tenants/pipe.ts')]));
    expect(problems).toEqual([
      expect.objectContaining({ file: 'tenants/pipe.ts', found: expect.stringContaining('something else') }),
    ]);
  });

  test('is looked into when it is a folder', () => {
    const { tenants } = found([], (root) => {
      mkdirSync(join(root, 'tenants/eu.ts'), { recursive: true });
      write(root, { 'tenants/eu.ts/a.ts': '' });
    });
    expect(tenants).toEqual(['tenants/eu.ts/a.ts']);
  });

  test('is refused when its name could write to a terminal, and the message does not', () => {
    const { tenants, problems } = found(['tenants/a.ts', 'tenants/\u001b[2J.ts', 'tenants/two\nlines.ts']);
    expect(tenants).toEqual(['tenants/a.ts']);
    expect(problems.map(({ code, file }) => [code, file]).sort()).toEqual([
      ['E_FILE_NAME', 'tenants/\\u001b[2J.ts'],
      ['E_FILE_NAME', 'tenants/two\\u000alines.ts'],
    ]);
  });
});
