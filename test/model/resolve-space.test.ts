import { gibSchema } from '../../lib/model/schemas';
import { model, overriding, productHaving, resolved, tenantProblems } from './fixture';

const search = { features: { search: true } };

describe('a derived quota', () => {
  test('holds services at their maximum during a rollout, and a solver for each custom host', () => {
    // web 4 + 2, worker 1 + 2, media 1: ten pods of 0.1 cores and 128 MiB.
    expect(resolved().quota).toMatchObject({
      cpu: 1,
      memoryGiB: 1.25,
      limitsCpu: 5,
      limitsMemoryGiB: 2.5,
      pods: 10,
      storageGiB: 10,
      persistentVolumeClaims: 1,
      loadBalancers: 0,
      nodePorts: 0,
    });
    const large = resolved({ plan: 'large' }).quota;
    const custom = resolved({ plan: 'large', domains: ['a.example', 'b.example'] }).quota;
    expect(custom.cpu).toBeCloseTo(large.cpu + 0.02);
    expect(custom.memoryGiB).toBe(large.memoryGiB + 0.125);
    expect([custom.pods, custom.services, custom.secrets]).toEqual([
      large.pods + 2,
      large.services + 2,
      large.secrets + 4,
    ]);
  });

  test('takes the solver’s size from the cluster, and none where challenges go by DNS', () => {
    const cpu = (changes: object, placement = 'eu-1') =>
      resolved({ plan: 'large', placement, domains: ['a.example'] }, model(changes as never)).quota.cpu;
    expect(cpu({ 'clusters.eu-1.routing.solver': { cpu: 0.5 } })).toBeCloseTo(cpu({}) + 0.49);
    expect(cpu({}, 'us-1')).toBeCloseTo(cpu({}) - 0.01);
  });

  test('is changed by what a tenant writes', () => {
    expect(resolved(overriding({ quota: { pods: 60, cpu: 3 } })).quota).toEqual({
      ...resolved().quota,
      pods: 60,
      cpu: 3,
    });
  });
});

describe('a written quota', () => {
  test('replaces the fields that it has; own servers come on top', () => {
    const without = resolved({ plan: 'written' }).quota;
    expect(without).toMatchObject({
      cpu: 4,
      memoryGiB: 8,
      limitsCpu: 16,
      limitsMemoryGiB: 16,
      pods: 30,
      storageGiB: 10,
    });
    const own = resolved({ plan: 'written', ...search }).quota;
    // A Redis of 0.1 cores and 128 MiB, and one more while it is replaced.
    expect(own).toMatchObject({ cpu: 4.2, memoryGiB: 8.25, limitsCpu: 16.2, limitsMemoryGiB: 16.25, pods: 32 });
  });

  test('of a tenant replaces that of the plan, and own servers come on top of it, too', () => {
    const given = { plan: 'written', ...search, ...overriding({ quota: { cpu: 5, pods: 40 } }) };
    expect(resolved(given).quota).toMatchObject({ cpu: 5.2, pods: 42, memoryGiB: 8.25 });
  });

  test('that is too small is the product’s mistake, in the amount that it has to write', () => {
    const written = (quota: object) => model({}, [productHaving({ 'plans.written.quota': quota })]);
    expect(tenantProblems({ plan: 'written' }, written({ cpu: 0.9, pods: 9 }))).toEqual([
      'platform.ts: products.shop.plans.written.quota.cpu: expected a quota that holds what may run at maximum replicas during a rollout, 1, got 0.9 - write at least 1, or fewer replicas [E_QUOTA]',
      expect.stringContaining(
        'plans.written.quota.pods: expected a quota that holds what may run at maximum replicas during a rollout, 10, got 9',
      ),
    ]);
    expect(tenantProblems({ plan: 'written' }, written({ cpu: 1, pods: 10 }))).toEqual([]);
    // The service that is switched on, and not the server that comes on top.
    const [line, ...more] = tenantProblems({ plan: 'written', ...search }, written({ pods: 10 }));
    expect(more).toEqual([]);
    expect(line).toContain(
      'quota.pods: expected a quota that holds what may run at maximum replicas during a rollout, 13, got 10',
    );
    expect(tenantProblems({ plan: 'written', ...search }, written({ pods: 13 }))).toEqual([]);
  });

  test.each(['memoryGiB', 'limitsMemoryGiB'])('of %s is told in steps that can be written', (field) => {
    const written = (amount: number) =>
      tenantProblems(
        { plan: 'written' },
        model({}, [
          productHaving({
            'plans.written.quota': { [field]: amount },
            'services.web.resources.requests.memoryMiB': 129,
            'services.web.resources.limits.memoryMiB': 257,
          }),
        ]),
      );
    const least = Number(/write at least ([\d.]+),/.exec(written(0.125)[0] ?? '')?.[1]);
    expect(gibSchema.safeParse(least).success).toBe(true);
    expect(written(least)).toEqual([]);
  });

  test('that an override breaks is the tenant’s mistake', () => {
    expect(tenantProblems(overriding({ quota: { pods: 9 } }))).toEqual([
      'acme.ts: overrides.quota.pods: expected a quota that holds what may run at maximum replicas during a rollout, 10, got 9 - write at least 10, or fewer replicas [E_QUOTA]',
    ]);
    const more = { plan: 'written', ...overriding({ services: { web: { replicas: { max: 40 } } } }) };
    const [line] = tenantProblems(more);
    expect(line).toContain('acme.ts: overrides.services: cpu: expected a quota that holds');
    expect(line).toContain('add quota: { cpu: 6.4 } to the overrides, or write fewer replicas');
    const held = {
      services: { web: { replicas: { max: 40 } } },
      quota: { cpu: 6.4, pods: 70, limitsCpu: 40, limitsMemoryGiB: 40, memoryGiB: 40 },
    };
    expect(tenantProblems({ plan: 'written', ...overriding(held) })).toEqual([]);
    // A derived quota grows with the replicas.
    expect(tenantProblems(overriding({ services: { web: { replicas: { max: 40 } } } }))).toEqual([]);
  });
});

