import type { Problem } from '../model/errors';
import { parseWith } from '../model/explain';
import { type PlatformModel, parsePlatform } from '../model/parse-platform';
import { resolveTenant } from '../model/resolve';
import type { Tenant, TenantFacts } from '../model/resolved';
import { tenantSchema } from '../model/tenant';
import { readIndexOnDisk } from './base';
import { PLATFORM_FILE } from './find';
import { inUtc } from './guard';
import { idProblems } from './ids';
import { loadRegistry, type TenantSource } from './load';
import type { Loss } from './loss-claims';
import { releaseProblems } from './loss-shared';
import { lossesSince } from './losses';
import { ruleProblems } from './rules';

/** A registry, read and checked as a whole. */
export interface Registry {
  /** Null where `problems` says why. */
  readonly platform: PlatformModel | null;
  /** Code of the platform with all that it imports but this library. */
  readonly sources: string;
  /** What each tenant file says, by file. */
  readonly inputs: ReadonlyMap<string, unknown>;
  /** Tenants that are right by themselves, in the order of their files; whole ones, or what was recalled of them. */
  readonly tenants: readonly TenantFacts[];
  /** The whole of one of `tenants`. */
  readonly whole: (facts: TenantFacts) => Tenant;
  /** Ids that some file gives, whether or not its tenant is right. */
  readonly ids: ReadonlySet<string>;
  /** What would be lost of what is on disk; each is among the problems. */
  readonly losses: readonly Loss[];
  readonly problems: readonly Problem[];
}

/** Facts of a tenant, by the code of the platform, its file and what the file says; null where nothing is known. */
export type Recall = (sources: string, file: string, input: unknown) => TenantFacts | null;

/**
 * Reads and checks everything below `<root>/tenants`, and that nothing of what `<root>/dist` holds is lost. Every mistake of every
 * file is in `problems`.
 * @param modules what registry files may import: this library's own instances
 * @param recall what is known of a tenant that was right before and has not changed since; nothing unless given
 */
export async function readRegistry(
  root: string,
  modules: Readonly<Record<string, unknown>>,
  recall: Recall = () => null,
): Promise<Registry> {
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
    return { platform: null, sources: '', inputs, tenants: [], whole: neverWhole, ids, losses: [], problems };
  }
  const { platform, problems: wrong } = parsePlatform(loaded.platform, PLATFORM_FILE);
  problems.push(...wrong, ...idProblems(named, platform?.reservedIds ?? []));
  if (platform === null) {
    problems.push(...loaded.tenants.flatMap(fieldProblems));
    return { platform, sources: loaded.sources, inputs, tenants: [], whole: neverWhole, ids, losses: [], problems };
  }
  const { sources } = loaded;
  const resolveOne = (file: string, input: unknown) => resolveTenant(platform, file, input);
  // In UTC, as the files were read: a product's own schema may reckon with dates.
  const tenants = inUtc(() =>
    loaded.tenants.flatMap(({ file, input }): TenantFacts[] => {
      const known = recall(sources, file, input);
      if (known !== null) return [known];
      const { tenant, problems: own } = resolveOne(file, input);
      problems.push(...own);
      return tenant === null ? [] : [tenant];
    }),
  );
  const whole = (facts: TenantFacts): Tenant => {
    if (isWhole(facts)) return facts;
    const { tenant } = inUtc(() => resolveOne(facts.file, inputs.get(facts.file)));
    if (tenant === null) throw new Error(`${facts.file} was right before and has not changed`);
    return tenant;
  };
  problems.push(...ruleProblems(platform, tenants));
  const before = readIndexOnDisk(root);
  const losses = lossesSince(before, { platform, tenants, ids }, 'dist');
  problems.push(...releaseProblems(platform), ...before.problems, ...losses.map(({ problem }) => problem));
  return { platform, sources, inputs, tenants, whole, ids, losses, problems };
}

// --- internal ---

function isWhole(facts: TenantFacts): facts is Tenant {
  return 'services' in facts;
}

function neverWhole({ file }: TenantFacts): never {
  throw new Error(`${file} belongs to a registry without a platform`);
}

/** What is wrong with a tenant whatever the platform says, for when that cannot be known. */
function fieldProblems({ file, input }: TenantSource): readonly Problem[] {
  return parseWith(tenantSchema, input, { code: 'E_TENANT_FIELD', file }).problems;
}
