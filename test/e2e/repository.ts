import { execFileSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { cpSync, existsSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { say } from './control-plane/cache';
import { type ClusterOutput, readOutput, tenantsIn } from './output';

const ROOT = resolve(__dirname, '../..');
const KEPT = join(__dirname, 'fixtures/previous');

/** The content of a `dist` folder, and where it is from. */
export interface Dist {
  readonly source: string;
  readonly clusters: readonly ClusterOutput[];
  readonly suspended: readonly string[];
}

/** The output of the registry and the code as they stand in the work tree, or of the folder in TENANTRY_E2E_DIST. */
export function currentDist(): Dist {
  const given = process.env.TENANTRY_E2E_DIST;
  if (given !== undefined) return read(resolve(given), 'TENANTRY_E2E_DIST');
  return inTemporary((root) => {
    cpSync(join(ROOT, 'tenants'), join(root, 'tenants'), { recursive: true });
    const synth = [require.resolve('tsx/cli'), join(ROOT, 'main.ts'), 'synth', '--root', root];
    execFileSync(process.execPath, synth, { cwd: ROOT, stdio: ['ignore', 'ignore', 'inherit'] });
    return read(join(root, 'dist'), 'the work tree');
  });
}

/** The newest committed output that differs from `current`; in a clone without history the one that is kept here. */
export function earlierDist(current: Dist, root = ROOT): Dist | undefined {
  for (const commit of commits(root)) {
    const earlier = inTemporary((copy) => {
      const tar = git(root, 'archive', '--format=tar', commit, 'dist/kubernetes');
      execFileSync('tar', ['-x', '-C', copy], { input: tar });
      return read(join(copy, 'dist'), `commit ${commit}`);
    });
    if (fingerprint(earlier) !== fingerprint(current)) return earlier;
  }
  const kept = existsSync(KEPT);
  const instead = kept ? 'starts from test/e2e/fixtures/previous' : 'is only from the present one to itself';
  say(`git has no earlier dist that differs from the present one: the upgrade ${instead}`);
  return kept ? read(KEPT, 'fixtures/previous') : undefined;
}

export function read(folder: string, source: string): Dist {
  return { source, clusters: readOutput(folder), suspended: tenantsIn(folder, 'suspended') };
}

/** The last commits in which the output changed, the newest first. */
function commits(root: string): string[] {
  try {
    const listed = git(root, 'log', '-5', '--format=%H', '--diff-filter=AMR', '--', 'dist/kubernetes').toString();
    return listed.split('\n').filter((line) => line !== '');
  } catch {
    return [];
  }
}

function git(root: string, ...args: string[]): Buffer {
  return execFileSync('git', args, { cwd: root, maxBuffer: 1 << 30, stdio: ['ignore', 'pipe', 'ignore'] });
}

/** Only what both have: Argo CD's objects are not taken from earlier commits. */
function fingerprint({ clusters }: Dist): string {
  const texts = clusters.map(({ name, platform, tenants }) => {
    const parts = tenants.map((tenant) => [tenant.name, tenant.items.map((item) => item.text)]);
    return [name, platform.map((item) => item.text), parts];
  });
  return createHash('sha256').update(JSON.stringify(texts)).digest('hex');
}

/** Everything is read at once, so that no folder is left to be removed later. */
function inTemporary<T>(work: (folder: string) => T): T {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-dist-'));
  try {
    return work(folder);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}
