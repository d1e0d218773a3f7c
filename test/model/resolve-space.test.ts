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

  test('must be large enough for what runs', () => {
    const small = model({ 'clusters.eu-1.nodePools.dedicated.memoryGiB': 2 });
    expect(tenantProblems({ plan: 'dedicated' }, small)).toContainEqual(
      expect.stringMatching(/plans\.dedicated\.quota\.memoryGiB: .* got 2 /),
    );
    expect(tenantProblems({ plan: 'dedicated' })).toEqual([]);
  });
});

describe('bounds of a container', () => {
  const plan = (containers: object, more: object = {}) =>
    model(more as never, [productHaving({ 'plans.large.containers': containers })]);
  const amounts = (cpu: number, memoryMiB: number) => ({ cpu, memoryMiB });

  test('are wide enough for everything that runs unless a plan writes them', () => {
    const { containerLimits } = resolved();
    // The backup takes up to one core, a gibibyte, and four of scratch space.
    expect(containerLimits.max).toEqual({ cpu: 1, memoryMiB: 1024, ephemeralMiB: 4096 });
    expect(containerLimits.min).toEqual({ cpu: 0.01, memoryMiB: 16, ephemeralMiB: 1 });
    const tiny = {
      'services.worker.resources.requests': { cpu: 0.002, memoryMiB: 4 },
      'shared.services.hub.resources.requests': amounts(0.001, 8),
    };
    expect(resolved({}, model({}, [productHaving(tiny)])).containerLimits.min).toEqual({
      cpu: 0.002,
      memoryMiB: 4,
      ephemeralMiB: 1,
    });
  });

  test('of a plan must hold everything that runs', () => {
    const problems = (containers: object) => tenantProblems({ plan: 'large' }, plan(containers));
    expect(problems({ max: amounts(0.4, 4096) })).toContainEqual(
      "platform.ts: products.shop.plans.large.containers: the limit of web, cpu 0.5, is above the plan's 0.4 for a container - raise containers.max.cpu or lower the limit [E_QUOTA]",
    );
    expect(problems({ min: amounts(0.2, 16) })).toContainEqual(
      expect.stringContaining("the request of web, cpu 0.1, is below the plan's 0.2"),
    );
    expect(problems({ max: amounts(1, 1024), min: amounts(0.1, 128) })).toEqual([]);
  });

  test('that an override leaves are the tenant’s mistake', () => {
    const bounded = plan({ max: amounts(1, 1024) });
    const limits = (memoryMiB: number) => ({
      plan: 'large',
      ...overriding({ services: { web: { limits: { memoryMiB } } } }),
    });
    // The job runs with the size of its service.
    expect(tenantProblems(limits(2048), bounded)).toEqual([
      expect.stringContaining('acme.ts: overrides.services: the limit of web, memoryMiB 2048'),
      expect.stringContaining('acme.ts: overrides.services: the limit of migrate, memoryMiB 2048'),
    ]);
    expect(tenantProblems(limits(1024), bounded)).toEqual([]);
  });

  test('must let the solver of custom hosts in, where challenges go by HTTP', () => {
    const small = plan({ min: amounts(0.1, 128) });
    const custom = { plan: 'large', domains: ['a.example'] };
    expect(tenantProblems(custom, small)).toEqual([
      "platform.ts: products.shop.plans.large.containers: the request of cert-manager's solver, cpu 0.01, is below the plan's 0.1 for a container - lower containers.min.cpu or raise solver in the cluster's routing and in cert-manager [E_QUOTA]",
      expect.stringContaining("the request of cert-manager's solver, memoryMiB 64, is below the plan's 128"),
    ]);
    expect(tenantProblems({ plan: 'large' }, small)).toEqual([]);
    expect(tenantProblems({ ...custom, placement: 'us-1' }, small)).toEqual([]);
    const raised = plan({ min: amounts(0.1, 128) }, { 'clusters.eu-1.routing.solver': amounts(0.1, 128) });
    expect(tenantProblems(custom, raised)).toEqual([]);
    // The plan's mistake, whatever the tenant overrides.
    expect(tenantProblems({ ...custom, ...overriding({ services: { web: {} } }) }, small)[0]).toContain(
      'platform.ts: products.shop.plans.large',
    );
  });

  test('give a default that lies within them', () => {
    const of = (containers: object) => resolved({ plan: 'large' }, plan(containers)).containerLimits;
    expect(of({}).default).toEqual({ cpu: 0.5, memoryMiB: 512, ephemeralMiB: 1024 });
    expect(of({ default: amounts(0.7, 700), defaultRequest: amounts(0.2, 200) })).toMatchObject({
      default: amounts(0.7, 700),
      defaultRequest: amounts(0.2, 200),
    });
    const narrow = model({}, [productHaving({ 'plans.large.containers': { default: amounts(0.05, 64) } })]);
    expect(resolved({ plan: 'large' }, narrow).containerLimits.defaultRequest).toMatchObject({
      cpu: 0.05,
      memoryMiB: 64,
    });
  });
});

describe('a backup', () => {
  const minute = (changes: Record<string, unknown>, on = model()) => resolved(changes, on).backup?.minute;

  test('starts in the platform’s window, at a minute that stays with the id', () => {
    const at = minute({}) ?? 0;
    expect(at >= 22 * 60 || at < 6 * 60).toBe(true);
    expect(minute({ plan: 'large', displayName: 'Other' })).toBe(at);
  });

  test('starts in the plan’s window where it has one, and when the tenant says', () => {
    const on = model({}, [
      productHaving({ 'plans.small.backup': { window: { from: '02:00', to: '02:01' }, keep: { daily: 7 } } }),
    ]);
    expect(minute({}, on)).toBe(120);
    expect(resolved({}, on).backup?.keep).toEqual({ daily: 7, weekly: 12, monthly: 12 });
    expect(minute({ backup: { at: '03:17' } }, on)).toBe(197);
    expect(tenantProblems({ backup: { at: '3:17' } })).toEqual([
      expect.stringContaining('backup.at: expected a time in UTC such as 03:17'),
    ]);
  });

  test('copies databases first, then volumes that can’t be made again', () => {
    const { backup } = resolved();
    expect(backup?.items.map(({ kind, name }) => `${kind} ${name}`)).toEqual(['dump database', 'volume media-files']);
    expect(backup).toMatchObject({
      repository: 's3:https://s3.eu.example/backups/eu-1/shop-acme',
      secretPath: 'production/shop/acme/backup',
    });
    const none = model({}, [productHaving({ 'services.media.volumes.files.backup': 'none' })]);
    expect(resolved({}, none).backup?.items).toHaveLength(1);
  });

  test('of a volume with SQLite names its databases', () => {
    const volume = { path: '/srv/media', sizeGiB: 10, backup: 'sqlite', databases: ['data/app.db'] };
    const on = model({}, [productHaving({ 'services.media.volumes.files': volume })]);
    expect(resolved({}, on).backup?.items[1]).toMatchObject({
      databases: ['data/app.db'],
      user: 10001,
      service: 'media',
    });
  });

  test('is none where nothing is kept', () => {
    const bare = productHaving({
      'services.media.volumes': {},
      'plans.dedicated.services': {},
      'services.web.env': {},
      'plans.large.backing': {},
      'plans.dedicated.backing': {},
    });
    const without = { ...bare, backing: bare.backing.filter(({ name }) => name !== 'database') };
    expect(resolved({}, model({}, [without]))).toMatchObject({ backup: null, jobQuota: { pods: 2 } });
  });
});
