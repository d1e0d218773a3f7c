import { acme, productHaving, productProblems, shop, tenantProblems } from './fixture';

const fine = { requests: { cpu: 1, memoryMiB: 256 }, limits: { cpu: 1, memoryMiB: 256 } };

/** What of the product is replaced, the beginning of the problem, and a twin that is accepted. */
type Case = [string, Record<string, unknown>, string, Record<string, unknown>];

function refusesAndAccepts(cases: readonly Case[]): void {
  test.each(cases)('%s', (_, wrong, problem, right) => {
    expect(productProblems(productHaving(wrong))).toContainEqual(expect.stringContaining(problem));
    expect(productProblems(productHaving(right))).toEqual([]);
  });
}

describe('a plan', () => {
  const large = (field: string, value: unknown) => ({ [`plans.large.${field}`]: value });
  const containers = (value: object) => large('containers', value);
  refusesAndAccepts([
    [
      'sizes services that exist',
      large('services', { wbe: {} }),
      'plans.large.services.wbe: unknown service "wbe"',
      {},
    ],
    [
      'sizes volumes that exist',
      large('services', { media: { volumes: { data: { sizeGiB: 5 } } } }),
      'plans.large.services.media.volumes.data: unknown volume "data" - write "files"',
      large('services', { media: { volumes: { files: { sizeGiB: 5 } } } }),
    ],
    [
      'lets a service with a volume run once',
      large('services', { media: { replicas: { min: 1, max: 2 } } }),
      'plans.large.services.media.replicas.max: 2 replicas share a volume',
      large('services', { media: { replicas: { min: 1, max: 1 } } }),
    ],
    [
      'has limits no lower than requests',
      large('services', { web: { resources: { ...fine, limits: { cpu: 1, memoryMiB: 128 } } } }),
      'plans.large.services.web.resources.limits.memoryMiB: 128 is below the request of 256',
      large('services', { web: { resources: fine } }),
    ],
    [
      'has features that exist',
      large('features', { x: 'included' }),
      'plans.large.features.x: unknown feature "x"',
      {},
    ],
    ['changes what there is', large('backing', { x: {} }), 'plans.large.backing.x: unknown backing service "x"', {}],
    ['bounds what is unlimited', large('quota', 'unlimited'), 'plans.large.quota: "unlimited" without a node pool', {}],
    [
      'has every limit',
      large('limits', {}),
      'plans.large.limits.users: other plans have this limit',
      large('limits', { users: 0 }),
    ],
    [
      'has limits of its own',
      large('limits', { users: 1, toString: 1 }),
      'expected a name that not every object has',
      {},
    ],
    [
      'has a window',
      large('backup', { window: { from: '02:00', to: '02:00' } }),
      'plans.large.backup.window: expected a window, got "02:00" twice',
      large('backup', { window: { from: '02:00', to: '02:01' } }),
    ],
    [
      'has bounds of containers in their order',
      containers({ min: { cpu: 1, memoryMiB: 16 }, max: { cpu: 0.5, memoryMiB: 4096 } }),
      'plans.large.containers.max.cpu: 0.5 is below min, 1 - write at least 1',
      containers({ min: { cpu: 0.1, memoryMiB: 16 }, max: { cpu: 2, memoryMiB: 4096 } }),
    ],
    [
      'has defaults within its bounds',
      containers({ default: { cpu: 4, memoryMiB: 16 }, max: { cpu: 2, memoryMiB: 4096 } }),
      'plans.large.containers.max.cpu: 2 is below default, 4',
      containers({ default: { cpu: 2, memoryMiB: 16 }, max: { cpu: 2, memoryMiB: 4096 } }),
    ],
    [
      'has quotas in steps',
      large('quota', { memoryGiB: 8.3 }),
      'expected a whole number of MiB',
      large('quota', { memoryGiB: 8.125 }),
    ],
  ]);

  test('must give what its services use', () => {
    const features = (plan: string, given: object) =>
      productProblems(productHaving({ [`plans.${plan}.features`]: given }));
    const always = (given: object) =>
      productProblems(
        productHaving({
          'services.worker.uses': ['index'],
          'plans.small.features': given,
          'plans.written.features': { search: 'included' },
        }),
      );
    expect(features('large', {})).toEqual([]);
    expect(always({})).toEqual([
      "plans.small.features: services.worker uses index, and its feature search is not to be had on this plan - write search: 'included', or feature: 'search' in services.worker [E_PRODUCT_FIELD]",
    ]);
    expect(always({ search: 'optional' })).toEqual([
      expect.stringContaining('its feature search is off unless a tenant asks'),
    ]);
    expect(always({ search: 'included' })).toEqual([]);
  });

  test('must give what the services of its features and their jobs use', () => {
    const uses = { 'services.reports.uses': ['index'], 'plans.dedicated.features': {}, 'plans.written.features': {} };
    const large = (search: string | undefined, reports: string) =>
      productProblems(productHaving({ ...uses, 'plans.large.features': { ...(search && { search }), reports } }));
    expect(large(undefined, 'optional')).toHaveLength(1);
    expect(large('optional', 'included')).toHaveLength(1);
    expect(large('optional', 'optional')).toEqual([]);
    expect(large('included', 'included')).toEqual([]);
    const ofJob = {
      'jobs.migrate.env': {
        INDEX: shop.backing[3] && { kind: 'ref', source: 'backing', name: 'index', output: 'url' },
      },
    };
    expect(productProblems(productHaving(ofJob)).map((line) => line.split(':')[0])).toEqual([
      'plans.small.features',
      'plans.written.features',
    ]);
  });
});

test('what only a tenant’s choice shows is told with the tenant', () => {
  expect(tenantProblems({ plan: 'large', features: { search: false } })).toEqual([]);
  expect(acme.plan).toBe('small');
});
