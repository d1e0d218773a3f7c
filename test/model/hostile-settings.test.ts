import fc from 'fast-check';
import { z } from 'zod';
import { formatProblem } from '../../lib/model/errors';
import { resolveTenant } from '../../lib/model/resolve';
import { acme, model, overriding, plain, shop } from './fixture';

/** Every tenant has a bit of everything, so that mutations reach every part. */
const full = {
  ...acme,
  plan: 'large',
  domains: ['a.example'],
  residency: 'eu',
  settings: { siteId: 7, language: 'de', sites: [{ id: 1, domain: 'b.example' }], mail: { from: 'x' } },
  billing: { id: 'sub_1', costCenter: 'CC' },
  features: { reports: true },
  servers: { database: 'pg-eu-2' },
  backup: { at: '03:17' },
  lifecycle: { state: 'active' },
  ...overriding({
    quota: { pods: 60 },
    limits: { users: 5 },
    rateLimit: { requests: 5, per: 'second' },
    services: {
      web: { replicas: { min: 2, max: 6 }, requests: { cpu: 0.2 } },
      media: { volumes: { files: { sizeGiB: 12 } } },
    },
  }),
};

/** Either a tenant or problems, each of which can be printed in one line. */
function outcome(input: unknown, on = plain): 'tenant' | 'problems' {
  const { tenant, problems } = resolveTenant(on, 'acme.ts', input);
  expect(tenant === null).toBe(problems.length > 0);
  for (const problem of problems) {
    const line = formatProblem(problem);
    expect(line).not.toMatch(/[\0-\x1f\x7f-\x9f\u2028\u2029\u202e]/);
    expect(line.length).toBeLessThan(2000);
  }
  return tenant === null ? 'problems' : 'tenant';
}

describe('settings that a schema lets pass', () => {
  const lax = {
    ...shop,
    settings: z.strictObject({
      siteId: z.any(),
      language: z.any().optional(),
      sites: z.any().optional(),
      mail: z.any().optional(),
    }),
  } as unknown as typeof shop;
  const on = model({}, [lax]);
  const cyclic: { self?: unknown } = {};
  cyclic.self = cyclic;
  let deep: unknown = 1;
  for (let i = 0; i < 20_000; i++) deep = [deep];
  const getter = {
    get x(): never {
      throw new Error('boom');
    },
  };

  test.each<[string, unknown]>([
    ['a bigint', 5n],
    ['what refers to itself', cyclic],
    ['what is very deep', deep],
    ['a getter', getter],
    ['a date', new Date(0)],
    ['a map', new Map([[1, 2]])],
    ['a function', () => 1],
    ['a symbol', Symbol('s')],
    ['NaN', Number.NaN],
    ['an object with a hidden length', { length: 5n }],
  ])('must be plain data, and not %s', (_, value) => {
    for (const settings of [{ siteId: value }, { siteId: 1, sites: [{ id: value }] }]) {
      const { problems } = resolveTenant(on, 'a.ts', { ...acme, settings });
      expect(problems.map(({ path, found }) => [path, found])).toContainEqual([
        expect.stringContaining('settings.'),
        expect.stringContaining('expected plain data, got '),
      ]);
    }
  });

  test('may be any plain data', () => {
    fc.assert(
      fc.property(
        fc.jsonValue(),
        (value) => outcome({ ...acme, settings: { siteId: 1, mail: value } }, on) === 'tenant',
      ),
    );
  });
});

describe('a tenant', () => {
  test('may not be a getter that throws, nor refer to itself', () => {
    const throwing = {
      ...acme,
      get plan(): string {
        throw new Error('boom');
      },
    };
    expect(
      outcome(
        Object.defineProperty(
          { ...acme },
          'plan',
          Object.getOwnPropertyDescriptor(
            {
              get plan(): string {
                throw new Error('x');
              },
            },
            'plan',
          ) ?? {},
        ),
      ),
    ).toBe('problems');
    expect(() => throwing.plan).toThrow('boom');
    const cyclic: Record<string, unknown> = { ...acme };
    cyclic.settings = cyclic;
    cyclic.billing = cyclic;
    expect(outcome(cyclic)).toBe('problems');
    const hostile = new Proxy(
      { ...acme },
      {
        get: () => {
          throw new Error('no');
        },
        ownKeys: () => {
          throw new Error('no');
        },
      },
    );
    expect(outcome(hostile)).toBe('problems');
  });

  test('that is a class or has no prototype is read like any other', () => {
    expect(outcome(Object.assign(Object.create(null), acme))).toBe('tenant');
    expect(outcome(Object.assign(new (class Tenant {})(), acme))).toBe('tenant');
  });

  test('with very long texts is refused at once', () => {
    const long = 'a'.repeat(2_000_000);
    const start = Date.now();
    for (const field of Object.keys(full)) expect(outcome({ ...full, [field]: long })).toBe('problems');
    for (const field of ['features', 'servers', 'overrides', 'settings', 'billing'])
      expect(outcome({ ...full, [field]: { [long]: true } })).toBe('problems');
    expect(Date.now() - start).toBeLessThan(5000);
  });

  test('with ten thousand domains or sites is refused or resolved in seconds', () => {
    const domains = Array.from({ length: 10_000 }, (_, i) => `d${i}.example`);
    const start = Date.now();
    expect(outcome({ ...full, domains })).toBe('problems');
    const sites = domains.map((domain, id) => ({ id, domain }));
    expect(outcome({ ...full, lifecycle: { state: 'purged' }, settings: { siteId: 1, sites } })).not.toBe(undefined);
    expect(Date.now() - start).toBeLessThan(5000);
  });
});
