import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { App } from 'cdktf';
import { libraryModules } from '../../lib/cli/modules';
import { tenantObjects } from '../../lib/kube/manifests';
import type { PlatformData } from '../../lib/model/platform';
import type { Tenant } from '../../lib/model/resolved';
import { readRegistry } from '../../lib/registry';
import { toManifest } from '../../lib/synth/yaml';
import { SpaceStack } from '../../lib/terraform';
import { tenantStack } from '../../lib/terraform/manifests';

/** What stacks cost beside manifests, and beside cdktf's own way of writing them; all on one thread, resolving left out. */

export interface TerraformCost {
  /** Every tenant's stack. */
  readonly terraformMs: number;
  /** Every tenant's manifest. */
  readonly manifestsMs: number;
  /** Every tenant's stack by `App.synth()`, reckoned from a sample. */
  readonly cdktfMs: number;
}

/** Until the engine has compiled what it runs. */
const WARM_UP = 200;

const SAMPLE = 40;

export async function measureTerraform(root: string): Promise<TerraformCost> {
  const { platform: model, tenants, whole, problems } = await readRegistry(root, libraryModules());
  if (model === null || problems.length > 0) throw new Error(`the registry is wrong: ${problems[0]?.found}`);
  const { products: _, file: __, ...platform } = model;
  const all = tenants.filter(({ state }) => state !== 'purged').map((facts) => whole(facts));
  const stack = (tenant: Tenant) => tenantStack(platform, tenant);
  const manifest = (tenant: Tenant) => toManifest(tenantObjects(tenant));
  return {
    terraformMs: timed(all, stack),
    manifestsMs: timed(all, manifest),
    cdktfMs:
      (timed(all.slice(0, SAMPLE), (tenant) => bySynth(platform, tenant)) / Math.min(SAMPLE, all.length)) * all.length,
  };
}

// --- internal ---

function timed(tenants: readonly Tenant[], work: (tenant: Tenant) => unknown): number {
  for (const tenant of tenants.slice(0, WARM_UP)) work(tenant);
  const start = performance.now();
  for (const tenant of tenants) work(tenant);
  return performance.now() - start;
}

/** As a program does that is written with cdktf; one app a tenant, since an app resolves each stack against all others. */
function bySynth(platform: PlatformData, space: Tenant): void {
  const outdir = mkdtempSync(join(tmpdir(), 'tenantry-cdktf-'));
  try {
    const app = new App({ outdir, stackTraces: false });
    new SpaceStack(app, space.id, { platform, space });
    app.synth();
  } finally {
    rmSync(outdir, { recursive: true, force: true });
  }
}
