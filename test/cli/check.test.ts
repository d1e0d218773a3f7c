import { mkdirSync, readFileSync, renameSync } from 'node:fs';
import { join } from 'node:path';
import { commitAll, git } from './git';
import { command, digest, newRegistry, parsed, type Result, succeed, synthesized, tenantFile, write } from './support';

/** A registry with its output, committed on `main`. */
async function committed(): Promise<string> {
  const root = await synthesized();
  commitAll(root, 'first');
  return root;
}

describe('check', () => {
  test('finds nothing wrong with a right registry, before and after it was synthesized, and writes nothing', async () => {
    const root = newRegistry();
    const before = digest(root);
    expect(await succeed(root, 'check')).toBe('3 tenants: no problem');
    expect(parsed<Result>(await command(root, 'check', '--json'))).toEqual({ ok: true, tenants: 3, problems: [] });
    expect(digest(root)).toBe(before);
    await succeed(root, 'synth');
    expect(await succeed(root, 'check')).toBe('3 tenants: no problem');
  });

  test('lists every problem of every file at once, once each, and ends with 1', async () => {
    const root = newRegistry({
      'tenants/delta.ts': tenantFile('delta', { plan: `'gold'`, colour: `'red'` }),
      'tenants/epsilon.ts': tenantFile('epsilon', { placement: `'mars'`, createdOn: `'2026-02-30'` }),
      'tenants/zeta.ts': 'export default {',
    });
    const { code, out, err } = await command(root, 'check');
    expect([code, out]).toEqual([1, '']);
    const lines = err.split('\n');
    expect(lines.slice(0, -2).map((line) => line.replace(/^([^:]*): (\S+?): .*(\[.*\])$/, '$1 $2 $3'))).toEqual([
      'tenants/delta.ts colour [E_TENANT_FIELD]',
      'tenants/delta.ts plan [E_TENANT_UNKNOWN]',
      'tenants/epsilon.ts createdOn [E_TENANT_FIELD]',
      'tenants/epsilon.ts placement [E_TENANT_UNKNOWN]',
      expect.stringMatching(/^tenants\/zeta\.ts: line \d+: .*\[E_FILE_LOAD\]$/),
    ]);
    expect(lines.at(-1)).toBe('5 problems in 3 files; nothing was written');
    const result = parsed<Result>(await command(root, 'check', '--json'));
    expect(result).toMatchObject({ ok: false, tenants: 3 });
    expect(result.problems.map(({ code: c, file, path }) => [c, file, path])[1]).toEqual([
      'E_TENANT_UNKNOWN',
      'tenants/delta.ts',
      'plan',
    ]);
  });

  test('tells what is lost against what is on disk', async () => {
    const root = newRegistry();
    await succeed(root, 'synth');
    write(root, { 'tenants/alpha.ts': null });
    for (const argv of [['check'], ['synth'], ['synth', '--check']]) {
      const { code, err } = await command(root, ...argv);
      expect([argv, code, err]).toEqual([argv, 1, expect.stringContaining('[E_LOSS_TENANT]')]);
    }
    write(root, { 'tenants/alpha.ts': tenantFile('alpha', { lifecycle: `{ state: 'purged' }` }) });
    await succeed(root, 'synth');
  });
});

