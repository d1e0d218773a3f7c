import fc from 'fast-check';
import { lanesOf } from '../../lib/cli/lanes';
import type { Stack } from '../../lib/registry/stacks';

function stack(server: string, name: string): Stack {
  return {
    stack: name,
    folder: `dist/terraform/stacks/${name}`,
    key: `production/${server}/${name}`,
    server,
    kind: 'tenant',
  };
}

const many = (server: string, count: number) =>
  Array.from({ length: count }, (_, i) => stack(server, `${server}-${i}`));

test('no stacks are no lanes', () => {
  expect(lanesOf([], 4)).toEqual([]);
});

test('a server has as many lanes as stacks of it may be applied at once', () => {
  expect(lanesOf(many('pg-1', 6), 4)).toEqual([
    { name: 'pg-1: pg-1-0 and 1 more', kind: 'tenant', servers: 'pg-1', stacks: 'pg-1-0 pg-1-4' },
    { name: 'pg-1: pg-1-1 and 1 more', kind: 'tenant', servers: 'pg-1', stacks: 'pg-1-1 pg-1-5' },
    { name: 'pg-1: pg-1-2', kind: 'tenant', servers: 'pg-1', stacks: 'pg-1-2' },
    { name: 'pg-1: pg-1-3', kind: 'tenant', servers: 'pg-1', stacks: 'pg-1-3' },
  ]);
});

test('ten thousand stacks of a hundred servers fit into one matrix', () => {
  const lanes = lanesOf(Array.from({ length: 100 }, (_, i) => many(`pg-${i}`, 100)).flat(), 4);
  expect(lanes).toHaveLength(200);
});

test('so do those of more servers than it has jobs', () => {
  const lanes = lanesOf(Array.from({ length: 300 }, (_, i) => many(`pg-${i}`, 2)).flat(), 4);
  expect(lanes).toHaveLength(256);
  expect(lanes.some(({ servers }) => servers.includes(' '))).toBe(true);
});

test('every stack is in one lane, no server in more than its cap, whatever there is', () => {
  const servers = fc.array(fc.nat({ max: 40 }), { maxLength: 60 });
  fc.assert(
    fc.property(servers, fc.integer({ min: 1, max: 8 }), fc.integer({ min: 1, max: 40 }), (counts, perServer, most) => {
      const all = counts.flatMap((count, i) => many(`s${i}`, count));
      const lanes = lanesOf(all, perServer, most);
      expect(lanes.length).toBeLessThanOrEqual(most);
      expect(lanes.flatMap(({ stacks }) => stacks.split(' ')).sort()).toEqual(all.map((one) => one.stack).sort());
      for (const i of counts.keys()) {
        const of = lanes.filter((lane) => lane.servers.split(' ').includes(`s${i}`));
        expect(of.length).toBeLessThanOrEqual(perServer);
      }
    }),
  );
});
