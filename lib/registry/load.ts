import { realpathSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Problem, sortProblems } from '../model/errors';
import { bundle } from './bundle';
import { evaluate } from './evaluate';
import { findFiles, PLATFORM_FILE } from './find';
import { guardedScope, inUtc } from './guard';
import { readPlatform, readTenant, type TenantSource } from './tenant-file';

export type { TenantSource } from './tenant-file';

/** A registry as written: nothing is checked yet but that it could be read. */
export interface Loaded {
  /** What definePlatform returned; undefined where `problems` says why. */
  readonly platform: unknown;
  /** Code of the platform with all that it imports but this library: what a tenant's output follows from besides its file. */
  readonly sources: string;
  /** Tenants of the files that could be read, sorted by file. */
  readonly tenants: readonly TenantSource[];
  readonly problems: readonly Problem[];
}

/**
 * Files a bundle. One bundle for 10,000 files takes esbuild 550 MB; in parts it takes a third, and no longer, since one
 * part is compiled while another one is evaluated.
 */
const PART = 2500;

/**
 * Loads `tenants/platform.ts` and every other TypeScript file below `tenants/`. Never rejects: whatever is wrong with one
 * file is a problem, and the others are loaded all the same. Files are evaluated once each, but modules that they share
 * may be once for each {@link PART} of them: a registry's modules must not keep state.
 * @param root folder that holds `tenants/`
 * @param modules instances that imports resolve to wherever the registry lies, such as `tenantry` and `zod`
 */
export async function loadRegistry(root: string, modules: Readonly<Record<string, unknown>>): Promise<Loaded> {
  const report = new Report();
  const folder = realFolder(root);
  const found = findFiles(folder);
  report.add(found.problems);
  report.add(missing(found.hasPlatform, found.tenants.length));

  const scope = { require: undefined, exports: undefined, ...guardedScope() };
  // By itself first, then before the tenants of each part, which import it.
  const first = found.hasPlatform ? [PLATFORM_FILE] : [];
  const parts = [first, ...chunks(found.tenants, PART).map((files) => [...first, ...files])];
  const start = (part: number) => bundle(folder, parts[part] ?? [], Object.keys(modules), Object.keys(scope));

  let platform: unknown;
  let sources = '';
  const tenants: TenantSource[] = [];
  let next = start(0);
  for (let part = 0; part < parts.length; part += 1) {
    const bundled = await next;
    next = start(part + 1);
    report.add(bundled.problems.filter((problem) => found.hasPlatform || !isMissingPlatform(problem)));
    if (bundled.bundle === null) continue;
    if (part === 0) sources = bundled.bundle.code;
    const evaluated = await evaluate(bundled.bundle, modules, scope);
    report.add(evaluated.problems);
    for (const { file, exports } of evaluated.modules) {
      const read = inUtc(() => (file === PLATFORM_FILE ? readPlatform(file, exports) : readTenant(file, exports)));
      if ('code' in read) report.add([read]);
      else if ('platform' in read) platform = read.platform;
      else tenants.push(read);
    }
  }
  return { platform, sources, tenants, problems: report.problems() };
}

function chunks<T>(items: readonly T[], size: number): T[][] {
  return Array.from({ length: Math.ceil(items.length / size) }, (_, i) => items.slice(i * size, (i + 1) * size));
}

/** Collects problems; one that several files ran into, such as a helper's, is reported once and names them all. */
class Report {
  private readonly byText = new Map<string, { problem: Problem; related: Set<string> }>();

  add(problems: readonly Problem[]): void {
    for (const problem of problems) {
      const key = [problem.code, problem.file, problem.path, problem.found].join('\u0000');
      const known = this.byText.get(key) ?? { problem, related: new Set<string>() };
      for (const file of problem.related ?? []) known.related.add(file);
      this.byText.set(key, known);
    }
  }

  problems(): Problem[] {
    const all = Array.from(this.byText.values(), ({ problem, related }) =>
      related.size === 0 ? problem : { ...problem, related: [...related].sort() },
    );
    return sortProblems(all);
  }
}

function missing(hasPlatform: boolean, tenants: number): Problem[] {
  const problems: Problem[] = [];
  if (!hasPlatform) {
    const fix = 'write it: export const { platform, defineTenant } = definePlatform({ ... })';
    problems.push({ code: 'E_REGISTRY_PLATFORM', file: PLATFORM_FILE, path: '', found: 'the file is missing', fix });
  }
  if (tenants === 0) {
    const found = 'expected at least one tenant file below tenants/, found none';
    problems.push({ code: 'E_REGISTRY_EMPTY', file: '', path: '', found, fix: 'write one, such as tenants/acme.ts' });
  }
  return problems;
}

/** Said once of the platform, not once of every tenant. */
function isMissingPlatform(problem: Problem): boolean {
  return /^cannot find "[./]+\/platform(\.[jt]s)?"$/.test(problem.found);
}

/** The folder without links in its path, as esbuild names files by where they really lie. */
function realFolder(root: string): string {
  try {
    return realpathSync(root);
  } catch {
    return resolve(root);
  }
}
