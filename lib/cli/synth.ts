import { cpSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { Registry } from '../registry';
import { readRegistry } from '../registry';
import { recover } from '../synth/dist';
import { compare, type Synthesis, staleProblems, synthesize } from '../synth/synthesize';
import { libraryModules } from './modules';
import type { Options } from './options';
import { count, type Output, printProblems, uniqueProblems } from './print';

/** `synth`: the whole way from tenant files to `dist/`. */
export async function synth(
  options: Options,
  output: Output,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const { root, only, json } = options;
  recover(root);
  output.progress('reading the registry');
  const registry = await readRegistry(root, libraryModules());
  const unknown = (only ?? []).filter((id) => !registry.tenants.some((tenant) => tenant.id === id));
  const problems = [
    ...registry.problems,
    ...unknown.map((id) => ({
      code: 'E_USAGE' as const,
      file: '',
      path: '--only',
      found: `there is no tenant ${JSON.stringify(id)}`,
      fix: 'write an id of the registry',
    })),
  ];
  const { platform } = registry;
  if (platform === null || problems.length > 0) {
    output.progress('');
    if (json) output.out(JSON.stringify({ ok: false, problems: uniqueProblems(problems) }));
    else printProblems(output, problems, 'dist/ is untouched');
    return 1;
  }
  const work = {
    root,
    registry: { ...registry, platform },
    ...(only === undefined ? {} : { only }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    onProgress: (done: number, total: number) => output.progress(`rendering ${done} of ${total} tenants`),
  };
  const result = options.check ? await compare(work) : await synthesize(work);
  output.progress('');
  if (options.check && result.written.length + result.removed.length > 0) return stale(result, output, json);
  if (json)
    output.out(JSON.stringify({ ok: true, ...totals(registry), written: result.written, removed: result.removed }));
  else summary(registry, result, options, output);
  copyForCdk8s(root, environment.CDK8S_OUTDIR);
  return 0;
}

// --- internal ---

function stale(result: Synthesis, output: Output, json: boolean): number {
  const problems = staleProblems(result);
  if (json) output.out(JSON.stringify({ ok: false, problems }));
  else printProblems(output, problems, `stale: ${[...new Set(problems.map(({ file }) => ownerOf(file)))].join(', ')}`);
  return 1;
}

/** The tenant, or `_platform`, that a path below `dist/` belongs to. */
function ownerOf(path: string): string {
  const parts = path.replace(/\.(json|yaml)$/, '').split('/');
  const last = parts.at(-1) ?? path;
  return last === 'manifest' ? (parts.at(-2) ?? last) : last;
}

function totals(registry: Registry) {
  const states: Record<string, number> = {};
  for (const { state } of registry.tenants) states[state] = (states[state] ?? 0) + 1;
  return { tenants: registry.tenants.length, states };
}

function summary(registry: Registry, { written, removed }: Synthesis, { check }: Options, output: Output): void {
  const { tenants, states } = totals(registry);
  const parts = Object.entries(states).map(([state, n]) => `${n} ${state}`);
  const clusters = new Set(registry.tenants.map(({ clusterName }) => clusterName)).size;
  output.out(`${count(tenants, 'tenant')} (${parts.join(', ')}) on ${count(clusters, 'cluster')}: no problem`);
  if (check) output.out('dist/ is what the registry says');
  else output.out(`dist/: ${count(written.length, 'file')} written, ${removed.length} removed`);
}

/** The cdk8s CLI reads the manifests from the folder that it names; where that is not ours, they are copied there. */
function copyForCdk8s(root: string, outdir: string | undefined): void {
  if (outdir === undefined || outdir === '') return;
  const ours = join(root, 'dist', 'kubernetes');
  if (resolve(outdir) === resolve(ours)) return;
  mkdirSync(outdir, { recursive: true });
  cpSync(ours, outdir, { recursive: true });
}
