import type { PlatformModel } from '../model/parse-platform';
import type { TenantFacts } from '../model/resolved';
import type { ReadIndex } from './index-files';
import { tenantLosses } from './loss';
import type { Loss } from './loss-claims';
import { sharedLosses } from './loss-shared';

/** A registry as far as something can be lost by it. */
export interface Holders {
  /** Null where it is wrong itself: what its shared services would hold cannot be known then. */
  readonly platform: PlatformModel | null;
  readonly tenants: readonly TenantFacts[];
  /** Tenants that could not be resolved are not lost; their own problems say what is wrong. */
  readonly ids: ReadonlySet<string>;
}

/**
 * All that would be lost on the way from an index to the registry as it is.
 * @param source `dist` for what is on disk, else the git ref that the index comes from
 */
export function lossesSince(before: ReadIndex, { platform, tenants, ids }: Holders, source: string): Loss[] {
  const shared = platform === null ? [] : sharedLosses(before.shared, platform, source);
  return [...tenantLosses(before.entries, tenants, source, ids), ...shared];
}
