import fc from 'fast-check';
import { canonicalHost, hostsOverlap, isCoveredByWildcard, isUnder } from '../../lib/model/hosts';
import type { ResolvedHost, Tenant } from '../../lib/model/resolved';
import { hostProblems } from '../../lib/registry/hosts';
import { claim, tenant } from './support';

const PLATFORM = {
  apexes: [
    { product: 'nekotab', apex: 'nekotab.app' },
    { product: 'unity', apex: 'unity.example' },
  ],
  sharedHosts: [{ host: 'auth.unity.example', owner: 'unity' }],
};

function host(name: string): ResolvedHost {
  const isPlatform = PLATFORM.apexes.some(({ apex }) => isCoveredByWildcard(name, apex));
  return isPlatform ? { host: name, kind: 'platform' } : { host: name, kind: 'custom', origin: 'domains[0]' };
}

function withHosts(id: string, hosts: readonly string[], product = 'nekotab'): Tenant {
  return tenant(id, { product, hosts: hosts.map(host) });
}

/** Problems of tenants `a`, `b`, ..., each with its hosts. */
function problems(...all: readonly (readonly string[])[]) {
  return hostProblems(
    all.map((hosts, i) => withHosts(String.fromCharCode(97 + i), hosts)),
    PLATFORM,
  );
}

describe('hosts of different tenants', () => {
  test.each<[string, string[], string[]]>([
    ['differ', ['a.nekotab.app', 'debates.acme.example'], ['b.nekotab.app', 'debates.beta.example']],
    ['have a domain in common that neither owns', ['a.acme.example'], ['b.acme.example']],
    ['only end alike', ['acme.example'], ['notacme.example']],
    ['lie beside a wildcard', ['*.eu.acme.example'], ['us.acme.example']],
  ])('are accepted when they %s', (_, a, b) => {
    expect(problems(a, b)).toEqual([]);
    expect(problems(b, a)).toEqual([]);
  });

  test.each<[string, string, string, string]>([
    ['are the same', 'acme.example', 'acme.example', '"acme.example" is a host of tenants/a.ts too'],
    ['are the same in other letters', canonicalHost('ACME.example.').host ?? '', 'acme.example', 'is a host of'],
    [
      'are the same in another script',
      canonicalHost('bücher.example').host ?? '',
      'xn--bcher-kva.example',
      'is a host of',
    ],
    [
      'lie one below the other',
      'acme.example',
      'b.acme.example',
      '"b.acme.example" of tenants/b.ts lies under "acme.example" of tenants/a.ts',
    ],
    ['lie far below one another', 'acme.example', 'x.y.b.acme.example', 'lies under "acme.example"'],
    [
      'lie one above the other',
      'b.acme.example',
      'acme.example',
      '"b.acme.example" of tenants/a.ts lies under "acme.example" of tenants/b.ts',
    ],
    ['match a wildcard', '*.acme.example', 'b.acme.example', 'lies under "*.acme.example"'],
    ['are matched by a wildcard', 'b.acme.example', '*.acme.example', 'lies under "*.acme.example"'],
    [
      'are a wildcard and its domain',
      '*.acme.example',
      'acme.example',
      '"*.acme.example" of tenants/a.ts lies under "acme.example"',
    ],
    ['are wildcards, one below the other', '*.acme.example', '*.eu.acme.example', 'lies under "*.acme.example"'],
  ])('are refused at the later file when they %s', (_, a, b, found) => {
    expect(problems([a], [b])).toMatchObject([
      {
        code: 'E_HOST',
        file: 'tenants/b.ts',
        path: 'domains[0]',
        found: expect.stringContaining(found),
        related: ['tenants/a.ts'],
      },
    ]);
    // One tenant may have both.
    expect(problems([a, b])).toEqual([]);
  });

  test('that are the same are one problem for all of them', () => {
    expect(problems(['x.example'], ['x.example'], ['x.example'])).toMatchObject([
      { file: 'tenants/c.ts', related: ['tenants/a.ts', 'tenants/b.ts'] },
    ]);
  });

  test('that follow from ids are told at the id', () => {
    expect(problems(['x.nekotab.app'], ['x.nekotab.app'])).toMatchObject([{ path: 'id', fix: 'choose another id' }]);
  });

  test('are told where the file says them, be it at a domain or in the settings', () => {
    const origin = 'settings.sites[1].domain';
    const shop = tenant('z', { product: 'unity', hosts: [{ host: 'acme.example', kind: 'custom', origin }] });
    const chosen = tenant('z', { hosts: [{ host: 'x.nekotab.app', kind: 'platform', origin }] });
    const fix = 'write a domain that nobody else has a part of';
    expect(hostProblems([withHosts('a', ['acme.example']), shop], PLATFORM)).toMatchObject([{ path: origin, fix }]);
    expect(hostProblems([withHosts('x', ['x.nekotab.app']), chosen], PLATFORM)).toMatchObject([{ path: origin, fix }]);
    expect(hostProblems([withHosts('a', ['other.example']), shop], PLATFORM)).toEqual([]);
  });

  test('count where a tenant only claims them', () => {
    const purged = tenant('a', {
      state: 'purged',
      claims: [claim('host', 'acme.example'), claim('host', 'a.nekotab.app')],
    });
    expect(hostProblems([purged, withHosts('b', ['www.acme.example'])], PLATFORM)).toMatchObject([
      { file: 'tenants/b.ts' },
    ]);
    expect(hostProblems([purged], PLATFORM)).toEqual([]);
  });
});

