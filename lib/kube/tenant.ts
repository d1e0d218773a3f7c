import { Chart } from 'cdk8s';
import type { Construct } from 'constructs';
import type { Tenant as ResolvedTenant } from '../model/resolved';
import { SpaceParts } from './space';

/**
 * Everything of one tenant on its cluster: `new Tenant(app, 'acme', resolve(platform, file))`. A purged tenant is empty.
 * Synthesis gives each tenant an App of its own, since an App takes time quadratic in its charts.
 */
export class Tenant extends Chart {
  /** Null for a purged tenant. */
  readonly parts: SpaceParts | null;

  constructor(
    scope: Construct,
    id: string,
    readonly tenant: ResolvedTenant,
  ) {
    super(scope, id, { disableResourceNameHashes: true });
    this.parts = tenant.state === 'purged' ? null : new SpaceParts(this, 'space', { space: tenant });
  }
}
