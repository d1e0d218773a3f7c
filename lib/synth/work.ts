import type { PlatformData } from '../model/platform';
import type { Tenant } from '../model/resolved';
import type { Put } from './change';
import type { DistCode } from './dist-error';
import { type RenderedFile, renderTenant } from './render';
import { Stager } from './stager';

/** What a worker does with a tenant: render it, compare it with what lies in `dist/`, stage what differs. */

export interface Job {
  readonly root: string;
  readonly platform: PlatformData;
  /** Compare only; nothing is written. */
  readonly isCheck: boolean;
}

/** What came of one tenant, or of one cluster. */
export interface Rendered {
  readonly id: string;
  /** Every path of it. */
  readonly paths: readonly string[];
  /** Those that differ from what lies in `dist/`. */
  readonly changed: readonly string[];
  /** What was staged; empty for a check. */
  readonly puts: readonly Put[];
}

/** What a thread answers to a batch. An error that crosses threads is no DistError any more, so its parts do. */
export interface Answer {
  readonly batch: number;
  readonly result:
    | { readonly rendered: Rendered[] }
    | { readonly refused: { readonly code: DistCode; readonly message: string } };
}

/** Renders and compares; one for each thread. */
export class Renderer {
  readonly #stager: Stager;

  constructor(private readonly job: Job) {
    this.#stager = new Stager(job.root);
  }

  tenant(tenant: Tenant): Rendered {
    return this.compare(tenant.id, renderTenant(this.job.platform, tenant));
  }

  compare(id: string, files: readonly RenderedFile[]): Rendered {
    const paths = files.map(({ path }) => path);
    if (this.job.isCheck) {
      const changed = files.filter(({ path, text }) => this.#stager.differs(path, text)).map(({ path }) => path);
      return { id, paths, changed, puts: [] };
    }
    const puts = files.flatMap(({ path, text, sha256 }) => this.#stager.stage(path, text, sha256) ?? []);
    return { id, paths, changed: puts.map(({ path }) => path), puts };
  }
}
