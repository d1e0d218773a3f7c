import type { Problem } from '../model/errors';
import { parseWith } from '../model/explain';
import { type PlatformModel, parsePlatform } from '../model/parse-platform';
import { resolveTenant } from '../model/resolve';
import type { Tenant } from '../model/resolved';
import { tenantSchema } from '../model/tenant';
import { readIndexOnDisk } from './base';
import { PLATFORM_FILE } from './find';
import { inUtc } from './guard';
import { idProblems } from './ids';
import { loadRegistry, type TenantSource } from './load';
import { lossProblems } from './loss';
import { ruleProblems } from './rules';

/** A registry, read and checked as a whole. */
export interface Registry {
  /** Null where `problems` says why. */
  readonly platform: PlatformModel | null;
  /** Code of the platform with all that it imports but this library. */
  readonly sources: string;
  /** What each tenant file says, by file. */
  readonly inputs: ReadonlyMap<string, unknown>;
  /** Tenants that are right by themselves, in the order of their files. */
  readonly tenants: readonly Tenant[];
  /** Ids that some file gives, whether or not its tenant is right. */
  readonly ids: ReadonlySet<string>;
  readonly problems: readonly Problem[];
}

/**
 * Reads and checks everything below `<root>/tenants`, and that nothing of what `<root>/dist` holds is lost. Every mistake of every
 * file is in `problems`.
 * @param modules what registry files may import: this library's own instances
 */
export async function readRegistry(root: string, modules: Readonly<Record<string, unknown>>): Promise<Registry> {
  const loaded = await loadRegistry(root, modules);
  const problems: Problem[] = [...loaded.problems];
  const inputs = new Map(loaded.tenants.map(({ file, input }) => [file, input]));
  const named = loaded.tenants.flatMap(({ file, input }) => {
    const id = (input as { id?: unknown } | null)?.id;
    return typeof id === 'string' ? [{ file, id }] : [];
  });
  // A file that could not be read still says by its name whose it is: its tenant is not lost.
  const unread = loaded.problems.flatMap(({ file }) => /([^/]+)\.ts$/.exec(file)?.[1] ?? []);
  const ids = new Set([...named.map(({ id }) => id), ...unread]);
  if (loaded.platform === undefined) {
    problems.push(...idProblems(named, []), ...loaded.tenants.flatMap(fieldProblems));
    return { platform: null, sources: '', inputs, tenants: [], ids, problems };
  }
  const { platform, problems: wrong } = parsePlatform(loaded.platform, PLATFORM_FILE);
  problems.push(...wrong, ...idProblems(named, platform?.reservedIds ?? []));
  if (platform === null) {
    problems.push(...loaded.tenants.flatMap(fieldProblems));
    return { platform, sources: loaded.sources, inputs, tenants: [], ids, problems };
  }
  const tenants: Tenant[] = [];
  for (const { file, input } of loaded.tenants) {
    // In UTC, as the files were read: a product's own schema may reckon with dates.
    const { tenant, problems: own } = inUtc(() => resolveTenant(platform, file, input));
    problems.push(...own);
    if (tenant !== null) tenants.push(tenant);
  }
  problems.push(...ruleProblems(platform, tenants));
  const before = readIndexOnDisk(root);
  problems.push(...before.problems, ...lossProblems(before.entries, tenants, 'dist', ids));
  return { platform, sources: loaded.sources, inputs, tenants, ids, problems };
}

// --- internal ---

/** What is wrong with a tenant whatever the platform says, for when that cannot be known. */
function fieldProblems({ file, input }: TenantSource): readonly Problem[] {
  return parseWith(tenantSchema, input, { code: 'E_TENANT_FIELD', file }).problems;
}
