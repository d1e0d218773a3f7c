import { acme, overriding, resolved, tenantProblems } from './fixture';

function service(name: string, of = resolved()) {
  const found = of.services.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

describe('defaults', () => {
  test('are applied, so that nothing of a tenant is optional', () => {
    const tenant = resolved();
    expect(tenant).toMatchObject({
      id: 'acme',
      namespace: 'shop-acme',
      environment: 'production',
      state: 'active',
      suspended: false,
      jurisdiction: 'eu',
      settings: { language: 'en', siteId: 7, sites: [] },
      features: { search: false, reports: false },
      limits: { users: 10 },
      rateLimit: { requests: 10, per: 'second' },
      priorityClass: 'tenantry-1000',
      nodePool: null,
      shared: { namespace: 'shop-hub', ports: { hub: 9000 } },
    });
    expect(JSON.stringify(tenant)).not.toContain('undefined');
    // What workers are sent and what JSON holds is the same.
    expect(JSON.parse(JSON.stringify(tenant))).toEqual(structuredClone(tenant));
  });

  test('of a service are those of the product', () => {
    expect(service('web')).toMatchObject({
      ports: { http: 8080, metrics: 9100 },
      replicas: { min: 2, max: 4 },
      surge: 1,
      scratch: ['/tmp'],
      user: 10001,
      scaling: { cpuPercent: 80, memoryPercent: null },
      calls: [],
      callsShared: ['hub'],
      uses: ['database', 'sessions', 'signing-key'],
      identity: null,
    });
    expect(service('web').resources.requests).toEqual({ cpu: 0.1, memoryMiB: 128, ephemeralMiB: 64 });
    expect(service('worker')).toMatchObject({ calls: ['web'], ports: {}, port: null });
    expect(service('media')).toMatchObject({ surge: 0, volumes: [{ claimName: 'media-files', sizeGiB: 10 }] });
  });

  test('of a job are its service, once, without ports, volumes, probes and identity', () => {
    const [job] = resolved().jobs;
    expect(job).toMatchObject({ name: 'migrate', deadlineSeconds: 600 });
    expect(job?.service).toMatchObject({
      command: [['shop'], ['migrate']],
      port: null,
      ports: {},
      volumes: [],
      surge: 0,
    });
    expect(job?.service.env).toEqual(service('web').env);
    expect(job?.service.uses).toEqual(service('web').uses);
  });
});

describe('sizes', () => {
  test('are those of the product, then of the plan, then of the tenant', () => {
    expect(service('web', resolved({ plan: 'large' }))).toMatchObject({
      replicas: { min: 3, max: 8 },
      scaling: { cpuPercent: 80, memoryPercent: 70 },
    });
    const own = resolved({
      plan: 'large',
      ...overriding({ services: { web: { replicas: { max: 12 }, requests: { cpu: 0.2 } } } }),
    });
    expect(service('web', own)).toMatchObject({ replicas: { min: 3, max: 12 }, surge: 3 });
    expect(service('web', own).resources.requests).toEqual({ cpu: 0.2, memoryMiB: 128, ephemeralMiB: 64 });
    expect(service('worker', own)).toEqual(service('worker', resolved({ plan: 'large' })));
  });

  test('of volumes are merged by name', () => {
    const size = (changes: Record<string, unknown>) => service('media', resolved(changes)).volumes[0]?.sizeGiB;
    expect([size({}), size({ plan: 'dedicated' })]).toEqual([10, 100]);
    expect(size(overriding({ services: { media: { volumes: { files: { sizeGiB: 20 } } } } }))).toBe(20);
  });

  test.each<[string, object, string, object]>([
    [
      'names services that the tenant has',
      { services: { wbe: {} } },
      'overrides.services.wbe: this tenant has no service "wbe" - did you mean "web"?',
      { services: { web: {} } },
    ],
    [
      'names services that are on',
      { services: { reports: {} } },
      'overrides.services.reports: this tenant has no service "reports"',
      {},
    ],
    [
      'names volumes',
      { services: { media: { volumes: { data: { sizeGiB: 1 } } } } },
      'overrides.services.media.volumes.data: the service has no volume "data" - write "files"',
      {},
    ],
    [
      'names limits',
      { limits: { user: 5 } },
      'overrides.limits.user: the plan has no limit "user" - did you mean "users"?',
      { limits: { users: 5 } },
    ],
    [
      'has min at most max',
      { services: { web: { replicas: { min: 5 } } } },
      'overrides.services.web.replicas: expected min to be at most max, got 5 and 4',
      { services: { web: { replicas: { min: 4 } } } },
    ],
    [
      'keeps a volume to one replica',
      { services: { media: { replicas: { max: 2 } } } },
      'overrides.services.media.replicas: 2 replicas would share a volume',
      { services: { media: { replicas: { max: 1 } } } },
    ],
    [
      'has limits no lower than requests',
      { services: { web: { requests: { memoryMiB: 512 } } } },
      'overrides.services.web.limits.memoryMiB: expected at least the request of 512, got 256',
      { services: { web: { requests: { memoryMiB: 256 } } } },
    ],
    ['has a reason', { reason: ' ' }, 'overrides.reason: expected one line of text with something in it', {}],
    [
      'ends after the tenant began',
      { until: '2026-01-14' },
      'overrides.until: expected a day on or after createdOn, 2026-01-15, got "2026-01-14" - write a day on or after',
      { until: '2026-01-15' },
    ],
    ['has an end', { until: '2027-02-30' }, 'overrides.until: expected a day from 01 to 28', { until: '2027-02-28' }],
  ])('an override %s', (_, wrong, problem, right) => {
    const given = (what: object) => ({ overrides: { ...overriding({}).overrides, ...what } });
    expect(tenantProblems(given(wrong))).toContainEqual(expect.stringContaining(problem));
    expect(tenantProblems(given(right))).toEqual([]);
  });

  test('that an override gives up are the plan’s again', () => {
    expect(
      service('web', resolved(overriding({ services: { web: { replicas: { min: undefined } } } }))).replicas.min,
    ).toBe(2);
  });
});

describe('states', () => {
  test('a suspended tenant keeps everything but its running pods', () => {
    const active = resolved();
    const suspended = resolved({ lifecycle: { state: 'suspended' } });
    expect(suspended).toEqual({ ...active, state: 'suspended', suspended: true });
  });

  test('a purged tenant keeps its claims', () => {
    const purged = resolved({ lifecycle: { state: 'purged' } });
    expect(purged).toMatchObject({ state: 'purged', suspended: false });
    expect(purged.claims).toEqual(resolved().claims);
  });

  test.each(['offboarding', 'retained', 'deleted'])('%s is not offered yet', (state) => {
    expect(tenantProblems({ lifecycle: { state } })).toEqual([
      expect.stringContaining(`lifecycle.state: expected "active", "suspended" or "purged", got "${state}"`),
    ]);
  });
});

test('every mistake of a tenant is told at once', () => {
  const lines = tenantProblems({ plan: 'smal', placement: 'eu1', contact: 'x', features: 5, extra: 1 });
  expect(lines.map((line) => line.split(': ')[1])).toEqual(['contact', 'features', 'extra', 'placement', 'plan']);
  expect(tenantProblems({ product: 'shpo', plan: 5 })).toHaveLength(2);
  expect(tenantProblems({ ...acme })).toEqual([]);
});
