import fc from 'fast-check';
import { z } from 'zod';
import { formatProblem } from '../../lib/model/errors';
import { formatPath, isLoose, mayHave, parseWith } from '../../lib/model/explain';
import { platformSchema } from '../../lib/model/platform';
import { serviceSchema } from '../../lib/model/service-schema';
import { tenantSchema } from '../../lib/model/tenant';

function explained(schema: z.ZodType, input: unknown): string[] {
  const { problems } = parseWith(schema, input, { code: 'E_TENANT_FIELD', file: 't.ts', prefix: 'at' });
  return problems.map((problem) =>
    formatProblem(problem)
      .replace(/^t\.ts: at/, '')
      .replace(' [E_TENANT_FIELD]', ''),
  );
}

/** Lines about one field of a schema with many. */
function about(path: string, schema: z.ZodType, input: unknown): string[] {
  return explained(schema, input).filter((line) => line.startsWith(`.${path}`));
}

const point = z.strictObject({ x: z.number(), y: z.number().optional() });

describe('of a union', () => {
  const probes = (liveness: unknown) => about('probes', serviceSchema, { probes: { liveness } });

  test('the branch that was meant is told of', () => {
    expect(probes({ http: '/x', prot: 1 })).toEqual([
      '.probes.liveness.prot: unknown key "prot" - did you mean "port"?',
    ]);
    expect(probes({ tcp: '80' })).toEqual(['.probes.liveness.tcp: expected a number, got "80" - write 80']);
    expect(about('env.A', serviceSchema, { env: { A: { kind: 'ref', source: 'tenant', name: 'id' } } })).toEqual([
      '.env.A.output: expected a text, got nothing - add "output"',
    ]);
  });

  test('all are, where none or several may have been meant', () => {
    const all = 'expected { http: "/path" }, { tcp: port } or { command: [...] }';
    expect(probes(5)[0]).toContain(`${all}, got 5`);
    expect(probes({})[0]).toContain(`${all}, got {}`);
    expect(about('env.A', serviceSchema, { env: { A: { kind: 'concat', parts: [5] } } })).toEqual([
      expect.stringContaining(
        '.env.A.parts[0]: expected a string, a reference such as database.url, concat(...) or when(...), got 5',
      ),
    ]);
  });

  test('a word of one branch is recognized', () => {
    const [line] = about('overrides.limits', tenantSchema, { overrides: { limits: { users: 'unlimted' } } });
    expect(line).toBe(
      '.overrides.limits.users: expected a whole number or "unlimited", got "unlimted" - did you mean "unlimited"?',
    );
  });

  test('the kind decides, and its keys are known', () => {
    const routing = (given: object) =>
      about('clusters.eu.routing', platformSchema, { clusters: { eu: { routing: given } } });
    expect(routing({ kind: 'gatway' })).toEqual([
      expect.stringContaining('.kind: expected a routing of kind "gateway", "traefik" or "ingress", got "gatway"'),
    ]);
    expect(routing({ kind: 'traefik', entrypoint: 'x' })).toContain(
      '.clusters.eu.routing.entrypoint: unknown key "entrypoint" - did you mean "entryPoint"?',
    );
    expect(routing({ kind: 'traefik', clasName: 'x' })).toContainEqual(expect.stringMatching(/clasName.*remove it/));
  });

  test('keys are known through defaults, pipes, lists, records and what is lazy', () => {
    const inner = z.strictObject({ name: z.string().optional() });
    const kinds = [
      inner.nullable().default(null),
      inner.transform((v) => v),
      z.lazy(() => inner),
      z.union([inner, z.int()]),
    ];
    for (const kind of kinds) {
      const schema = z.strictObject({ many: z.record(z.string(), z.array(kind)) });
      expect(explained(schema, { many: { a: [{ nam: 'x' }] } })).toEqual([
        '.many.a[0].nam: unknown key "nam" - did you mean "name"?',
      ]);
    }
  });
});

describe('hostile input', () => {
  const canary = 'a\u001b[31m\u2028\u202e\u200b\ud800"\n\u{e0041}';

  test('is shown escaped, as a value, a key and in a path', () => {
    const shown = [
      ...explained(z.strictObject({ a: z.int() }), { a: canary, [canary]: 1 }),
      ...explained(z.record(z.string(), z.int()), { [canary]: canary }),
      ...explained(
        z.string().superRefine((v, c) => c.addIssue({ code: 'custom', message: `expected no ${v}` })),
        canary,
      ),
    ];
    expect(shown).toHaveLength(4);
    for (const line of shown) {
      expect(line).not.toMatch(/[\0-\x1f\u2028\u202e\u200b\ud800\u{e0041}]/u);
      expect(line).toContain('\\u2028');
    }
  });

  test('is cut, however long', () => {
    const long = 'x'.repeat(1_000_000);
    const lines = explained(point, { x: long, [long]: 1 });
    expect(lines).toHaveLength(2);
    for (const line of lines) expect(line.length).toBeLessThan(400);
  });

  test('which throws when it is read is a problem of its place', () => {
    const input = {
      get x(): number {
        throw new Error('boom\u001b');
      },
    };
    expect(explained(point, input)).toEqual([
      ': expected plain values, got an error while they were read: boom\\u001b - write plain values',
    ]);
    expect(
      explained(
        z.string().refine(async () => true),
        'x',
      )[0],
    ).toContain('expected plain values');
  });

  test('never throws, whatever it is', () => {
    const all = fc.anything({
      withBigInt: true,
      withDate: true,
      withMap: true,
      withNullPrototype: true,
      withSet: true,
    });
    fc.assert(
      fc.property(all, (input) => {
        for (const schema of [tenantSchema, platformSchema, serviceSchema])
          expect(explained(schema, input).length).toBeGreaterThan(0);
      }),
    );
  });
});

test('a path is written as code would be', () => {
  expect(formatPath('', ['overrides', 'quota', 'cpu'])).toBe('overrides.quota.cpu');
  expect(formatPath('domains', [2])).toBe('domains[2]');
  expect(formatPath('labels', ['a.b', 'c"d'])).toBe('labels["a.b"]["c\\"d"]');
});

test('a schema tells which paths its values may have', () => {
  const schema = z.strictObject({
    mail: z.strictObject({ from: z.string() }).optional(),
    sites: z.array(z.strictObject({ id: z.int() })),
    extra: z.record(z.string(), z.int()),
    open: z.looseObject({}),
    any: z.any(),
    made: z.string().transform((text) => ({ text })),
    either: z.union([z.int(), z.strictObject({ a: z.int() })]),
  });
  for (const path of ['mail', 'mail.from', 'extra.x', 'open.x', 'any.x.y', 'made.text', 'either.a', 'sites'])
    expect([path, mayHave(schema, path.split('.'), false)]).toEqual([path, true]);
  for (const path of ['nail', 'mail.form', 'extra.x.y', 'either.b', 'mail.from.x', 'constructor', 'sites.id'])
    expect([path, mayHave(schema, path.split('.'), false)]).toEqual([path, false]);
  expect(mayHave(schema, ['sites', 'id'], true)).toBe(true);
  expect(mayHave(schema, ['sites', 'name'], true)).toBe(false);
});

test('an object is loose unless it says that it is strict', () => {
  expect([z.object({}), z.looseObject({})].map(isLoose)).toEqual([true, true]);
  expect([z.strictObject({}), z.string()].map(isLoose)).toEqual([false, false]);
});
