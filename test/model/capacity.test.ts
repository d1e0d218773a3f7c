import fc from 'fast-check';
import {
  addLoad,
  derivedQuota,
  jobLoad,
  type Load,
  NO_LOAD,
  objectCounts,
  ownServerResources,
  podsAtWorst,
  runningLoad,
  solverResources,
  surgeOf,
} from '../../lib/model/capacity';
import type { Offer, OwnServer } from '../../lib/model/offer';
import type { ContainerResources, ResolvedService } from '../../lib/model/resolved';
import { model, overriding, productHaving, resolved } from './fixture';

const cores = fc.integer({ min: 1, max: 8000 }).map((milli) => milli / 1000);
const mib = fc.integer({ min: 1, max: 16_384 });
const amounts = fc.record({ cpu: cores, memoryMiB: mib, ephemeralMiB: mib });
const resources: fc.Arbitrary<ContainerResources> = fc.record({ requests: amounts, limits: amounts });

/** As much of a service as its size is. */
const service = fc
  .record({ resources, max: fc.integer({ min: 1, max: 1000 }), hasVolume: fc.boolean() })
  .map((given) => {
    const volumes = given.hasVolume ? [{ sizeGiB: 5 }] : [];
    const replicas = { min: 1, max: given.hasVolume ? 1 : given.max };
    const surge = surgeOf(replicas.max, given.hasVolume);
    return { resources: given.resources, replicas, surge, volumes, ports: { http: 80 } } as unknown as ResolvedService;
  });

const offer = fc
  .record({
    cpu: cores,
    memoryMiB: mib,
    instances: fc.integer({ min: 1, max: 5 }),
    storageGiB: fc.integer({ min: 0, max: 100 }),
  })
  .map((own) => ({ own: own as OwnServer }) as Offer);

const solver = { count: 2, resources: solverResources({ cpu: 0.01, memoryMiB: 64 }) };

function isAtLeast(a: Load, b: Load): boolean {
  return (Object.keys(b) as (keyof Load)[]).every((key) => a[key] >= b[key]);
}

describe('pods of a service at its worst', () => {
  test.each<[number, boolean, number, number]>([
    [1, false, 1, 3],
    [4, false, 1, 6],
    [5, false, 2, 9],
    [1000, false, 250, 1500],
    [1, true, 0, 1],
  ])('are its maximum and two surges: %d, with a volume: %p', (max, hasVolume, surge, pods) => {
    expect(surgeOf(max, hasVolume)).toBe(surge);
    expect(podsAtWorst({ replicas: { min: 1, max }, surge })).toBe(pods);
  });
});

describe('a load', () => {
  test('never shrinks when a replica, service, server or solver is added', () => {
    fc.assert(
      fc.property(
        fc.array(service, { maxLength: 5 }),
        service,
        fc.array(offer, { maxLength: 3 }),
        offer,
        (some, one, offers, other) => {
          const load = runningLoad(some, offers, solver);
          const max = one.replicas.max + 1;
          const more = { ...one, replicas: { min: 1, max }, surge: surgeOf(max, one.volumes.length > 0) };
          const withOne = runningLoad([...some, one], offers, solver);
          expect(isAtLeast(withOne, load)).toBe(true);
          expect(isAtLeast(runningLoad([...some, more], offers, solver), withOne)).toBe(true);
          expect(isAtLeast(runningLoad(some, [...offers, other], solver), load)).toBe(true);
          expect(isAtLeast(runningLoad(some, offers, { ...solver, count: 3 }), load)).toBe(true);
          expect(isAtLeast(load, runningLoad(some, offers, null))).toBe(true);
        },
      ),
    );
  });

  test('holds every pod of the worst case, and is whole', () => {
    fc.assert(
      fc.property(fc.array(service, { maxLength: 5 }), fc.array(offer, { maxLength: 3 }), (services, offers) => {
        const load = runningLoad(services, offers, solver);
        const servers = offers.reduce((sum, { own }) => sum + (own?.instances ?? 0) + 1, 0);
        expect(load.pods).toBe(services.reduce((sum, s) => sum + s.replicas.max + 2 * s.surge, 0) + servers + 2);
        for (const amount of Object.values(load)) expect(Number.isInteger(amount)).toBe(true);
        let sum: Load = addLoad(NO_LOAD, solver.resources, 2);
        for (const s of services)
          for (let pod = 0; pod < Math.min(podsAtWorst(s), 20); pod++) sum = addLoad(sum, s.resources, 1);
        expect(isAtLeast(load, sum)).toBe(true);
      }),
    );
  });

  test('does not depend on the order of services', () => {
    fc.assert(
      fc.property(fc.array(service, { maxLength: 5 }), (services) => {
        expect(runningLoad([...services].reverse(), [], null)).toEqual(runningLoad(services, [], null));
      }),
    );
  });

  test('of jobs has each of them and the backup twice', () => {
    const of = {
      requests: { cpu: 0.1, memoryMiB: 100, ephemeralMiB: 1 },
      limits: { cpu: 1, memoryMiB: 200, ephemeralMiB: 1 },
    };
    const job = { service: { resources: of } } as never;
    expect(jobLoad([job], of)).toEqual({
      milliCpu: 400,
      memoryMiB: 400,
      limitMilliCpu: 4000,
      limitMemoryMiB: 800,
      pods: 4,
    });
    expect(jobLoad([], null)).toEqual(NO_LOAD);
  });
});

