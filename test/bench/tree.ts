import { readFileSync } from 'node:fs';

/** Rare enough to cost nothing beside what is measured, often enough for processes that live for seconds. */
const EVERY_MS = 50;

/**
 * Watches the memory of a process and of all that it starts. What is returned ends the watch and tells the peak in
 * megabytes; null where the system does not tell (there is no /proc, or the process was gone before the first look).
 */
export function watchTree(pid: number | undefined): () => number | null {
  let peak = 0;
  const look = () => {
    if (pid !== undefined) peak = Math.max(peak, sum(pid));
  };
  const timer = setInterval(look, EVERY_MS);
  return () => {
    clearInterval(timer);
    return peak === 0 ? null : peak / 1024;
  };
}

/** Kilobytes in use by a process and those below it, now. */
function sum(pid: number): number {
  const [, own = '0'] = /^VmRSS:\s*(\d+)/m.exec(read(`/proc/${pid}/status`)) ?? [];
  const children = read(`/proc/${pid}/task/${pid}/children`).split(' ').filter(Boolean);
  return children.reduce((total, child) => total + sum(Number(child)), Number(own));
}

function read(path: string): string {
  try {
    return readFileSync(path, 'utf8');
  } catch {
    return '';
  }
}
