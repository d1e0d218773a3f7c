import { readdirSync, rmSync, symlinkSync } from 'node:fs';
import { join } from 'node:path';
import { libraryModules } from '../../lib/cli/modules';
import { readRegistry } from '../../lib/registry';
import { openDist } from '../../lib/synth/dist';
import { compare, type SynthesizeOptions, staleProblems, synthesize } from '../../lib/synth/synthesize';
import { program } from '../cli/process';
import { digest, newFolder, newRegistry, tenantFile, tree, write } from '../cli/support';
import { code } from './registry';

async function options(root: string, more: Partial<SynthesizeOptions> = {}): Promise<SynthesizeOptions> {
  const { platform, ...registry } = await readRegistry(root, libraryModules());
  if (platform === null || registry.problems.length > 0) throw new Error('the registry is wrong');
  return { root, registry: { ...registry, platform }, threads: 0, ...more };
}

test('what is written is what is missing, and what is compared afterwards is fresh', async () => {
  const given = await options(newRegistry());
  const before = await compare(given);
  expect(before.removed).toEqual([]);
  expect(await synthesize(given)).toEqual(before);
  expect(await compare(given)).toEqual({ written: [], removed: [] });
  expect(staleProblems(before).map(({ file }) => file)).toEqual(
    [...before.written].map((path) => `dist/${path}`).sort(),
  );
});

test('progress is told from the first tenant to the last', async () => {
  const seen: [number, number][] = [];
  await synthesize(await options(newRegistry(), { onProgress: (done, total) => seen.push([done, total]) }));
  expect(seen.length).toBeGreaterThan(0);
  expect(seen.every(([done, total]) => done <= total && total === 3)).toBe(true);
});

test('an error while rendering leaves dist/ as it was and lets the next command in', async () => {
  const root = newRegistry();
  const given = await options(root);
  await synthesize(given);
  const before = digest(join(root, 'dist'));
  write(root, { 'tenants/alpha.ts': tenantFile('alpha') });
  const changed = await options(root);
  const tenants = changed.registry.tenants
    .map(changed.registry.whole)
    .map((tenant) => (tenant.id === 'gamma' ? { ...tenant, displayName: '\ud800' } : tenant));
  const broken = tenants.map((tenant) => ({ ...tenant, namespaceAnnotations: { name: tenant.displayName } }));
  const wrong = { ...changed, registry: { ...changed.registry, tenants: broken } };
  rmSync(join(root, '.tenantry/cache.json'));
  await expect(synthesize(wrong)).rejects.toThrow('lone surrogate');
  expect(digest(join(root, 'dist'))).toBe(before);
  expect(readdirSync(join(root, '.tenantry'))).not.toContain('staging');
  await synthesize(changed);
  expect(await compare(changed)).toEqual({ written: [], removed: [] });
});

test('it waits for nobody: while another one writes it is refused', async () => {
  const root = newRegistry();
  const dist = openDist(root);
  await expect(synthesize(await options(root))).rejects.toThrow(code('E_DIST_BUSY'));
  dist.close();
});

describe('many tenants', () => {
  const count = 310;

  function crowd(): string {
    const name = (i: number) => `t${String(i).padStart(4, '0')}`;
    const files = Array.from({ length: count }, (_, i) => [
      `tenants/${name(i)}.ts`,
      tenantFile(name(i), { plan: `'free'` }),
    ]);
    return newRegistry(Object.fromEntries(files));
  }

  test('come out of threads as they come out of none', () => {
    const [threads, none] = [crowd(), crowd()];
    expect(program(['synth', '--root', threads, '--threads', '2'])).toMatchObject({ status: 0, stderr: '' });
    expect(program(['synth', '--root', none, '--threads', '0'])).toMatchObject({ status: 0, stderr: '' });
    expect(digest(join(threads, 'dist'))).toBe(digest(join(none, 'dist')));
    expect(program(['synth', '--check', '--root', none, '--threads', '2'])).toMatchObject({ status: 0, stderr: '' });
    for (const argv of [
      ['--threads', '2'],
      ['--threads', '0'],
    ]) {
      rmSync(join(none, '.tenantry'), { recursive: true });
      const again = program(['synth', '--root', none, ...argv]);
      expect(again.stdout).toContain('dist/: 0 files written, 0 removed');
    }
  }, 120_000);

  test('of which one cannot be written are refused as a whole, from a thread too', () => {
    const root = crowd();
    const outside = newFolder();
    write(root, { 'dist/kubernetes/eu-1/_platform/README': '' });
    symlinkSync(outside, join(root, 'dist/kubernetes/eu-1/t0200'));
    const before = tree(join(root, 'dist'));
    const { status, stdout, stderr } = program(['synth', '--root', root, '--threads', '2']);
    expect([status, stdout]).toEqual([1, '']);
    expect(stderr).toMatch(
      /^\S+\/t0200: is a symbolic link, .* - remove it \[E_DIST_UNWRITABLE\]\n\n1 problem in 1 file; /,
    );
    expect(tree(join(root, 'dist'))).toEqual(before);
    expect(readdirSync(outside)).toEqual([]);
    expect(readdirSync(join(root, '.tenantry'))).not.toContain('staging');
    rmSync(join(root, 'dist/kubernetes/eu-1/t0200'));
    expect(program(['synth', '--root', root, '--threads', '2'])).toMatchObject({ status: 0, stderr: '' });
  }, 120_000);
});
