import { execFileSync } from 'node:child_process';
import { join } from 'node:path';
import { folder, loaded, onlyProblem, PLATFORM, tenantFile, write } from './support';

describe('a registry depends on its files alone: it is refused', () => {
  test.each<[string, string]>([
    ['Date.now()', 'Date.now()'],
    ['new Date()', 'new Date()'],
    ['Date()', 'Date()'],
    ['new Date() of globalThis', 'new globalThis.Date()'],
    ['performance.now()', 'performance.now()'],
    ['Math.random()', 'Math.random()'],
    ['crypto.randomUUID()', 'crypto.randomUUID()'],
    ['process.env.HOME', 'process.env.HOME'],
    ['all of process.env', '{ ...process.env }'],
    ['process.cwd()', 'process.cwd()'],
    ['process.exit()', 'process.exit(0)'],
    ['process of globalThis', 'globalThis.process.env.HOME'],
    ['setTimeout()', 'setTimeout(() => 1, 1)'],
    ['queueMicrotask()', 'queueMicrotask(() => { throw new Error(); })'],
    ['fetch()', "fetch('http://localhost')"],
  ])('%s', async (_, code) => {
    const problem = await onlyProblem({ 'tenants/bad.ts': tenantFile(`id: String(${code})`) });
    expect(problem).toMatchObject({ code: 'E_FILE_LOAD', file: 'tenants/bad.ts', path: 'line 3' });
    expect(problem?.found).toMatch(/^a registry must not /);
  });

  test.each([
    'node:os',
    'fs',
    'node:fs/promises',
    'node:child_process',
    'node:process',
    'node:crypto',
    'https://x.example/y.js',
  ])('to import %s', async (name) => {
    const problem = await onlyProblem({
      'tenants/bad.ts': tenantFile("id: 'bad', x", `import * as x from '${name}';`),
    });
    expect(problem).toMatchObject({ file: 'tenants/bad.ts', found: `a registry must not import "${name}"` });
  });

  test('to leave something behind that another file would see', async () => {
    const problem = await onlyProblem({ 'tenants/bad.ts': tenantFile("id: 'bad'", '(globalThis as any).count = 1;') });
    expect(problem).toMatchObject({ file: 'tenants/bad.ts', found: expect.stringContaining('not extensible') });
  });

  test('to reject a promise that nobody waits for', async () => {
    // In a process of its own: jest takes unhandled rejections for itself.
    const root = folder();
    write(root, {
      'tenants/platform.ts': PLATFORM,
      'tenants/a.ts': tenantFile("id: 'a'", "void (async () => { throw new Error('late'); })();"),
    });
    expect(inProcess(root).problems).toEqual([
      expect.objectContaining({ file: 'tenants/a.ts', path: 'line 2', found: 'late' }),
    ]);
  });
});

describe('what a registry may do: it', () => {
  test('computes with dates that are written', async () => {
    const { tenants, problems } = await loaded({
      'tenants/a.ts': tenantFile(
        "id: new Date('2026-01-15').toISOString(), utc: Date.UTC(2026, 0), is: new Date(0) instanceof Date, max: Math.max(1, 2), pi: Math.PI",
      ),
    });
    expect(problems).toEqual([]);
    expect(tenants[0]?.input).toEqual({
      id: '2026-01-15T00:00:00.000Z',
      utc: 1767225600000,
      is: true,
      max: 2,
      pi: Math.PI,
    });
  });

  test('asks whether there is a process, as packages do', async () => {
    const { problems } = await loaded({ 'tenants/a.ts': tenantFile('id: typeof process + typeof crypto.randomUUID') });
    expect(problems).toEqual([]);
  });

  test('writes to the console, which is not standard output', () => {
    const root = folder();
    write(root, {
      'tenants/platform.ts': PLATFORM,
      'tenants/a.ts': tenantFile("id: 'a'", "console.log('debugging');"),
    });
    const { tenants, problems } = inProcess(root);
    expect(problems).toEqual([]);
    expect(tenants).toHaveLength(1);
  });

  test('reads local times, which are those of UTC on every machine', () => {
    const root = folder();
    write(root, {
      'tenants/platform.ts': PLATFORM,
      'tenants/a.ts': tenantFile("id: new Date(2026, 0, 15, 1).toISOString(), day: new Date('2026-01-15').getDate()"),
    });
    for (const zone of ['America/Los_Angeles', 'Asia/Tokyo', undefined]) {
      const { tenants, zoneAfter } = inProcess(root, zone);
      expect(tenants).toEqual([{ file: 'tenants/a.ts', input: { id: '2026-01-15T01:00:00.000Z', day: 15 } }]);
      expect(zoneAfter).toBe(zone ?? null);
    }
  });
});

/** Loads a registry in a process of its own, whose standard output is JSON and nothing else. */
function inProcess(root: string, zone?: string) {
  const repository = join(__dirname, '..', '..');
  const script = `
    const { loadRegistry } = require(${JSON.stringify(join(repository, 'lib/registry/load.ts'))});
    const definePlatform = (input) => ({
      platform: { kind: 'tenantry.platform', input },
      defineTenant: (tenant) => ({ kind: 'tenantry.tenant', input: tenant }),
    });
    loadRegistry(${JSON.stringify(root)}, { tenantry: { definePlatform } }).then((loaded) =>
      console.log(JSON.stringify({ ...loaded, zoneAfter: process.env.TZ ?? null })));
  `;
  const { TZ: _, ...env } = process.env;
  const options = {
    cwd: repository,
    env: zone === undefined ? env : { ...env, TZ: zone },
    stdio: ['ignore', 'pipe', 'ignore'] as const,
  };
  const out = execFileSync(process.execPath, ['--require', 'tsx/cjs', '--eval', script], {
    ...options,
    stdio: [...options.stdio],
  });
  return JSON.parse(out.toString()) as { tenants: unknown[]; problems: unknown[]; zoneAfter: string | null };
}
