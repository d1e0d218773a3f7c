import { readFileSync, rmSync } from 'node:fs';
import { join, relative } from 'node:path';
import fc from 'fast-check';
import { program } from '../cli/process';
import { newFolder, REPOSITORY, succeed, tenantFile, tree, write } from '../cli/support';

jest.setTimeout(120_000);

/** Tenants that use much of what there is; the n-th ends as `fields(n)` says. */
const IDS = ['alpha', 'beta', 'gamma', 'delta', 'epsilon', 'zeta'] as const;

function fields(id: string, edits = 0): Readonly<Record<string, string>> {
  const n = IDS.indexOf(id as (typeof IDS)[number]);
  return {
    plan: ["'free'", "'standard'", "'championship'"][n % 3] ?? '',
    placement: n % 2 === 0 ? "'eu-1'" : "'us-1'",
    displayName: `'Ähnlich ${'İıß日本'[n] ?? ''} ${edits}'`,
    ...(n % 3 === 0 ? {} : { domains: `['debates.${id}.example', ${n % 3 === 2 ? `'bücher.${id}.example'` : ''}]` }),
    ...(n === 4 ? { lifecycle: `{ state: 'suspended' }` } : {}),
    // Local on purpose: what a registry reckons must not depend on where it is reckoned.
    createdOn: `new Date(2026, 0, ${n + 10}, 1 + 22 * ${n % 2}).toISOString().slice(0, 10)`,
    contact: `'TITI'.toLocaleLowerCase() + ['z', 'ä'].sort((a, b) => a.localeCompare(b)).indexOf('z') + '@${id}.example'`,
    billing: `{ id: (1234.5).toLocaleString().replace(',', '_') }`,
  };
}

/** Tenant files in folders, `place(id)` giving each its own, such as `` or `eu/west/`. */
function tenants(place: (id: string) => string, ids: readonly string[] = IDS, edits = 0): [string, string][] {
  return ids.map((id) => {
    const folder = join('tenants', place(id));
    const platform = relative(folder, 'tenants/platform');
    const from = platform.startsWith('.') ? platform : `./${platform}`;
    return [`${folder}/${id}.ts`, tenantFile(id, fields(id, edits), from)];
  });
}

function registry(files: readonly [string, string][], root = newFolder()): string {
  for (const [path, text] of files) write(root, { [path]: text });
  write(root, { 'tenants/platform.ts': readFileSync(join(REPOSITORY, 'tenants/platform.ts'), 'utf8') });
  return root;
}

const dist = (root: string) => tree(join(root, 'dist'));

let expected: Map<string, string>;

beforeAll(async () => {
  const root = registry(tenants(() => ''));
  await succeed(root, 'synth');
  expected = dist(root);
  expect(expected.size).toBeGreaterThan(40);
});

test.each<[string, NodeJS.ProcessEnv]>([
  ['in a time zone far ahead', { TZ: 'Pacific/Kiritimati', LC_ALL: 'C' }],
  ['in a time zone far behind', { TZ: 'Pacific/Niue', LANG: 'tr_TR.UTF-8', LC_ALL: 'tr_TR.UTF-8' }],
  ['in a time zone that no one knows', { TZ: 'Nowhere/None', LANG: 'sv_SE.UTF-8', LC_ALL: undefined }],
  ['with other settings of Node', { TZ: 'America/St_Johns', LC_ALL: 'th_TH', NODE_ENV: 'test', NO_COLOR: '1' }],
])('a process %s writes the same bytes', (_, env) => {
  const root = registry(tenants(() => ''));
  expect(program(['synth', '--root', root], { env })).toMatchObject({ status: 0, stderr: '' });
  expect(dist(root)).toEqual(expected);
});

test('in another working folder, by another spelling of the root, they are the same', () => {
  const root = registry(tenants(() => ''));
  const cwd = join(root, 'tenants');
  expect(program(['synth', '--root', '..'], { cwd })).toMatchObject({ status: 0, stderr: '' });
  expect(dist(root)).toEqual(expected);
});

test('in whatever order and folders the files were written, they are the same', async () => {
  const folders = fc.constantFrom('', 'eu/', 'a/b/c/', 'Ä b/', 'zz/', '__tests__/');
  const files = fc.tuple(
    fc.shuffledSubarray([...IDS], { minLength: IDS.length }),
    fc.array(folders, { minLength: IDS.length, maxLength: IDS.length }),
  );
  await fc.assert(
    fc.asyncProperty(files, async ([order, places]) => {
      const root = registry(tenants((id) => places[order.indexOf(id as never)] ?? '', order));
      await succeed(root, 'synth');
      expect(dist(root)).toEqual(expected);
    }),
    { numRuns: 12 },
  );
});

test('however the output came about, step by step or at once, it is the same', async () => {
  const step = fc.record({
    ids: fc.shuffledSubarray([...IDS], { minLength: 1 }),
    command: fc.constantFrom<readonly string[]>(['synth'], ['synth', '--only'], ['check']),
    lost: fc.constantFrom('', '.tenantry', 'dist', 'dist/argocd', '.tenantry/cache.json'),
  });
  await fc.assert(
    fc.asyncProperty(fc.array(step, { minLength: 1, maxLength: 4 }), async (steps) => {
      const root = newFolder();
      const known = new Set<string>();
      for (const [edits, { ids, command, lost }] of steps.entries()) {
        for (const id of ids) known.add(id);
        registry(
          tenants(() => '', ids, edits + 1),
          root,
        );
        if (lost !== '') rmSync(join(root, lost), { recursive: true, force: true });
        await succeed(root, ...command, ...(command.includes('--only') ? ids : []));
      }
      registry(
        tenants(() => ''),
        root,
      );
      await succeed(root, 'synth');
      expect(dist(root)).toEqual(expected);
    }),
    { numRuns: 10 },
  );
});

test('the same registry gives each tenant the same files alone as among others', async () => {
  const root = registry(tenants(() => '', ['gamma']));
  await succeed(root, 'synth');
  const alone = [...dist(root)].filter(([path, is]) => is !== 'folder' && path.includes('gamma'));
  expect(alone.map(([path]) => path).sort()).toEqual([
    'argocd/eu-1/gamma.yaml',
    'index/gamma.json',
    'kubernetes/eu-1/_platform/gamma.yaml',
    'kubernetes/eu-1/gamma/manifest.yaml',
    'terraform/stacks/gamma/cdk.tf.json',
  ]);
  for (const [path, text] of alone) expect([path, text]).toEqual([path, expected.get(path)]);
});
