import { cpSync, mkdirSync, realpathSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Registry } from '../registry';
import { readRegistry } from '../registry';
import { isLeftByTerraform } from '../registry/stacks';
import { recover } from '../synth/dist';
import { DistError, reason } from '../synth/dist-error';
import { compare, Memory, ownerOf, type Synthesis, staleProblems, synthesize } from '../synth/synthesize';
import { libraryModules } from './modules';
import { type Options, UsageError } from './options';
import { count, type Output, printJson, printProblems, uniqueProblems } from './print';

/** `synth`: the whole way from tenant files to `dist/`. */
export async function synth(
  options: Options,
  output: Output,
  environment: Readonly<Record<string, string | undefined>>,
): Promise<number> {
  const { root, only, json } = options;
  if (environment.SYNTH_HCL_OUTPUT === 'true') throw new UsageError('stacks are JSON - leave out --hcl of cdktf');
  recoverFor(options);
  output.progress('reading the registry');
  // A check believes nothing but the files.
  const memory = options.check ? undefined : new Memory(root);
  const registry = await readRegistry(root, libraryModules(), memory?.recall);
  const unknown = (only ?? []).filter((id) => !registry.ids.has(id));
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
    if (json) printJson(output, { ok: false, problems: uniqueProblems(problems) });
    else printProblems(output, problems, 'dist/ is untouched');
    // Where nothing is wrong but the command line.
    return registry.problems.length > 0 ? 1 : 2;
  }
  const work = {
    root,
    registry: { ...registry, platform },
    ...(only === undefined ? {} : { only }),
    ...(memory === undefined ? {} : { memory }),
    ...(options.threads === undefined ? {} : { threads: options.threads }),
    onProgress: (done: number, total: number) => output.progress(`rendering ${done} of ${total} tenants`),
  };
  const result = options.check ? await compare(work) : await synthesize(work);
  output.progress('');
  if (options.check && result.written.length + result.removed.length > 0) return stale(result, output, json);
  if (json) printJson(output, { ok: true, ...totals(registry), written: result.written, removed: result.removed });
  else summary(registry, result, options, output);
  if (options.check) return 0;
  const copies = COPIES.map(({ folder, variable }) => copyTo(root, folder, variable, environment[variable], output));
  return Math.max(...copies);
}

// --- internal ---

/** What an interrupted command left is finished or undone first; where that cannot be, writing everything anew mends it. */
function recoverFor({ root, only, check }: Options): void {
  try {
    recover(root);
  } catch (error) {
    const isMended = !check && only === undefined && error instanceof DistError && error.code === 'E_DIST_INCOMPLETE';
    if (!isMended) throw error;
  }
}

function stale(result: Synthesis, output: Output, json: boolean): number {
  const problems = staleProblems(result);
  const owners = new Set([...result.written, ...result.removed].map(ownerName));
  const names = [...owners].sort();
  if (json) printJson(output, { ok: false, stale: names, problems });
  else printProblems(output, problems, `stale: ${names.join(', ')}`);
  return 1;
}

/** The tenant that a path belongs to, `_platform` for what a cluster, a server or a product has once, and else the path itself. */
function ownerName(path: string): string {
  return ownerOf(path) ?? (/\/_(platform|root|shared)[/.]|^(terraform|sql)\//.test(path) ? '_platform' : path);
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

/** The CLIs of cdk8s and cdktf read what they show from the folders that they name. */
const COPIES = [
  { folder: 'kubernetes', variable: 'CDK8S_OUTDIR' },
  { folder: 'terraform', variable: 'CDKTF_OUTDIR' },
] as const;

/** Where such a folder is not ours, it gets a copy. */
function copyTo(root: string, folder: string, variable: string, outdir: string | undefined, output: Output): number {
  const ours = join(root, 'dist', folder);
  if (outdir === undefined || outdir === '') return 0;
  try {
    mkdirSync(outdir, { recursive: true });
    if (realpathSync(outdir) === realpathSync(ours)) return 0;
    cpSync(ours, outdir, { recursive: true, filter: (path) => !isLeftByTerraform(basename(path)) });
    return 0;
  } catch (error) {
    const found = `dist/${folder} cannot be copied to ${variable}: ${reason(error)}`;
    const problem = { code: 'E_DIST_UNWRITABLE', file: '', path: '', found, fix: 'name another folder' } as const;
    printProblems(output, [problem], 'dist/ is written, the copy is not');
    return 1;
  }
}