describe('hosts of the platform', () => {
  test.each<[string, string, string]>([
    ['the domain of a product', 'unity.example', '"unity.example" is the domain of unity'],
    ['one below the domain of another product', 'x.unity.example', '"x.unity.example" lies under the domain of unity'],
    [
      'one below its own product’s, in another tenant’s place',
      'www.other.nekotab.app',
      'lies under the domain of nekotab',
    ],
    ['a host of the platform', 'auth.unity.example', 'is "auth.unity.example", a host of unity'],
    ['one below a host of the platform', 'x.auth.unity.example', 'lies under "auth.unity.example", a host of unity'],
    ['a wildcard over the domain of a product', '*.example', '"*.example" covers'],
  ])('are not to be had: %s', (_, name, found) => {
    const given = tenant('acme', { hosts: [{ host: name, kind: 'custom', origin: 'domains[0]' }] });
    expect(hostProblems([given], PLATFORM)).toMatchObject([
      { code: 'E_HOST', file: 'tenants/acme.ts', path: 'domains[0]', found: expect.stringContaining(found) },
    ]);
  });

  test('are refused to an id that would get one', () => {
    expect(hostProblems([withHosts('auth', ['auth.unity.example'], 'unity')], PLATFORM)).toMatchObject([
      { file: 'tenants/auth.ts', path: 'id', found: '"auth.unity.example" is "auth.unity.example", a host of unity' },
    ]);
    const nested = { apexes: [...PLATFORM.apexes, { product: 'shop', apex: 'shop.nekotab.app' }], sharedHosts: [] };
    expect(hostProblems([withHosts('shop', ['shop.nekotab.app'])], nested)).toMatchObject([
      { file: 'tenants/shop.ts', path: 'id' },
    ]);
  });

  test.each<[string, readonly string[], string]>([
    ['its own one below the apex', ['acme.nekotab.app'], 'nekotab'],
    ['those that its product gives it below its own', ['app.acme.nekotab.app', 'x.y.acme.nekotab.app'], 'nekotab'],
    ['its own where the product has its page at the apex', ['acme.unity.example'], 'unity'],
    ['a domain that a product’s domain lies in', ['example.org', 'unity.example.org'], 'nekotab'],
  ])('leave a tenant %s', (_, hosts, product) => {
    const shared = { ...PLATFORM, sharedHosts: [...PLATFORM.sharedHosts, { host: 'unity.example', owner: 'unity' }] };
    const platform = { ...shared, apexes: [...PLATFORM.apexes, { product: 'shop', apex: 'shop.example.org' }] };
    expect(hostProblems([withHosts('acme', hosts, product)], platform)).toEqual([]);
  });
});

test('problems are found exactly where two tenants’ domains touch, without comparing every pair', () => {
  const label = fc.constantFrom('a', 'b', 'c');
  const name = fc
    .array(label, { minLength: 1, maxLength: 4 })
    .map((labels) => [...labels, 'test', 'example'].join('.'));
  const domain = fc.tuple(fc.boolean(), name).map(([isWild, text]) => (isWild ? `*.${text}` : text));
  const base = (text: string) => text.replace(/^\*\./, '');
  const touch = (a: string, b: string) => hostsOverlap(a, b) || isUnder(base(a), base(b)) || isUnder(base(b), base(a));
  fc.assert(
    fc.property(fc.array(fc.array(domain, { maxLength: 3 }), { maxLength: 4 }), (all) => {
      const pairs = all.flatMap((mine, i) =>
        all.slice(i + 1).flatMap((theirs) => mine.map((a) => theirs.some((b) => touch(a, b)))),
      );
      expect(problems(...all).length > 0).toBe(pairs.includes(true));
    }),
    { numRuns: 500 },
  );
});
