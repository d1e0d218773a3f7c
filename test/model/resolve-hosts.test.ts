import fc from 'fast-check';
import { dnsRecords } from '../../lib/model/dns-records';
import { valuesAt } from '../../lib/model/resolve-routes';
import { model, productHaving, resolved, tenantProblems } from './fixture';

const sites = (...domains: string[]) => ({ siteId: 7, sites: domains.map((domain, id) => ({ id, domain })) });

function hosts(changes: Record<string, unknown>, on = model()) {
  return resolved(changes, on).routes.map((route) => route.hosts.map(({ host, kind }) => `${host} ${kind}`));
}

describe('hosts', () => {
  test('follow from the id, from custom domains and from settings', () => {
    expect(hosts({})).toEqual([['acme.shop.example platform'], ['acme-media.shop.example platform']]);
    expect(
      hosts({ plan: 'large', domains: ['www.acme.example'], settings: sites('one.example', 'two.example') })[0],
    ).toEqual(['acme.shop.example platform', 'www.acme.example custom', 'one.example custom', 'two.example custom']);
  });

  test('are in their one spelling, each once', () => {
    const given = {
      plan: 'large',
      domains: ['WWW.Acme.Example.', 'bücher.example'],
      settings: sites('www.acme.example'),
    };
    expect(hosts(given)[0]).toEqual([
      'acme.shop.example platform',
      'www.acme.example custom',
      'xn--bcher-kva.example custom',
    ]);
  });

  test('are the platform’s one label below its zone, and custom elsewhere', () => {
    const of = (...templates: string[]) =>
      hosts({}, model({}, [productHaving({ routes: [{ hosts: templates, paths: { '/': 'web' } }] })]))[0];
    expect(of('{id}.{apex}', '{id}.eu.{apex}', '{id}.other.example')).toEqual([
      'acme.shop.example platform',
      'acme.eu.shop.example custom',
      'acme.other.example custom',
    ]);
  });

  test('can have something before a domain', () => {
    const product = productHaving({
      routes: [{ hosts: ['{id}.{apex}', '{domain}', 'chat.{domain}'], paths: { '/': 'web' } }],
    });
    expect(hosts({ plan: 'large', domains: ['a.example'] }, model({}, [product]))[0]).toEqual([
      'acme.shop.example platform',
      'a.example custom',
      'chat.a.example custom',
    ]);
  });

  test('that are none are refused where they were written, once', () => {
    expect(tenantProblems({ plan: 'large', domains: ['ok.example', 'https://x.example'] })).toEqual([
      'acme.ts: domains[1]: expected a host name, got a scheme in "https://x.example" - write the host name alone [E_TENANT_FIELD]',
    ]);
    expect(tenantProblems({ settings: sites('ok.example', 'not a host') })).toEqual([
      expect.stringContaining('acme.ts: settings.sites[1].domain: expected a host name, got a blank in "not a host"'),
    ]);
  });

  test('are no wildcards, and none twice', () => {
    expect(tenantProblems({ plan: 'large', domains: ['*.acme.example'] })).toEqual([
      expect.stringContaining('domains[0]: "*.acme.example" is a wildcard'),
    ]);
    expect(tenantProblems({ plan: 'large', domains: ['a.example', 'A.EXAMPLE.'] })).toEqual([
      'acme.ts: domains[1]: "A.EXAMPLE." is the host of domains[0] already - remove it [E_HOST]',
    ]);
  });

  test.each<[string, number, string | null]>([
    ['small', 1, 'includes no custom domain, got 1'],
    ['small', 0, null],
    ['written', 2, 'includes 1 custom domain, got 2'],
    ['written', 1, null],
    ['large', 4, 'includes 3 custom domains, got 4'],
    ['large', 3, null],
    ['dedicated', 20, null],
  ])('are as many as the plan %s has: %d', (plan, count, problem) => {
    const domains = Array.from({ length: count }, (_, i) => `d${i}.example`);
    const expected =
      problem === null ? [] : [expect.stringContaining(`acme.ts: domains: the plan "${plan}" ${problem}`)];
    expect(tenantProblems({ plan, domains })).toEqual(expected);
  });

  test('are facts of the tenant', () => {
    const env = {
      HOSTS: { kind: 'ref', source: 'tenant', name: 'hosts', output: '' },
      URL: { kind: 'ref', source: 'tenant', name: 'url', output: '' },
    };
    const tenant = (routes: unknown) =>
      resolved(
        { plan: 'large', domains: ['a.example'] },
        model({}, [productHaving({ 'services.worker.env': env, routes })]),
      );
    const values = (routes: unknown) =>
      tenant(routes)
        .services.find(({ name }) => name === 'worker')
        ?.env.map(({ parts }) => parts);
    expect(values([{ paths: { '/': 'web' } }])).toEqual([
      ['acme.shop.example,a.example'],
      ['https://acme.shop.example'],
    ]);
    expect(values([])).toEqual([[''], ['']]);
  });

  test('are claims, each once', () => {
    const claims = resolved({ plan: 'large', domains: ['a.example'] }).claims.filter(({ space }) => space === 'host');
    expect(claims.map(({ name }) => name)).toEqual(['acme.shop.example', 'a.example', 'acme-media.shop.example']);
  });
});

