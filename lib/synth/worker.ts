import { parentPort, workerData } from 'node:worker_threads';
import type { Tenant } from '../model/resolved';
import { DistError } from './dist-error';
import { type Answer, type Job, Renderer } from './work';

/** A thread of the pool: batches come in, what became of them goes out, null ends it. */

const renderer = new Renderer(workerData as Job);

parentPort?.on('message', (message: { batch: number; tenants: Tenant[] } | null) => {
  if (message === null) {
    parentPort?.close();
    return;
  }
  parentPort?.postMessage({ batch: message.batch, result: render(message.tenants) } satisfies Answer);
});

function render(tenants: readonly Tenant[]): Answer['result'] {
  try {
    return { rendered: tenants.map((tenant) => renderer.tenant(tenant)) };
  } catch (error) {
    if (!(error instanceof DistError)) throw error;
    return { refused: { code: error.code, message: error.message.replace(` [${error.code}]`, '') } };
  }
}
