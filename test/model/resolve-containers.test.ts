import { model, overriding, productHaving, resolved, tenantProblems } from './fixture';

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
