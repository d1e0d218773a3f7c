import { cpSync, mkdirSync, readFileSync, renameSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { commitAll, git } from './git';
import {
  command,
  newFolder,
  newRegistry,
  parsed,
  type Ran,
  smallPlatform,
  succeed,
  tenantFile,
  write,
} from './support';

jest.setTimeout(60_000);

interface Stacks {
  readonly ok: boolean;
  readonly stacks: readonly {
    readonly stack: string;
    readonly folder: string;
    readonly key: string;
    readonly server: string;
  }[];
  readonly batches: readonly { readonly kind: string; readonly include: readonly { readonly stacks: string }[] }[];
  readonly orphans: readonly { readonly stack: string; readonly key: string | null; readonly state: string | null }[];
}

let template: string;

beforeAll(async () => {
  template = newRegistry({ 'tenants/platform.ts': smallPlatform() });
  await succeed(template, 'synth');
  commitAll(template, 'first');
});

/** A registry with its output, committed on `main`. */
function committed(): string {
  const root = join(newFolder(), 'registry');
  cpSync(template, root, { recursive: true });
  return root;
}

async function stacks(root: string, ...argv: string[]): Promise<Stacks> {
  return parsed<Stacks>({ out: await succeed(root, 'stacks', ...argv) } as Ran);
}

const names = ({ stacks: all }: Stacks) => all.map(({ stack }) => stack);

test('all stacks come in the order of application, with folder, key and server', async () => {
  const found = await stacks(template);
  expect(names(found)).toEqual([
    ...['_server-pg-ap-1', '_server-pg-eu-1', '_server-pg-us-1'],
    ...['_cluster-ap-1', '_cluster-eu-1', '_cluster-us-1'],
    ...['alpha', 'beta', 'gamma'],
  ]);
  expect(found.stacks).toContainEqual({
    stack: 'alpha',
    folder: 'dist/terraform/stacks/alpha',
    key: 'production/pg-eu-1/alpha',
    server: 'pg-eu-1',
    kind: 'tenant',
  });
  expect(found.batches.map(({ kind, include }) => [kind, include.length])).toEqual([
    ['server', 3],
    ['cluster', 3],
    ['shared', 0],
    ['tenant', 3],
    ['identity', 0],
  ]);
  expect(found.orphans).toEqual([]);
});

test('a cap of one puts the tenants of a server behind one another', async () => {
  const root = committed();
  write(root, {
    'tenants/platform.ts': smallPlatform().replace('environment:', 'terraform: { perServer: 1 },\n  environment:'),
  });
  const { batches } = await stacks(root);
  expect(batches.find(({ kind }) => kind === 'tenant')?.include.map((lane) => lane.stacks)).toEqual([
    'alpha gamma',
    'beta',
  ]);
});

describe('since a commit', () => {
  test('nothing has changed where nothing has, whatever Terraform left in the folders', async () => {
    const root = committed();
    write(root, {
      'dist/terraform/stacks/alpha/.terraform/terraform.tfstate': '{}',
      'dist/terraform/stacks/alpha/.terraform.lock.hcl': 'x',
      'dist/terraform/stacks/alpha/plan.tfplan': 'x',
    });
    expect(await stacks(root, '--changed-since', 'main')).toMatchObject({ stacks: [], orphans: [] });
  });

  test('a tenant that was added, changed or went away is told, and no other', async () => {
    const root = committed();
    write(root, {
      'tenants/delta.ts': tenantFile('delta'),
      'tenants/alpha.ts': tenantFile('alpha', { credentials: '{ database: { b: { version: 2 } } }' }),
      'tenants/beta.ts': tenantFile('beta', {
        plan: `'championship'`,
        placement: `'us-1'`,
        lifecycle: `{ state: 'purged' }`,
      }),
    });
    await succeed(root, 'synth');
    const onDisk = await stacks(root, '--changed-since', 'main');
    expect(names(onDisk)).toEqual(['alpha', 'delta']);
    expect(onDisk.orphans).toEqual([{ stack: 'beta', key: 'production/pg-us-1/beta', state: 'purged' }]);
    commitAll(root, 'second');
    expect(await stacks(root, '--changed-since', 'main~1')).toEqual({ ...onDisk, changedSince: 'main~1' });
    expect(names(await stacks(root, '--changed-since', 'HEAD'))).toEqual([]);
  });

  test('it works in a folder of its repository, and from anywhere', async () => {
    const root = committed();
    git(root, 'rm', '-rq', '--cached', '.');
    mkdirSync(join(root, 'below'));
    for (const name of ['tenants', 'dist']) renameSync(join(root, name), join(root, 'below', name));
    commitAll(root, 'moved');
    expect(names(await stacks(join(root, 'below'), '--changed-since', 'main'))).toEqual([]);
    expect(names(await stacks(join(root, 'below'), '--changed-since', 'main~1'))).toHaveLength(9);
  });

  test.each([
    'no-such-ref',
    '--output=/tmp/x',
    'main:dist',
    '',
    '--',
    '$(touch x)',
    '0000000000000000000000000000000000000000',
  ])('the ref %j is refused', async (ref) => {
    const { code, out, err } = await command(template, 'stacks', `--changed-since=${ref}`);
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(/^--changed-since: .*\[E_GIT\]$/m);
  });

  test('a shallow clone that lacks the commit is told how to fetch it', async () => {
    const root = committed();
    write(root, { note: 'x' });
    commitAll(root, 'second');
    const first = git(root, 'rev-parse', 'main~1');
    const clone = join(newFolder(), 'clone');
    git(root, 'clone', '-q', '--depth', '1', `file://${root}`, clone);
    const { code, err } = await command(clone, 'stacks', '--changed-since', first);
    expect([code, err]).toEqual([
      1,
      expect.stringContaining('in this shallow clone - fetch it, such as by fetch-depth: 0'),
    ]);
    expect(names(await stacks(clone, '--changed-since', 'HEAD'))).toEqual([]);
  });

  test('no repository at all is told', async () => {
    const root = committed();
    rmSync(join(root, '.git'), { recursive: true });
    expect((await command(root, 'stacks', '--changed-since', 'main')).err).toContain('[E_GIT]');
    expect(names(await stacks(root))).toHaveLength(9);
  });
});

test('a stack that cannot be read is told, and nothing is listed', async () => {
  const root = committed();
  write(root, { 'dist/terraform/stacks/alpha/cdk.tf.json': '{}' });
  const { code, out, err } = await command(root, 'stacks');
  expect([code, out]).toEqual([1, '']);
  expect(err).toContain('dist/terraform/stacks/alpha/cdk.tf.json: terraform.backend: expected a stack');
});

describe('what is not there is not nothing to do:', () => {
  test('stacks that dist/index lists and are not on disk are told, and nothing is listed', async () => {
    const root = committed();
    write(root, { 'dist/terraform/stacks/alpha': null });
    const { code, out, err } = await command(root, 'stacks');
    expect([code, out]).toEqual([1, '']);
    expect(err).toMatch(
      /^dist\/terraform\/stacks\/alpha\/cdk\.tf\.json: expected a file of "alpha", which dist\/index lists; it is not there - run npm run synth and commit dist\/ \[E_DIST_STALE\]$/m,
    );
  });

  test('all stacks', async () => {
    const root = committed();
    write(root, { 'dist/terraform': null });
    const { code, out, err } = await command(root, 'stacks', '--changed-since', 'main');
    expect([code, out]).toEqual([1, '']);
    for (const id of ['alpha', 'beta', 'gamma']) expect(err).toContain(`dist/terraform/stacks/${id}/cdk.tf.json: `);
  });

  test('all output', async () => {
    const root = committed();
    write(root, { dist: null });
    const { code, out, err } = await command(root, 'stacks');
    expect([code, out]).toEqual([1, '']);
    expect(err).toContain(
      'dist/terraform/stacks: expected a stack for every server and cluster at least, found none - run npm run synth',
    );
  });

  test('an index that cannot be read is told; one that lists no stack of a tenant is right where there is none', async () => {
    const root = committed();
    write(root, { 'dist/index/alpha.json': '{}' });
    expect(await command(root, 'stacks')).toMatchObject({ code: 1, err: expect.stringContaining('[E_DIST_DAMAGED]') });
    write(root, {
      'tenants/alpha.ts': tenantFile('alpha', { lifecycle: `{ state: 'purged' }` }),
      'dist/index/alpha.json': readFileSync(join(template, 'dist/index/alpha.json'), 'utf8'),
    });
    await succeed(root, 'synth');
    expect(names(await stacks(root))).not.toContain('alpha');
  });
});

test('a registry that is wrong lists nothing', async () => {
  const root = committed();
  write(root, { 'tenants/delta.ts': tenantFile('delta', { plan: `'gold'` }) });
  expect(await command(root, 'stacks')).toMatchObject({ code: 1, out: '' });
});
