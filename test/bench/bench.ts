import { mkdtempSync, rmSync } from 'node:fs';
import { availableParallelism, loadavg, tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { measure, REPOSITORY, synthCommand } from './measure';
import { measureOurs, stamps } from './ours';
import { floor, helm, kustomize, plainCdk8s } from './peers';
import { benchTenant, mixedTenants, writeRegistry } from './registry';
import { type Result, table } from './table';
import { readTemplates } from './templates';
import { measureTerraform } from './terraform';

/**
 * `npm run bench`: how long a synthesis takes, beside peers that make the same objects, in one run and as whole processes.
 * It asserts that what it times is right, and never how long it took: that depends on the machine.
 */

const USAGE = `usage: npm run bench [-- options]

  --sizes <n,n>  tenants of the registries (1000,10000)
  --json         one JSON object a line and size
  --mix          copies of the example's tenants, all products and plans, instead of one product
  --quick        100 tenants, each measured once

A first look takes a minute: npm run bench -- --quick`;

/** Up to this many tenants, ours is measured three times. */
const LARGEST_REPEATED = 2000;

/** Plain cdk8s is given up after so long. */
const PLAIN_LIMIT_MS = 240_000;

async function main(): Promise<number> {
  const { values } = parseArgs({
    options: {
      sizes: { type: 'string' },
      json: { type: 'boolean', default: false },
      mix: { type: 'boolean', default: false },
      quick: { type: 'boolean', default: false },
      help: { type: 'boolean', short: 'h', default: false },
    },
  });
  const sizes = (values.sizes ?? (values.quick ? '100' : '1000,10000')).split(',').map(Number);
  const isWrong = sizes.some((size) => !Number.isInteger(size) || size < 1 || size > 99_999);
  if (values.help || isWrong) {
    process.stdout.write(`${USAGE}\n`);
    return values.help ? 0 : 2;
  }
  // Before anything of ours: what else the machine was doing.
  const [load = 0] = loadavg();
  const results: Result[] = [];
  for (const size of sizes.sort((a, b) => a - b)) {
    const result = await inFolder((folder) => benchSize(size, values, folder));
    results.push(result);
    if (values.json) process.stdout.write(`${JSON.stringify(result)}\n`);
  }
  progress('');
  if (!values.json) {
    const machine = `${process.platform} ${process.arch}, ${availableParallelism()} cores, load ${load.toFixed(1)} before`;
    process.stdout.write(`whole processes; node ${process.versions.node}, ${machine}\n\n${table(results)}\n`);
  }
  return 0;
}

async function benchSize(
  size: number,
  { quick: isQuick, mix: isMixed }: { readonly quick: boolean; readonly mix: boolean },
  folder: string,
): Promise<Result> {
  const onStep = (step: string) => progress(`${size} tenants: ${step}`);
  const root = join(folder, 'registry');
  const scratch = join(folder, 'scratch');
  const tenants = isMixed ? mixedTenants(size, REPOSITORY) : Array.from({ length: size }, (_, i) => benchTenant(i));
  writeRegistry(root, tenants, REPOSITORY);
  const runs = isQuick || size > LARGEST_REPEATED ? 1 : 3;
  const sample = isQuick ? 5 : 20;

  // TypeScript is compiled once and kept; the first run after an edit is not what is measured.
  onStep('warming up');
  await measure([...synthCommand(), '--help'], { cwd: REPOSITORY, scratch });
  const ours = await measureOurs({ root, scratch, tenants, runs, onStep });

  const templates = readTemplates(root, stamps(root).keys(), tenants);
  onStep('floor');
  const floorMs = await floor(templates, scratch, runs);
  onStep('kubectl kustomize');
  const kustomizeMs = kustomize(templates, scratch, sample);
  onStep('helm template');
  const helmMs = helm(templates, scratch, sample);
  onStep('plain cdk8s, which takes minutes');
  const plainCdk8sMs = await plainCdk8s(templates, scratch, PLAIN_LIMIT_MS);

  onStep('terraform stacks');
  const terraform = await measureTerraform(root);

  const all = [ours.cold, ours.unchanged, ours.oneChanged];
  const trees = all.flatMap(({ treeMb }) => treeMb ?? []);
  return {
    tenants: size,
    objects: ours.objects,
    files: ours.files,
    coldMs: round(ours.cold.ms),
    unchangedMs: round(ours.unchanged.ms),
    oneChangedMs: round(ours.oneChanged.ms),
    coldCpuMs: round(ours.cold.cpuMs),
    rssMb: round(Math.max(...all.map(({ rssMb }) => rssMb))),
    treeMb: trees.length === 0 ? null : round(Math.max(...trees)),
    floorMs: round(floorMs),
    terraformMs: round(terraform.terraformMs),
    manifestsMs: round(terraform.manifestsMs),
    cdktfMs: round(terraform.cdktfMs),
    plainCdk8sMs: plainCdk8sMs === null ? null : round(plainCdk8sMs),
    kustomizeMs: kustomizeMs === null ? null : round(kustomizeMs * size),
    kustomizeSample: Math.min(sample, size),
    helmMs: helmMs === null ? null : round(helmMs * size),
    helmSample: Math.min(sample, size),
    runs,
  };
}

/** Works in a folder of its own, which is gone afterwards, also when somebody has seen enough. */
async function inFolder<T>(work: (folder: string) => Promise<T>): Promise<T> {
  const folder = mkdtempSync(join(tmpdir(), 'tenantry-bench-'));
  const remove = () => rmSync(folder, { recursive: true, force: true, maxRetries: 3 });
  const stop = () => process.exit(130);
  process.on('exit', remove);
  process.on('SIGINT', stop);
  process.on('SIGTERM', stop);
  try {
    return await work(folder);
  } finally {
    remove();
    process.off('exit', remove);
    process.off('SIGINT', stop);
    process.off('SIGTERM', stop);
  }
}

/** Rewrites the last line of a terminal; says nothing in a pipe. */
function progress(line: string): void {
  if (process.stderr.isTTY) process.stderr.write(`\r\u001b[K${line}`);
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

main().then(
  (code) => {
    process.exitCode = code;
  },
  (error: unknown) => {
    progress('');
    process.stderr.write(`bench: ${error instanceof Error ? error.message : String(error)}\n`);
    process.exitCode = 1;
  },
);
