import type { Space } from '../../lib/model/resolved';
import { type ConnectionsPlatform, connectionProblems } from '../../lib/registry/connections';
import { tenant } from './support';

/** A platform of one server; shared services of unity hold 20 connections there. */
function platform(maxConnections: number | null): ConnectionsPlatform {
  const server = { engine: 'postgresql', maxConnections, reservedConnections: 10 };
  const space = { product: 'unity', offers: [{ server: 'pg-1', connections: 20 }] } as unknown as Space;
  return {
    file: 'tenants/platform.ts',
    servers: { 'pg-1': server, 'redis-1': { engine: 'redis' } },
    shared: new Map([['eu-1', new Map([['unity', space]])]]),
  } as unknown as ConnectionsPlatform;
}

const on = (id: string, connections: number, state: 'active' | 'purged' = 'active') =>
  tenant(id, { state, connections: { 'pg-1': connections } });

test('tenants and shared services that need all but the reserve fit', () => {
  expect(connectionProblems(platform(90), [on('alpha', 25), on('beta', 35)])).toEqual([]);
});

test('one connection more is refused at the server, with the sum, the largest users and the numbers to write', () => {
  expect(connectionProblems(platform(90), [on('alpha', 25), on('beta', 36), on('delta', 0)])).toEqual([
    {
      code: 'E_CONNECTIONS',
      file: 'tenants/platform.ts',
      path: 'servers.pg-1.maxConnections',
      found:
        'what may be opened on "pg-1" comes to 81 connections: tenants/beta.ts (36), tenants/alpha.ts (25), ' +
        'the shared services of unity on eu-1 (20) and tenants/delta.ts (0); it takes 90, and 10 of them are reserved',
      fix:
        'raise maxConnections to 91 here and on the server, lower the connections of these, ' +
        'or place tenants on another server',
    },
  ]);
});

test('it is one problem a server, however many tenants there are', () => {
  const many = Array.from({ length: 40 }, (_, i) => on(`t${i}`, 25));
  const [problem, ...others] = connectionProblems(platform(500), many);
  expect(others).toEqual([]);
  expect(problem?.found).toContain('1020 connections: tenants/t0.ts (25), tenants/t1.ts (25)');
  expect(problem?.found).toContain('and 38 more');
});

test('a purged tenant opens nothing', () => {
  expect(connectionProblems(platform(90), [on('alpha', 60), on('beta', 60, 'purged')])).toEqual([]);
});

test('a server that says nothing of its maximum proves nothing', () => {
  expect(connectionProblems(platform(null), [on('alpha', 100_000)])).toEqual([]);
});
