import { setTimeout as sleep } from 'node:timers/promises';

/** Asks until nothing is wrong any more, or until time is up; returns what was wrong last. Checks return problems. */
export async function eventually(seconds: number, check: () => Promise<string[]>): Promise<string[]> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const problems = await check();
    if (problems.length === 0 || Date.now() > deadline) return problems;
    await sleep(300);
  }
}

/** Runs `work` for every item, so many at a time, and keeps the order of the results. */
export async function pooled<T, R>(limit: number, items: readonly T[], work: (item: T) => Promise<R>): Promise<R[]> {
  const results: R[] = [];
  let next = 0;
  const worker = async () => {
    for (let index = next++; index < items.length; index = next++) results[index] = await work(items[index] as T);
  };
  await Promise.all(Array.from({ length: Math.min(limit, items.length) }, worker));
  return results;
}