test('the least that must be written is no thousandth too much', () => {
  const line = tenantProblems({
    plan: 'dedicated',
    ...overriding({ services: { web: { replicas: { max: 33 } } } }),
  })[0];
  expect(line).toContain('maximum replicas during a rollout, 32.2, got 32 - add quota: { limitsCpu: 32.2 }');
});

describe('an unlimited quota', () => {
  test('ends where the node pool does', () => {
    expect(resolved({ plan: 'dedicated' }).quota).toMatchObject({
      cpu: 32,
      limitsCpu: 32,
      memoryGiB: 128,
      limitsMemoryGiB: 128,
      pods: 880,
      storageGiB: 10_000,
    });
  });

  test('of a field ends there too, own servers and what a tenant writes for others included', () => {
    const on = model({}, [
      productHaving({ 'plans.dedicated.quota': { cpu: 'unlimited', limitsCpu: 'unlimited', memoryGiB: 8, pods: 30 } }),
    ]);
    const quota = resolved({ plan: 'dedicated' }, on).quota;
    // Three pods of PostgreSQL and two of Redis come on top of what is a number.
    expect(quota).toMatchObject({ cpu: 32, limitsCpu: 32, pods: 30 + 5 });
    expect(quota.memoryGiB).toBeGreaterThan(8);
    const given = { plan: 'dedicated', ...overriding({ quota: { cpu: 20 } }) };
    expect(resolved(given, on).quota).toMatchObject({ limitsCpu: 32 });
    expect(resolved(given, on).quota.cpu).toBeGreaterThan(20);
  });

  test('must be large enough for what runs', () => {
    const small = model({ 'clusters.eu-1.nodePools.dedicated.memoryGiB': 2 });
    expect(tenantProblems({ plan: 'dedicated' }, small)).toContainEqual(
      expect.stringMatching(/plans\.dedicated\.quota\.memoryGiB: .* got 2 /),
    );
    expect(tenantProblems({ plan: 'dedicated' })).toEqual([]);
  });
});

describe('own servers that a tenant changes', () => {
  const index = (own: object) => ({ plan: 'large', ...overriding({ backing: { index: { own } } }) });

  test('beyond the node pool are the tenant’s mistake', () => {
    const given = (cpu: number) => ({ plan: 'dedicated', ...overriding({ backing: { database: { own: { cpu } } } }) });
    const lines = tenantProblems(given(20));
    expect(lines).toContainEqual(
      expect.stringMatching(
        /^acme\.ts: overrides\.backing: cpu: .* add quota: \{ cpu: [\d.]+ \} to the overrides, or write less/,
      ),
    );
    expect(lines.filter((line) => !line.startsWith('acme.ts: overrides.backing: '))).toEqual([]);
    expect(tenantProblems(given(2))).toEqual([]);
  });

  test('beyond the plan’s bounds of a container are the tenant’s mistake, and services still the plan’s', () => {
    const bounded = (memoryMiB: number) =>
      model({}, [productHaving({ 'plans.large.containers': { max: { cpu: 4, memoryMiB } } })]);
    expect(tenantProblems(index({ memoryMiB: 4096 }), bounded(2048))).toEqual([
      expect.stringMatching(/^acme\.ts: overrides\.backing: the limit of index, memoryMiB 4096, is above/),
    ]);
    expect(tenantProblems(index({ memoryMiB: 2048 }), bounded(2048))).toEqual([]);
    expect(tenantProblems(index({ memoryMiB: 64 }), bounded(200))).toContainEqual(
      expect.stringMatching(/^platform\.ts: products\.shop\.plans\.large\.containers: the limit of web/),
    );
  });
});
