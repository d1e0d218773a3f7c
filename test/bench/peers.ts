import { execFileSync } from 'node:child_process';
import { mkdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { parseAllDocuments } from 'yaml';
import { measure, median, REPOSITORY } from './measure';
import { filesOf, manifestsOf, type TemplateFile, type Templates } from './templates';

/** What others take for the same objects. Each is null where it was not found, or not measured. */

/** Plain cdk8s is quadratic in tenants: above this it would run for hours. */
const LARGEST_PLAIN = 2000;

/** A program with the templates and a folder to write to; null when it reached the limit. */
async function program(name: string, templates: Templates, scratch: string, outdir: string, limitMs?: number) {
  const file = join(scratch, 'templates.json');
  writeFileSync(file, JSON.stringify(templates));
  const args = ['--import', 'tsx', join(__dirname, name), file, outdir];
  return measure(args, { cwd: REPOSITORY, scratch, ...(limitMs === undefined ? {} : { limitMs }) });
}

/** The median of several runs: how fast a disk takes files varies more than anything else here. */
export async function floor(templates: Templates, scratch: string, runs: number): Promise<number> {
  const outdir = join(scratch, 'floor');
  const measured: { ms: number }[] = [];
  for (let time = 0; time < runs; time += 1) {
    const run = await program('floor.ts', templates, scratch, outdir);
    measured.push({ ms: Number(run?.out) });
    rmSync(outdir, { recursive: true, force: true });
  }
  return median(measured).ms;
}

/** Whole process; null above {@link LARGEST_PLAIN} or beyond the limit. Throws where it makes other objects than ours. */
export async function plainCdk8s(templates: Templates, scratch: string, limitMs: number): Promise<number | null> {
  if (templates.tenants.length > LARGEST_PLAIN) return null;
  const outdir = join(scratch, 'plain');
  const measured = await program('plain-cdk8s.ts', templates, scratch, outdir, limitMs);
  if (measured !== null) assertSame(templates, outdir);
  rmSync(outdir, { recursive: true, force: true });
  return measured?.ms ?? null;
}

/** Milliseconds a tenant: a base with the plan's objects, an overlay with the tenant's namespace and label. */
export function kustomize(templates: Templates, scratch: string, sample: number): number | null {
  const folder = join(scratch, 'kustomize');
  const bases = new Map<string, string>();
  const tenants = spread(templates.tenants, sample);
  for (const { id, group } of tenants) {
    const base = bases.get(group) ?? `base-${bases.size}`;
    bases.set(group, base);
    const objects = ownObjects(filesOf(templates, { id: 'base', group }), 'base');
    write(folder, `${base}/objects.yaml`, documents(objects));
    write(folder, `${base}/kustomization.yaml`, JSON.stringify({ resources: ['objects.yaml'] }));
    const overlay = { resources: [`../${base}`], namespace: id, labels: [{ pairs: { 'example.com/tenant': id } }] };
    write(folder, `${id}/kustomization.yaml`, JSON.stringify(overlay));
  }
  return oneByOne(tenants, ({ id }) => execute('kubectl', ['kustomize', join(folder, id)]));
}

/** Milliseconds a tenant: a chart a plan, whose templates hold the objects with `{{ .Values.id }}` in them. */
export function helm(templates: Templates, scratch: string, sample: number): number | null {
  const folder = join(scratch, 'helm');
  const charts = new Map<string, string>();
  const tenants = spread(templates.tenants, sample);
  for (const { group } of tenants) {
    if (charts.has(group)) continue;
    const chart = `chart-${charts.size}`;
    charts.set(group, chart);
    const text = documents(ownObjects(filesOf(templates, { id: '@id@', group }), '@id@'));
    const escaped = text
      .replace(/\{\{|\}\}/g, (braces) => `{{ "${braces}" }}`)
      .replaceAll('@id@', '{{ .Values.id }}')
      .replaceAll('%id%', '{{ .Values.id | replace "-" "_" }}');
    write(folder, `${chart}/Chart.yaml`, JSON.stringify({ apiVersion: 'v2', name: chart, version: '1.0.0' }));
    write(folder, `${chart}/values.yaml`, JSON.stringify({ id: '' }));
    write(folder, `${chart}/templates/objects.yaml`, escaped);
  }
  return oneByOne(tenants, ({ id, group }) =>
    execute('helm', ['template', id, join(folder, charts.get(group) ?? ''), '--set', `id=${id}`]),
  );
}

// --- internal ---

type TenantOf = Templates['tenants'][number];

/** Tenants from all over the registry. Steps end in 7, so that a few meet every plan, which follows from the last digit. */
function spread(tenants: readonly TenantOf[], sample: number): TenantOf[] {
  const step = Math.floor(tenants.length / sample / 10) * 10 + 7;
  const indexes = Array.from({ length: Math.min(sample, tenants.length) }, (_, i) => (i * step) % tenants.length);
  return indexes.flatMap((index) => tenants[index] ?? []);
}

function ownObjects(files: readonly TemplateFile[], id: string) {
  return manifestsOf(files.filter(({ path }) => path.includes(`/${id}/`)));
}

function documents(objects: readonly unknown[]): string {
  return objects.map((object) => JSON.stringify(object)).join('\n---\n');
}

function write(folder: string, path: string, text: string): void {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
}

/** Milliseconds for each; null when the tool is not there. */
function oneByOne(tenants: readonly TenantOf[], run: (tenant: TenantOf) => string): number | null {
  const [first] = tenants;
  if (first === undefined) return null;
  try {
    // Once before the clock starts: the program's file is then in memory, as it is for the others.
    run(first);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return null;
    throw error;
  }
  const start = process.hrtime.bigint();
  for (const tenant of tenants) {
    const out = run(tenant);
    if (!out.includes(tenant.id)) throw new Error(`the output for ${tenant.id} does not name it`);
  }
  return Number(process.hrtime.bigint() - start) / 1e6 / tenants.length;
}

function execute(command: string, args: readonly string[]): string {
  return execFileSync(command, args, { encoding: 'utf8', maxBuffer: 1 << 28, stdio: ['ignore', 'pipe', 'pipe'] });
}

/** A peer that makes less would be faster for it. */
function assertSame(templates: Templates, outdir: string): void {
  for (const tenant of spread(templates.tenants, 5)) {
    const expected = manifestsOf(filesOf(templates, tenant)).map((object) => sorted(object));
    const text = readFileSync(join(outdir, `${tenant.id}.k8s.yaml`), 'utf8');
    const made = parseAllDocuments(text).map((document) => sorted(document.toJS()));
    if (JSON.stringify(made) !== JSON.stringify(expected))
      throw new Error(`plain cdk8s made other objects of ${tenant.id}`);
  }
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, item]) => [key, sorted(item)]));
}
