import { copyFileSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Registries to measure with: the repository's own platform, and tenants that follow from their number alone. */

/** A generated tenant. Those of one group differ in nothing but their id and names that hold it. */
export interface BenchTenant {
  readonly id: string;
  readonly group: string;
  /** Below the registry's root. */
  readonly file: string;
  readonly text: string;
}

/** The i-th tenant: six of ten are free, three on standard, one on championship, half of them on each cluster. */
export function benchTenant(i: number): BenchTenant {
  const number = String(i).padStart(5, '0');
  const id = `society-${number}`;
  const decade = Math.floor(i / 10);
  const cluster = decade % 2 === 0 ? 'eu-1' : 'us-1';
  const plan = i % 10 < 6 ? 'free' : i % 10 < 9 ? 'standard' : 'championship';
  const isOdd = Math.floor(decade / 2) % 2 === 1;
  const domains = plan === 'championship' ? ['tab', 'worlds'] : plan === 'standard' && isOdd ? ['tab'] : [];
  const hasAnalytics = i % 10 === 7;
  const lines = [
    `id: '${id}',`,
    `displayName: 'Debating Society ${number}',`,
    `product: 'nekotab',`,
    `plan: '${plan}',`,
    `placement: '${cluster}',`,
    `contact: 'tab@${id}.example',`,
    `createdOn: '2026-${String(1 + (i % 6)).padStart(2, '0')}-${String(1 + (i % 28)).padStart(2, '0')}',`,
    ...(domains.length > 0 ? [`domains: [${domains.map((name) => `'${name}.${id}.example'`).join(', ')}],`] : []),
    ...(cluster === 'eu-1' && plan === 'championship' ? [`residency: 'eu',`] : []),
    ...(hasAnalytics ? ['features: { analytics: true },'] : []),
    ...(plan === 'free' ? [] : [`billing: { id: 'sub_${number}', costCenter: 'CC-${number}' },`]),
  ];
  return {
    id,
    group: [cluster, plan, ...domains, ...(hasAnalytics ? ['analytics'] : [])].join(' '),
    // A hundred files a folder, as people would keep ten thousand.
    file: `tenants/${number.slice(0, 3)}/${id}.ts`,
    text: [
      `import { defineTenant } from '../platform';`,
      '',
      'export default defineTenant({',
      ...lines.map((line) => `  ${line}`),
      '});',
      '',
    ].join('\n'),
  };
}

/** Writes a registry of `count` tenants below `root`; the platform is that of `repository`. */
export function writeRegistry(root: string, count: number, repository: string): BenchTenant[] {
  const tenants = Array.from({ length: count }, (_, i) => benchTenant(i));
  mkdirSync(join(root, 'tenants'), { recursive: true });
  copyFileSync(join(repository, 'tenants', 'platform.ts'), join(root, 'tenants', 'platform.ts'));
  for (const { file, text } of tenants) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
  return tenants;
}

/** Edits the name of one tenant, each time to another one. Returns what it is called now. */
export function renameTenant(root: string, { file, text }: BenchTenant, time: number): string {
  const name = `Renamed Society ${time}`;
  writeFileSync(join(root, file), text.replace(/displayName: '.*'/, `displayName: '${name}'`));
  if (!readFileSync(join(root, file), 'utf8').includes(name)) throw new Error(`${file} has no displayName to edit`);
  return name;
}
