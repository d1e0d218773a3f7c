import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { commitAll, git } from './git';
import { command, newFolder, REPOSITORY, succeed, tenantFile, tree, write } from './support';

/** The example's registry with its output, committed on `main`. */
async function example(): Promise<string> {
  const root = newFolder();
  cpSync(join(REPOSITORY, 'tenants'), join(root, 'tenants'), { recursive: true });
  await succeed(root, 'synth');
  commitAll(root, 'example');
  return root;
}

/** A branch off `main` with some files and what a synthesis makes of them. */
async function branch(root: string, name: string, files: Readonly<Record<string, string>>): Promise<void> {
  git(root, 'checkout', '-q', '-b', name, 'main');
  write(root, files);
  await succeed(root, 'synth');
  commitAll(root, name);
}

const added = (id: string, fields = {}) => ({
  [`tenants/${id}.ts`]: tenantFile(id, { plan: `'championship'`, ...fields }),
});

test('two branches that each add a tenant merge without a conflict, and what comes of it is fresh', async () => {
  const root = await example();
  await branch(root, 'one', added('new-one', { domains: `['one.example']` }));
  await branch(root, 'two', added('new-two', { domains: `['two.example']` }));
  git(root, 'checkout', '-q', 'main');
  git(root, 'merge', '-q', '--no-edit', 'one');
  git(root, 'merge', '-q', '--no-edit', 'two');
  expect(git(root, 'status', '--porcelain')).toBe('');
  expect(await succeed(root, 'synth', '--check')).toContain('dist/ is what the registry says');
  expect(await succeed(root, 'check', '--base', 'main~1')).toContain('nothing lost');
  const merged = tree(join(root, 'dist'));
  expect(merged.has('index/new-one.json') && merged.has('index/new-two.json')).toBe(true);
  expect(await succeed(root, 'synth')).toContain('0 files written, 0 removed');
});

test('so do one that changes a tenant, one that purges one and one that adds one', async () => {
  const root = await example();
  const tenants = [...tree(join(root, 'dist/index')).keys()].filter((path) => /^[^/]+\.json$/.test(path));
  const state = (id: string, to: string) => {
    const text = tree(join(root, 'tenants')).get(`${id}.ts`) ?? '';
    return {
      [`tenants/${id}.ts`]: text
        .replace(/ {2}lifecycle: .*\n/, '')
        .replace('\n});', `\n  lifecycle: { state: '${to}' },\n});`),
    };
  };
  const [first = '', second = ''] = tenants.map((path) => path.replace('.json', ''));
  await branch(root, 'suspend', state(first, 'suspended'));
  await branch(root, 'purge', state(second, 'purged'));
  await branch(root, 'add', added('new-one'));
  for (const name of ['suspend', 'purge']) git(root, 'merge', '-q', '--no-edit', name);
  expect(await succeed(root, 'synth', '--check')).toContain('dist/ is what the registry says');
});

test('two that want the same host merge as well, and are refused by the check after that', async () => {
  const root = await example();
  await branch(root, 'one', added('new-one', { domains: `['same.example']` }));
  await branch(root, 'two', added('new-two', { domains: `['Same.example.']` }));
  git(root, 'merge', '-q', '--no-edit', 'one');
  const { code, err } = await command(root, 'check');
  expect([code, err]).toEqual([1, expect.stringMatching(/new-two.*new-one.*\[E_HOST\]/)]);
});
