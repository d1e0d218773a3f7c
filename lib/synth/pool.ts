import { availableParallelism } from 'node:os';
import { extname, join } from 'node:path';
import { Worker } from 'node:worker_threads';
import type { Tenant, TenantFacts } from '../model/resolved';
import { DistError } from './dist-error';
import { type Answer, type Job, type Rendered, Renderer } from './work';

/** Renders many tenants: in this thread while they are few, in worker threads where that pays. */

/** Starting a worker costs as much as rendering about this many tenants. */
const TENANTS_A_WORKER = 150;

/** A batch is small: a thread that may not grow collects its garbage instead, and 10,000 tenants take no more memory than 1,000. */
const LIMITS = { maxOldGenerationSizeMb: 192, maxYoungGenerationSizeMb: 48 };

/** Tenants that travel in one message; neighbours share their cluster and plan, which are then copied once. */
const BATCH = 40;

export interface PoolOptions {
  readonly job: Job;
  /** Makes the whole of a tenant, when its turn comes. */
  readonly whole: (facts: TenantFacts) => Tenant;
  /** Threads besides this one; as many as there are cores unless given. */
  readonly threads?: number;
  readonly onProgress?: (done: number) => void;
}

/** Renders all of them; the result is in the order of `tenants`, whichever thread was first. */
export async function renderAll(
  tenants: readonly TenantFacts[],
  { job, whole, threads, onProgress }: PoolOptions,
): Promise<Rendered[]> {
  const wanted = threads ?? availableParallelism();
  const count = Math.min(wanted, Math.floor(tenants.length / TENANTS_A_WORKER));
  if (count < 2) {
    const renderer = new Renderer(job);
    return tenants.map((tenant, i) => {
      const rendered = renderer.tenant(whole(tenant));
      if (i % BATCH === 0) onProgress?.(i);
      return rendered;
    });
  }
  const results: Rendered[][] = [];
  let next = 0;
  let done = 0;
  const batches = Math.ceil(tenants.length / BATCH);
  const workers: Worker[] = [];
  const run = (): Promise<void> =>
    new Promise((resolve, reject) => {
      const worker = startWorker(job);
      workers.push(worker);
      const feed = () => {
        const batch = next++;
        if (batch >= batches) worker.postMessage(null);
        else worker.postMessage({ batch, tenants: tenants.slice(batch * BATCH, (batch + 1) * BATCH).map(whole) });
      };
      worker.on('message', ({ batch, result }: Answer) => {
        if ('refused' in result) {
          reject(new DistError(result.refused.code, result.refused.message));
          return;
        }
        results[batch] = result.rendered;
        done += result.rendered.length;
        onProgress?.(done);
        feed();
      });
      worker.on('error', reject);
      worker.on('exit', (code) => (code === 0 ? resolve() : reject(new Error(`a worker ended with ${code}`))));
      // One batch ahead, so that a worker never waits for this thread.
      feed();
      feed();
    });
  try {
    await Promise.all(Array.from({ length: count }, run));
  } finally {
    // After an error the others must have ended before what they staged is forgotten.
    await Promise.all(workers.map((worker) => worker.terminate()));
  }
  return results.flat();
}

// --- internal ---

/** The worker lies beside this file, and is what this file is: TypeScript in a checkout, JavaScript in a bundle and in the package. */
function startWorker(job: Job): Worker {
  const extension = extname(__filename);
  const file = join(__dirname, `worker${extension}`);
  // A thread learns to read TypeScript by itself.
  const execArgv = extension === '.ts' ? ['--require', require.resolve('tsx/cjs')] : [];
  return new Worker(`require(${JSON.stringify(file)})`, {
    eval: true,
    execArgv,
    workerData: job,
    resourceLimits: LIMITS,
  });
}