describe('routes', () => {
  const routes = (given: unknown, changes = {}) =>
    resolved(changes, model({}, [productHaving({ routes: given })])).routes;

  test('have their longest paths first, and none of a service that is off', () => {
    const paths = { '/': 'web', '/m': 'media', '/search': 'search', '/media': 'media' };
    expect(routes([{ paths }])[0]?.paths).toEqual([
      { path: '/media', service: 'media', port: 8000 },
      { path: '/m', service: 'media', port: 8000 },
      { path: '/', service: 'web', port: 8080 },
    ]);
    expect(routes([{ paths: { '/': 'search' } }])).toEqual([]);
  });

  test('without a host are none', () => {
    expect(routes([{ hosts: ['{domain}'], paths: { '/': 'web' } }])).toEqual([]);
  });

  test('have names of their own, after the service at their shortest path', () => {
    const one = (host: string, service: string) => ({ hosts: [`${host}-{id}.{apex}`], paths: { '/': service } });
    const names = routes([one('a', 'web'), one('b', 'web'), one('c', 'media'), one('d', 'web')]).map(
      ({ name }) => name,
    );
    expect(names).toEqual(['web', 'web-1', 'media', 'web-3']);
    const web2 = {
      'services.web-2': {
        image: 'a/b:1',
        port: 1,
        resources: { requests: { cpu: 1, memoryMiB: 1 }, limits: { cpu: 1, memoryMiB: 1 } },
      },
    };
    const met = productHaving({ ...web2, routes: [one('a', 'web-2'), one('b', 'web'), one('c', 'web')] });
    expect(new Set(resolved({}, model({}, [met])).routes.map(({ name }) => name)).size).toBe(3);
  });
});

describe('values of settings', () => {
  test('are found through lists, with where they are', () => {
    const settings = { a: [{ b: 1 }, { b: [2, 3] }, {}, { b: null }], c: { d: 'x' } };
    expect(valuesAt(settings, 'a.b')).toEqual([
      { path: 'settings.a[0].b', value: 1 },
      { path: 'settings.a[1].b[0]', value: 2 },
      { path: 'settings.a[1].b[1]', value: 3 },
    ]);
    expect(valuesAt(settings, 'c.d')).toEqual([{ path: 'settings.c.d', value: 'x' }]);
  });

  test('are the settings’ own', () => {
    for (const path of ['constructor', '__proto__', 'c.toString', 'a.length'])
      expect(valuesAt({ a: [], c: {} }, path)).toEqual([]);
    fc.assert(fc.property(fc.jsonValue(), fc.string(), (settings, path) => Array.isArray(valuesAt(settings, path))));
  });
});

describe('DNS records', () => {
  const records = (changes: Record<string, unknown>, addresses?: readonly string[]) => {
    const on = addresses === undefined ? model() : model({ 'clusters.eu-1.routing.addresses': addresses });
    return dnsRecords(resolved(changes, on)).map(({ host, type, value }) => `${host} ${type} ${value}`);
  };

  test('are those of custom domains: a name that moves with the cluster, and addresses for the top of a zone', () => {
    expect(records({ plan: 'large', domains: ['a.example'] })).toEqual([
      'a.example CNAME acme.shop.example',
      'a.example A 192.0.2.10',
      'a.example AAAA 2001:db8::10',
    ]);
    expect(records({ plan: 'large' })).toEqual([]);
  });

  test('point at a load balancer by its name only where the tenant has no host of its own', () => {
    const domains = { plan: 'large', domains: ['a.example'] };
    expect(records(domains, ['lb.cloud.example'])).toEqual(['a.example CNAME acme.shop.example']);
    const bare = model({ 'clusters.eu-1.routing.addresses': ['lb.cloud.example'] }, [
      productHaving({ routes: [{ hosts: ['{domain}'], paths: { '/': 'web' } }] }),
    ]);
    expect(dnsRecords(resolved(domains, bare))).toEqual([
      { host: 'a.example', type: 'CNAME', value: 'lb.cloud.example' },
    ]);
  });
});
