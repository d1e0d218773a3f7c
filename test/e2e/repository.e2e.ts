import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { type Dist, earlierDist, read } from './repository';

const root = mkdtempSync(join(tmpdir(), 'tenantry-history-'));
const manifest = 'dist/kubernetes/one/acme/manifest.yaml';

afterAll(() => rmSync(root, { recursive: true, force: true }));

function git(...args: string[]): void {
  const identity = ['-c', 'user.name=e2e', '-c', 'user.email=e2e@example.com', '-c', 'commit.gpgsign=false'];
  execFileSync('git', [...identity, ...args], { cwd: root, stdio: 'ignore' });
}

function commit(image: string): void {
  mkdirSync(join(root, 'dist/kubernetes/one/acme'), { recursive: true });
  writeFileSync(join(root, manifest), `apiVersion: v1\nkind: Pod\nmetadata: { name: ${image} }\n`);
  git('add', '.');
  git('commit', '-m', image);
}

/** The name of the only object. */
function content(dist: Dist | undefined): string | undefined {
  return dist?.clusters[0]?.tenants[0]?.items[0]?.object.metadata.name;
}

test('the earlier output is that of the newest commit that differs from the present one', () => {
  git('init');
  for (const image of ['first', 'second', 'third']) commit(image);
  const earlier = earlierDist(read(join(root, 'dist'), 'present'), root);
  expect(content(earlier)).toBe('second');
  expect(earlier?.source).toMatch(/^commit [0-9a-f]{40}$/);
});

test('output that is not committed yet is compared with the last that is', () => {
  writeFileSync(join(root, manifest), 'apiVersion: v1\nkind: Pod\nmetadata: { name: fourth }\n');
  expect(content(earlierDist(read(join(root, 'dist'), 'present'), root))).toBe('third');
});
