import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
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

/** Every product on every plan: the repository's own tenants, copied under other ids, one after the other. */
export function mixedTenants(count: number, repository: string): BenchTenant[] {
  const folder = join(repository, 'tenants');
  const models = readdirSync(folder)
    .filter((name) => name.endsWith('.ts') && name !== 'platform.ts')
    .map((name) => ({ group: name.slice(0, -'.ts'.length), text: readFileSync(join(folder, name), 'utf8') }))
    .filter(({ text }) => !text.includes('lifecycle:'));
  return Array.from({ length: count }, (_, i) => {
    const model = models[i % models.length];
    if (model === undefined) throw new Error('expected tenants to copy');
    const id = `copy-${String(i).padStart(5, '0')}`;
    const text = model.text
      .replaceAll(model.group, id)
      .replace("from './platform'", "from '../platform'")
      // Unique in the whole registry.
      .replace(/websiteId: \d*(\d)\b/g, (_, digit: string) => `websiteId: ${10 * (i + 1)}${digit}`)
      .replace(/domains: \[.*\]/, (domains) => domains.replace(/'[^']*'/g, (_, at: number) => `'h${at}.${id}.example'`))
      .replace(/displayName: .*/, `displayName: 'Copy ${i}',`);
    return { id, group: model.group, file: `tenants/${id.slice(5, 8)}/${id}.ts`, text };
  });
}

/** Writes a registry below `root`; the platform is that of `repository`. */
export function writeRegistry(root: string, tenants: readonly BenchTenant[], repository: string): void {
  mkdirSync(join(root, 'tenants'), { recursive: true });
  // Servers without a stated end: what is measured is not whether so many tenants would fit.
  const platform = readFileSync(join(repository, 'tenants', 'platform.ts'), 'utf8').replace(
    /maxConnections: \d+, /g,
    '',
  );
  writeFileSync(join(root, 'tenants', 'platform.ts'), platform);
  for (const { file, text } of tenants) {
    mkdirSync(dirname(join(root, file)), { recursive: true });
    writeFileSync(join(root, file), text);
  }
}

/** Edits the name of one tenant, each time to another one. Returns what it is called now. */
export function renameTenant(root: string, { file, text }: BenchTenant, time: number): string {
  const name = `Renamed Society ${time}`;
  writeFileSync(join(root, file), text.replace(/displayName: '.*'/, `displayName: '${name}'`));
  if (!readFileSync(join(root, file), 'utf8').includes(name)) throw new Error(`${file} has no displayName to edit`);
  return name;
}