test('a solver’s limits are cert-manager’s defaults, or what it asks for', () => {
  expect(solverResources({ cpu: 0.01, memoryMiB: 64 }).limits).toEqual({ cpu: 0.1, memoryMiB: 64, ephemeralMiB: 0 });
  expect(solverResources({ cpu: 0.5, memoryMiB: 128 }).limits).toEqual({ cpu: 0.5, memoryMiB: 128, ephemeralMiB: 0 });
});

test('an own server may take what it asks for and no more', () => {
  const { requests, limits } = ownServerResources({ cpu: 2, memoryMiB: 512 } as OwnServer);
  expect([requests.cpu, requests.memoryMiB]).toEqual([limits.cpu, limits.memoryMiB]);
});

test('a quota of nothing is one that Kubernetes takes', () => {
  expect(derivedQuota(NO_LOAD, objectCounts([], 0, [], 0, 0))).toMatchObject({ cpu: 0.001, pods: 1, storageGiB: 0 });
});

describe('the quota of a tenant', () => {
  test('never shrinks when a replica is added', () => {
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 200 }), fc.constantFrom('small', 'large'), (max, plan) => {
        const quota = (replicas: number) =>
          resolved({ plan, ...overriding({ services: { web: { replicas: { min: 1, max: replicas } } } }) }).quota;
        const [before, after] = [quota(max), quota(max + 1)];
        for (const key of Object.keys(before) as (keyof typeof before)[])
          expect(after[key]).toBeGreaterThanOrEqual(before[key]);
      }),
      { numRuns: 20 },
    );
  });

  test('that is written grows by exactly what own servers take', () => {
    const quota = (memoryMiB: number, features: object) => {
      const product = productHaving({ 'plans.written.backing': { index: { own: { cpu: 0.3, memoryMiB } } } });
      return resolved({ plan: 'written', features }, model({}, [product])).quota;
    };
    const [off, on] = [quota(300, {}), quota(300, { search: true })];
    expect(on.cpu - off.cpu).toBeCloseTo(0.6);
    expect(on.memoryGiB * 1024 - off.memoryGiB * 1024).toBe(600);
    expect(on.pods - off.pods).toBe(2);
  });
});

test('every backup job may run at once, with one more by hand', () => {
  const of = {
    requests: { cpu: 0.1, memoryMiB: 256, ephemeralMiB: 1 },
    limits: { cpu: 1, memoryMiB: 512, ephemeralMiB: 1 },
  };
  expect(jobLoad([], of, 4)).toMatchObject({ pods: 5, memoryMiB: 5 * 256 });
  expect(jobLoad([], of)).toMatchObject({ pods: 2 });
});
