import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { benchTenant, renameTenant, writeRegistry } from './bench/registry';
import { type Result, table } from './bench/table';

describe('the registry of the bench', () => {
  const root = mkdtempSync(join(tmpdir(), 'tenantry-bench-test-'));
  afterAll(() => rmSync(root, { recursive: true }));

  it('has six free tenants of ten, three on standard and one on championship, on both clusters', () => {
    const groups = Array.from({ length: 1000 }, (_, i) => benchTenant(i).group.split(' '));
    const count = (word: string) => groups.filter((group) => group.includes(word)).length;
    expect([count('free'), count('standard'), count('championship')]).toEqual([600, 300, 100]);
    expect([count('eu-1'), count('us-1')]).toEqual([500, 500]);
    expect(count('tab')).toBeGreaterThan(100);
  });

  it('has the same tenants whatever the size', () => {
    const [few, many] = [3, 150].map((count) => Array.from({ length: count }, (_, i) => benchTenant(i)));
    expect(many?.slice(0, 3)).toEqual(few);
    writeRegistry(root, many ?? [], process.cwd());
    expect(readdirSync(join(root, 'tenants')).sort()).toEqual(['000', '001', 'platform.ts']);
  });

  it('gets files of eight to fifteen lines', () => {
    const lines = Array.from({ length: 100 }, (_, i) => benchTenant(i).text.trim().split('\n').length);
    expect(Math.min(...lines)).toBeGreaterThanOrEqual(8);
    expect(Math.max(...lines)).toBeLessThanOrEqual(15);
  });

  it('renames a tenant to another name each time', () => {
    const tenant = benchTenant(0);
    writeRegistry(root, [tenant], process.cwd());
    if (tenant === undefined) throw new Error('there is one');
    const names = [1, 2].map((time) => renameTenant(root, tenant, time));
    expect(new Set(names).size).toBe(2);
    expect(readFileSync(join(root, tenant.file), 'utf8')).toContain(names[1]);
  });
});

describe('the table of the bench', () => {
  const result: Result = {
    tenants: 1000,
    objects: 39_000,
    files: 4006,
    coldMs: 3000,
    unchangedMs: 900,
    oneChangedMs: 1000,
    coldCpuMs: 5000,
    rssMb: 300,
    treeMb: 400,
    floorMs: 300,
    terraformMs: 1200,
    manifestsMs: 4000,
    cdktfMs: 30_000,
    plainCdk8sMs: 96_000,
    kustomizeMs: 57_000,
    kustomizeSample: 20,
    helmMs: null,
    helmSample: 20,
    runs: 3,
  };

  it('gives times a tenant and beside the cold run', () => {
    expect(table([result])).toMatch(/plain cdk8s, one App +96\.00 s +96\.00 ms +x 32\n/);
  });

  it('says what was not measured', () => {
    expect(table([result])).toMatch(/helm template, once a tenant \* +not measured\n/);
  });

  it('tells how a tenant gets dearer with their number', () => {
    const large = { ...result, tenants: 10_000, coldMs: 33_000, plainCdk8sMs: null };
    expect(table([result, large])).toContain('one of 10,000 costs 1.10 times one of 1,000');
  });
});
