/** What came out for one size; null where it was not measured. Milliseconds and megabytes. */
export interface Result {
  readonly tenants: number;
  readonly objects: number;
  readonly files: number;
  readonly coldMs: number;
  readonly unchangedMs: number;
  readonly oneChangedMs: number;
  /** Of its Node processes; tells a slow program from a busy machine. */
  readonly coldCpuMs: number;
  readonly rssMb: number;
  readonly treeMb: number | null;
  readonly floorMs: number;
  /** Of all stacks, and of all manifests beside them, on one thread with resolving left out; and of the stacks by cdktf's own way. */
  readonly terraformMs: number;
  readonly manifestsMs: number;
  readonly cdktfMs: number;
  readonly plainCdk8sMs: number | null;
  /** Measured for so many tenants, one process each, and multiplied. */
  readonly kustomizeMs: number | null;
  readonly kustomizeSample: number;
  readonly helmMs: number | null;
  readonly helmSample: number;
  /** Ours were measured so often; medians are given. */
  readonly runs: number;
}

type Times =
  | 'floorMs'
  | 'coldMs'
  | 'coldCpuMs'
  | 'unchangedMs'
  | 'oneChangedMs'
  | 'terraformMs'
  | 'manifestsMs'
  | 'cdktfMs'
  | 'plainCdk8sMs'
  | 'kustomizeMs'
  | 'helmMs';

const ROWS: readonly (readonly [string, Times])[] = [
  ['floor: JSON.stringify, same files', 'floorMs'],
  ['tenantry, cold', 'coldMs'],
  ['tenantry, nothing changed', 'unchangedMs'],
  ['tenantry, one tenant changed', 'oneChangedMs'],
  ['plain cdk8s, one App', 'plainCdk8sMs'],
  ['manifests alone, one thread', 'manifestsMs'],
  ['terraform stacks alone, one thread', 'terraformMs'],
  ["the same stacks by cdktf's App.synth *", 'cdktfMs'],
  ['kubectl kustomize, once a tenant *', 'kustomizeMs'],
  ['helm template, once a tenant *', 'helmMs'],
];

/** One table: a row for each thing that was measured, three columns for each size. */
export function table(results: readonly Result[]): string {
  const rows = [
    ['', ...results.flatMap(({ tenants }) => [`${grouped(tenants)} tenants`, 'a tenant', 'x cold'])],
    ...ROWS.map(([label, key]) => [label, ...results.flatMap((result) => times(result, key))]),
    ['processor time, cold', ...results.flatMap((r) => times(r, 'coldCpuMs'))],
    ['peak memory: node', ...results.flatMap(({ rssMb }) => [megabytes(rssMb), '', ''])],
    ['peak memory: all processes', ...results.flatMap(({ treeMb }) => [megabytes(treeMb), '', ''])],
    ['objects', ...results.flatMap(({ objects, tenants }) => [grouped(objects), (objects / tenants).toFixed(1), ''])],
    ['files', ...results.flatMap(({ files, tenants }) => [grouped(files), (files / tenants).toFixed(1), ''])],
  ];
  return [...aligned(rows), '', ...notes(results)].join('\n');
}

function times(result: Result, key: Times): string[] {
  const ms = result[key];
  if (ms === null) return ['not measured', '', ''];
  return [seconds(ms), `${(ms / result.tenants).toFixed(2)} ms`, `x ${significant(ms / result.coldMs)}`];
}

function notes(results: readonly Result[]): string[] {
  const small = results[0];
  const large = results.at(-1);
  const lines = results.map(
    (r) =>
      `${grouped(r.tenants)} tenants: cold is ${significant(r.coldMs / r.floorMs)} times the floor; ` +
      (r.plainCdk8sMs === null
        ? 'plain cdk8s is quadratic in tenants and was not run to its end'
        : `plain cdk8s takes ${significant(r.plainCdk8sMs / r.coldMs)} times as long`),
  );
  for (const r of results) {
    const [share, slower] = [r.terraformMs / r.manifestsMs, r.cdktfMs / r.terraformMs].map(significant);
    lines.push(
      `${grouped(r.tenants)} tenants: stacks cost ${share} times the manifests; cdktf's own way ${slower} times as much`,
    );
  }
  if (small !== undefined && large !== undefined && small !== large) {
    const growth = large.coldMs / large.tenants / (small.coldMs / small.tenants);
    const sizes = `one of ${grouped(large.tenants)} costs ${growth.toFixed(2)} times one of ${grouped(small.tenants)}`;
    lines.push(`a tenant, cold: ${sizes}`);
  }
  lines.push(`* measured for ${large?.kustomizeSample ?? 0} tenants, one process each, and multiplied`);
  return lines;
}

/** The first column to the left, numbers to the right. */
function aligned(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => (column === 0 ? cell.padEnd(widths[0] ?? 0) : cell.padStart((widths[column] ?? 0) + 2)))
      .join('')
      .trimEnd(),
  );
}

function seconds(ms: number): string {
  return ms < 100 ? `${(ms / 1000).toFixed(3)} s` : `${(ms / 1000).toFixed(2)} s`;
}

function megabytes(size: number | null): string {
  return size === null ? 'not measured' : `${Math.round(size)} MB`;
}

function significant(ratio: number): string {
  return ratio >= 10 ? ratio.toFixed(0) : ratio.toFixed(ratio >= 1 ? 1 : 2);
}

/** Thousands apart, whatever the locale. */
function grouped(number: number): string {
  return String(number).replace(/\B(?=(\d{3})+$)/g, ',');
}
