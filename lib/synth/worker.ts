import { parentPort, workerData } from 'node:worker_threads';
import type { Tenant } from '../model/resolved';
import { type Job, Renderer } from './work';

/** A thread of the pool: batches come in, what became of them goes out, null ends it. */

const renderer = new Renderer(workerData as Job);

parentPort?.on('message', (message: { batch: number; tenants: Tenant[] } | null) => {
  if (message === null) {
    parentPort?.close();
    return;
  }
  const rendered = message.tenants.map((tenant) => renderer.tenant(tenant));
  parentPort?.postMessage({ batch: message.batch, rendered });
});
