import fc from 'fast-check';
import { z } from 'zod';
import { formatProblem } from '../../lib/model/errors';
import { parsePlatform } from '../../lib/model/parse-platform';
import { resolveTenant } from '../../lib/model/resolve';
import { acme, model, overriding, plain, platform, platformFields, productHaving, shop } from './fixture';

const anything = fc.anything({
  withBigInt: true,
  withDate: true,
  withMap: true,
  withSet: true,
  withNullPrototype: true,
  withObjectString: true,
});

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

/** Paths of every value inside. */
function places(value: unknown, path: readonly string[] = []): string[][] {
  const inside = typeof value === 'object' && value !== null ? Object.entries(value) : [];
  return [[...path], ...inside.flatMap(([key, each]) => places(each, [...path, key]))];
}

function replaced(value: unknown, [key, ...rest]: readonly string[], by: unknown): unknown {
  if (key === undefined) return by;
  if (Array.isArray(value)) return value.map((each, i) => (String(i) === key ? replaced(each, rest, by) : each));
  const members = value as Readonly<Record<string, unknown>>;
  return { ...members, [key]: replaced(members[key], rest, by) };
}

test('the tenant that is mutated here is right', () => {
  expect(outcome(full)).toBe('tenant');
});

describe('whatever is given', () => {
  test('as a tenant is a tenant or has problems', () => {
    fc.assert(
      fc.property(anything, (input) => outcome(input) === 'problems'),
      { numRuns: 300 },
    );
  });

  test('in the place of any value of a right tenant is told of, or fits', () => {
    const place = fc.constantFrom(...places(full));
    fc.assert(
      fc.property(place, anything, (path, value) => outcome(replaced(full, path, value)) !== undefined),
      { numRuns: 500 },
    );
  });

  test('as a platform has problems', () => {
    fc.assert(
      fc.property(anything, anything, (input, products) => {
        const { platform: found, problems } = parsePlatform({ ...platform, input, products }, 'p.ts');
        expect(found).toBeNull();
        for (const problem of problems) expect(formatProblem(problem)).not.toMatch(/[\0-\x1f\u2028]/);
        return problems.length > 0 && parsePlatform(input, 'p.ts').problems.length > 0;
      }),
    );
  });

  test('in the place of any value of a right platform or product is told of, or fits', () => {
    const inPlatform = fc.constantFrom(...places(platformFields)).map((path) => ({ path, product: false }));
    const inProduct = fc.constantFrom(...places(shop.input)).map((path) => ({ path, product: true }));
    fc.assert(
      fc.property(fc.oneof(inPlatform, inProduct), anything, ({ path, product }, value) => {
        const input = product ? platformFields : replaced(platformFields, path, value);
        const products = [product ? { ...shop, input: replaced(shop.input, path, value) } : shop];
        const { platform: found, problems } = parsePlatform({ ...platform, input, products }, 'p.ts');
        expect(found === null).toBe(problems.length > 0);
        if (found !== null) outcome(full, found);
      }),
      { numRuns: 300 },
    );
  });
});

describe('names that every object has', () => {
  const names = ['__proto__', 'constructor', 'toString', 'hasOwnProperty', 'valueOf', '__defineGetter__'];
  const keyed = (name: string, value: unknown) => JSON.parse(`{${JSON.stringify(name)}:${JSON.stringify(value)}}`);

  test.each(names)('name nothing: %s', (name) => {
    for (const field of ['product', 'plan', 'placement']) expect(outcome({ ...full, [field]: name })).toBe('problems');
    expect(outcome({ ...full, residency: name })).toBe('problems');
    expect(outcome({ ...full, servers: { database: name } })).toBe('problems');
    // JSON, as zod reads it, has no key __proto__ in a map.
    const ignored = name === '__proto__' ? 'tenant' : 'problems';
    for (const field of ['features', 'servers'])
      expect(outcome({ ...full, [field]: keyed(name, field === 'features' ? true : 'pg-eu') })).toBe(ignored);
    expect(outcome({ ...full, ...overriding({ limits: keyed(name, 5) }) })).toBe(ignored);
    expect(outcome({ ...full, ...overriding({ services: keyed(name, {}) }) })).toBe(ignored);
    expect(outcome({ ...full, settings: { siteId: 1, ...keyed(name, 1) } })).toBe('problems');
    expect(outcome({ ...full, ...keyed(name, 1) })).toBe('problems');
  });

  test('pollute nothing', () => {
    const evil = JSON.parse('{"__proto__":{"polluted":true},"constructor":{"prototype":{"polluted":true}}}');
    for (const path of places(full)) outcome(replaced(full, path, evil));
    const loose = {
      ...shop,
      settings: z.strictObject({
        siteId: z.any(),
        language: z.any().optional(),
        sites: z.any().optional(),
        mail: z.any().optional(),
      }),
    } as unknown as typeof shop;
    outcome({ ...full, settings: { siteId: evil, sites: [evil] } }, model({}, [loose]));
    expect(({} as { polluted?: boolean }).polluted).toBeUndefined();
  });

  test('are no features, limits or plans of a product', () => {
    for (const path of ['features.constructor', 'services.constructor', 'plans.constructor', 'jobs.constructor'])
      expect(() => model({}, [productHaving({ [path]: {} })])).toThrow(
        'expected a name that not every object has already',
      );
  });
});
