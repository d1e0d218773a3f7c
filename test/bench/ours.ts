import { readdirSync, readFileSync, rmSync, statSync } from 'node:fs';
import { join } from 'node:path';
import { type Measured, type MeasureOptions, measure, median, REPOSITORY, synthCommand } from './measure';
import { type BenchTenant, renameTenant } from './registry';

/** Measures Tenantry as `npm run synth` runs it, and asserts that what was timed is what should happen. */

export interface Ours {
  readonly cold: Measured;
  readonly unchanged: Measured;
  readonly oneChanged: Measured;
  /** Kubernetes and Argo CD objects in `dist/`, those of the clusters included. */
  readonly objects: number;
  readonly files: number;
}

export interface OursOptions {
  readonly root: string;
  readonly scratch: string;
  readonly tenants: readonly BenchTenant[];
  /** Each is measured so often; the median counts. */
  readonly runs: number;
  readonly onStep: (step: string) => void;
}

export async function measureOurs({ root, scratch, tenants, runs, onStep }: OursOptions): Promise<Ours> {
  const measureOptions = { cwd: REPOSITORY, scratch };
  const repeat = async (what: string, run: (time: number) => Promise<Measured>): Promise<Measured> => {
    const measured: Measured[] = [];
    for (let time = 1; time <= runs; time += 1) {
      onStep(`${what}, ${time} of ${runs}`);
      measured.push(await run(time));
    }
    return median(measured);
  };

  const cold = await repeat('cold', async () => {
    for (const folder of ['dist', '.tenantry']) rmSync(join(root, folder), { recursive: true, force: true });
    const measured = await synth(root, measureOptions);
    const indexed = [...stamps(root).keys()].filter((path) => /^index\/[^/]+$/.test(path)).length;
    assertThat(indexed === tenants.length, `a cold run wrote ${indexed} index entries for ${tenants.length} tenants`);
    return measured;
  });
  const objects = countObjects(root);
  const files = stamps(root).size;

  const unchanged = await repeat('unchanged', async () => {
    const before = stamps(root);
    const measured = await synth(root, measureOptions);
    const touched = difference(before, stamps(root));
    assertThat(touched.length === 0, `nothing had changed, and a run touched ${touched.slice(0, 5).join(', ')}`);
    return measured;
  });

  const tenant = tenants[Math.floor(tenants.length / 2)];
  if (tenant === undefined) throw new Error('a registry needs tenants');
  const oneChanged = await repeat('one tenant changed', async (time) => {
    const name = renameTenant(root, tenant, time);
    const before = stamps(root);
    const measured = await synth(root, measureOptions);
    const touched = difference(before, stamps(root));
    const strange = touched.filter((path) => !path.includes(tenant.id));
    assertThat(strange.length === 0, `${tenant.id} had changed, and a run touched ${strange.slice(0, 5).join(', ')}`);
    const isNamed = touched.some((path) => readFileSync(join(root, 'dist', path), 'utf8').includes(name));
    assertThat(isNamed, `${tenant.id} is called ${name} now, and nothing in dist/ says so`);
    return measured;
  });
  return { cold, unchanged, oneChanged, objects, files };
}

/** One synthesis, measured. */
export async function synth(root: string, options: MeasureOptions): Promise<Measured> {
  const measured = await measure([...synthCommand(), '--root', root], options);
  if (measured === null) throw new Error('a run without a limit reached it');
  return measured;
}

/** Files below `dist/` with what changes when they are written: inode, size and time. */
export function stamps(root: string): Map<string, string> {
  const found = new Map<string, string>();
  const visit = (folder: string) => {
    for (const entry of readdirSync(join(root, 'dist', folder), { withFileTypes: true })) {
      const path = folder === '' ? entry.name : `${folder}/${entry.name}`;
      if (entry.isDirectory()) visit(path);
      else {
        const { ino, size, mtimeMs } = statSync(join(root, 'dist', path));
        found.set(path, `${ino} ${size} ${mtimeMs}`);
      }
    }
  };
  visit('');
  return found;
}

/** Paths that were written, made or removed between two looks. */
function difference(before: ReadonlyMap<string, string>, after: ReadonlyMap<string, string>): string[] {
  const paths = new Set([...before.keys(), ...after.keys()]);
  return [...paths].filter((path) => before.get(path) !== after.get(path)).sort();
}

function countObjects(root: string): number {
  const manifests = [...stamps(root).keys()].filter((path) => path.endsWith('.yaml'));
  return manifests.reduce((sum, path) => {
    const text = readFileSync(join(root, 'dist', path), 'utf8');
    return sum + (text.match(/^kind: /gm)?.length ?? 0);
  }, 0);
}

function assertThat(isTrue: boolean, otherwise: string): void {
  if (!isTrue) throw new Error(`what was timed is wrong: ${otherwise}`);
}