describe('check --base', () => {
  test('passes while nothing is lost, and says since when', async () => {
    const root = await committed();
    write(root, { 'tenants/delta.ts': tenantFile('delta') });
    expect(await succeed(root, 'check', '--base', 'main')).toBe('4 tenants: no problem, nothing lost since main');
    expect(await succeed(root, 'check', '--base', 'HEAD~0')).toContain('nothing lost since HEAD~0');
  });

  test('is not disarmed by deleting dist/, or what git has staged', async () => {
    const root = await committed();
    write(root, { 'tenants/alpha.ts': null, dist: null });
    await succeed(root, 'check');
    await succeed(root, 'synth');
    git(root, 'add', '-A');
    const { code, err } = await command(root, 'check', '--base', 'main');
    expect(code).toBe(1);
    expect(err).toMatch(/^tenants\/alpha\.ts: "alpha" is in dist\/index of "main" \(active\).*\[E_LOSS_TENANT\]$/m);
  });

  test('tells a tenant that moved to another cluster', async () => {
    const root = await committed();
    write(root, { 'tenants/gamma.ts': tenantFile('gamma', { plan: `'free'`, placement: `'us-1'` }), dist: null });
    const { code, err } = await command(root, 'check', '--base', 'main');
    expect([code, err]).toEqual([1, expect.stringContaining('[E_LOSS_CLAIM]')]);
  });

  test('tells a loss once, though it is one against what is on disk, too', async () => {
    const root = await committed();
    write(root, { 'tenants/alpha.ts': null });
    const { problems } = parsed<Result>(await command(root, 'check', '--base', 'HEAD', '--json'));
    expect(problems.map(({ code, file, found }) => [code, file, found])).toEqual([
      ['E_LOSS_TENANT', 'tenants/alpha.ts', expect.stringContaining('in dist/index of "HEAD"')],
    ]);
    // What was never committed is a loss against the disk alone.
    write(root, { 'tenants/alpha.ts': tenantFile('alpha', { domains: `['debates.alpha.example']` }) });
    write(root, { 'tenants/delta.ts': tenantFile('delta') });
    await succeed(root, 'synth');
    write(root, { 'tenants/delta.ts': null });
    const { err } = await command(root, 'check', '--base', 'HEAD');
    expect(err).toContain('"delta" is in dist/index (active)');
    expect(err).toContain('1 problem in 1 file');
  });

  test('tells data of shared services that would be left behind, until it is released', async () => {
    const root = await committed();
    const platform = readFileSync(join(root, 'tenants/platform.ts'), 'utf8');
    const without = platform.replace("storageClass: 'fast',", "storageClass: 'fast', products: ['nekotab'],");
    write(root, { 'tenants/platform.ts': without });
    const { problems } = parsed<Result>(await command(root, 'check', '--base', 'HEAD', '--json'));
    expect(problems.length).toBeGreaterThan(1);
    for (const { code, file, path } of problems)
      expect([code, file, path]).toEqual(['E_LOSS_CLAIM', 'tenants/platform.ts', 'clusters.eu-1.products']);
    expect((await command(root, 'synth')).code).toBe(1);
    // Deleting what says so on disk changes nothing since the commit.
    write(root, { 'dist/index/_shared': null });
    expect(parsed<Result>(await command(root, 'check', '--base', 'HEAD', '--json')).problems).toEqual(problems);
    const lines = problems.map(({ fix }) => /released: \{ (.*) \}$/.exec(fix)?.[1] ?? '').join(', ');
    const released = without.replace('backup: {', `released: { ${lines.replaceAll("'...'", "'sold'")} },\n  backup: {`);
    write(root, { 'tenants/platform.ts': released });
    await succeed(root, 'synth');
    expect(await succeed(root, 'check', '--base', 'HEAD')).toContain('nothing lost');
  });

  test('works on a registry in a folder of its repository, from anywhere', async () => {
    const root = await committed();
    git(root, 'rm', '-rq', '--cached', '.');
    mkdirSync(join(root, 'below'));
    for (const name of ['tenants', 'dist']) renameSync(join(root, name), join(root, 'below', name));
    commitAll(root, 'moved');
    expect(await succeed(join(root, 'below'), 'check', '--base', 'main')).toContain('nothing lost since main');
    write(root, { 'below/tenants/beta.ts': null, 'below/dist': null });
    expect((await command(join(root, 'below'), 'check', '--base', 'main')).err).toContain('[E_LOSS_TENANT]');
  });

  test.each([['no-such-ref'], ['--help-me'], ['main:dist'], ['']])('refuses the ref %j', async (ref) => {
    const root = await committed();
    const { code, err } = await command(root, 'check', `--base=${ref}`);
    expect(code).toBe(1);
    expect(err).toMatch(/^--base: .*\[E_GIT\]$/m);
  });

  test('says so where there is no repository, besides everything else', async () => {
    const root = newRegistry({ 'tenants/delta.ts': tenantFile('delta', { plan: `'gold'` }) });
    const { code, err } = await command(root, 'check', '--base', 'main');
    expect(code).toBe(1);
    expect(err).toContain('[E_GIT]');
    expect(err).toContain('tenants/delta.ts: plan: ');
  });
});

describe('records', () => {
  test('lists the DNS records of custom domains, of all tenants or of some', async () => {
    const root = newRegistry();
    const all = await succeed(root, 'records');
    expect(all).toMatch(/^alpha\tdebates\.alpha\.example\t\S+\t\S+/m);
    expect(await succeed(root, 'records', 'alpha')).toBe(all);
    expect(await succeed(root, 'records', 'beta')).toBe('');
    const { records } = parsed<{ records: object[] }>(await command(root, 'records', '--json'));
    expect(records[0]).toMatchObject({ tenant: 'alpha', host: 'debates.alpha.example' });
  });

  test('lists nothing of a registry that is wrong', async () => {
    const root = newRegistry({ 'tenants/delta.ts': tenantFile('delta', { plan: `'gold'` }) });
    expect(await command(root, 'records')).toMatchObject({ code: 1, out: '' });
    expect(parsed<Result>(await command(root, 'records', '--json')).ok).toBe(false);
  });
});
