import type { Stack, StackKind } from '../registry/stacks';

/**
 * Stacks as jobs of a CI matrix. A job is a lane: it applies its stacks one after another, and a server has no more lanes than stacks of
 * it may be applied at once, so that the matrix itself is the cap.
 */

export interface Lane {
  readonly name: string;
  readonly kind: StackKind;
  /** More than one only where there are more servers than a matrix has jobs. */
  readonly servers: string;
  /** Names, separated by blanks. */
  readonly stacks: string;
}

/** Jobs that a matrix of GitHub Actions holds at most. */
export const MOST_JOBS = 256;

/** @param perServer stacks of one server that may be applied at the same time */
export function lanesOf(stacks: readonly Stack[], perServer: number, most = MOST_JOBS): Lane[] {
  const queues = new Map<string, Stack[]>();
  for (const stack of stacks) queues.set(stack.server, [...(queues.get(stack.server) ?? []), stack]);
  const servers = [...queues].sort(([a], [b]) => (a < b ? -1 : 1));
  const each = perServerWithin(
    servers.map(([, queue]) => queue.length),
    perServer,
    most,
  );
  const lanes = servers.flatMap(([, queue]) => dealt(queue, Math.min(each, queue.length)));
  // More servers than jobs: some lanes follow one another.
  return (lanes.length <= most ? lanes : dealt(lanes, most).map((parts) => parts.flat())).map(laneOf);
}

// --- internal ---

/** The largest number of lanes a server by which all of them fit. */
function perServerWithin(lengths: readonly number[], perServer: number, most: number): number {
  const lanes = (each: number) => lengths.reduce((sum, length) => sum + Math.min(each, length), 0);
  let each = perServer;
  while (each > 1 && lanes(each) > most) each -= 1;
  return each;
}

/** Dealt out like cards, so that hands differ by one at most. */
function dealt<T>(items: readonly T[], hands: number): T[][] {
  const all: T[][] = Array.from({ length: hands }, () => []);
  for (const [i, item] of items.entries()) all[i % hands]?.push(item);
  return all;
}

function laneOf(stacks: readonly Stack[]): Lane {
  const [first] = stacks;
  if (first === undefined) throw new Error('expected a lane with a stack');
  const servers = [...new Set(stacks.map(({ server }) => server))].join(' ');
  const more = stacks.length === 1 ? '' : ` and ${stacks.length - 1} more`;
  return {
    name: `${servers}: ${first.stack}${more}`,
    kind: first.kind,
    servers,
    stacks: stacks.map(({ stack }) => stack).join(' '),
  };
}
