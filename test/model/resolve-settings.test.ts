import { isSecret, plainText } from '../../lib/model/values';
import { claimProblems } from '../../lib/registry/claims';
import { model, productHaving, resolved, type shop, tenantProblems } from './fixture';

function service(name: string, of = resolved()) {
  const found = of.services.find((each) => each.name === name);
  if (found === undefined) throw new Error(`no service ${name}`);
  return found;
}

function texts(name: string, of = resolved()): Record<string, string> {
  const plain = service(name, of).env.filter(({ parts }) => !isSecret(parts));
  return Object.fromEntries(plain.map((each) => [each.name, plainText(each.parts)]));
}

describe('a feature', () => {
  const on = (changes: Record<string, unknown>) => {
    const { features, services, offers } = resolved(changes);
    const names = [...services, ...offers].map(({ name }) => name);
    return { ...features, has: ['search', 'reports', 'index'].filter((name) => names.includes(name)) };
  };

  test('is on where the plan includes it, and off where it is optional', () => {
    expect(on({ plan: 'large' })).toEqual({ search: true, reports: false, has: ['search', 'index'] });
    expect(on({ plan: 'dedicated' })).toEqual({ search: true, reports: true, has: ['search', 'reports', 'index'] });
    expect(on({})).toEqual({ search: false, reports: false, has: [] });
  });

  test('is what the tenant asks for, as far as the plan has it', () => {
    expect(on({ plan: 'large', features: { reports: true } })).toMatchObject({ search: true, reports: true });
    expect(on({ plan: 'large', features: { search: false } })).toEqual({ search: false, reports: false, has: [] });
    expect(on({ features: { search: false } })).toMatchObject({ search: false });
  });

  test('reaches the application, and its paths are routed', () => {
    expect([texts('web').SEARCH, texts('web', resolved({ plan: 'large' })).SEARCH]).toEqual(['false', 'true']);
    const paths = (plan: string) => resolved({ plan }).routes[0]?.paths.map(({ path }) => path);
    expect([paths('small'), paths('large')]).toEqual([['/'], ['/search', '/']]);
  });

  test('that the plan has not is refused, with the plans that have it', () => {
    expect(tenantProblems({ features: { reports: true } })).toEqual([
      'acme.ts: features.reports: the plan "small" does not include "reports" - remove it, or choose the plan large or dedicated [E_TENANT_PLAN]',
    ]);
    expect(tenantProblems({ features: { serach: true } })).toEqual([
      'acme.ts: features.serach: shop has no feature "serach" - did you mean "search"? [E_TENANT_UNKNOWN]',
    ]);
  });

  test('that a tenant switches off is refused where a service needs what it gave', () => {
    const product = productHaving({
      'services.worker.env': { X: { kind: 'ref', source: 'backing', name: 'index', output: 'url' } },
      'plans.small.features': { search: 'included' },
      'plans.written.features': { search: 'included' },
    });
    expect(tenantProblems({ features: { search: false } }, model({}, [product]))).toEqual([
      'acme.ts: features: a service needs index.url, and index is switched off - switch on the feature of index, or the service off [E_TENANT_PLAN]',
    ]);
    expect(tenantProblems({}, model({}, [product]))).toEqual([]);
  });
});

describe('settings', () => {
  test('are what the schema of the product makes of them', () => {
    const tenant = resolved({ settings: { siteId: 7, language: 'de', sites: [{ id: 1, domain: 'a.example' }] } });
    expect(tenant.settings).toEqual({ siteId: 7, language: 'de', sites: [{ id: 1, domain: 'a.example' }] });
    expect(texts('web', tenant)).toMatchObject({ LANGUAGE: 'de', SITES: '[{"id":1,"domain":"a.example"}]' });
  });

  test('are refused with their path', () => {
    expect(tenantProblems({ settings: { siteId: '7', langage: 'de' } })).toEqual([
      'acme.ts: settings.siteId: expected a number, got "7" - write 7 [E_TENANT_FIELD]',
      'acme.ts: settings.langage: unknown key "langage" - did you mean "language"? [E_TENANT_FIELD]',
    ]);
    expect(tenantProblems({ settings: undefined })).toEqual([
      expect.stringContaining('settings.siteId: expected a number, got nothing'),
    ]);
  });

  test('are none where the product asks for none', () => {
    const bare = {
      ...productHaving({ uniqueSettings: [], routes: [], 'services.web.env': {} }),
      settings: null,
    } as typeof shop;
    const on = model({}, [bare]);
    for (const settings of [undefined, {}, null]) expect(tenantProblems({ settings }, on)).toEqual([]);
    for (const settings of [{ a: 1 }, [1], 'x', 5])
      expect(tenantProblems({ settings }, on)).toEqual([
        expect.stringContaining('settings: shop asks for no settings, got '),
      ]);
  });

  test('that are unique are claims, and no tenant’s own twice', () => {
    const sites = (...ids: number[]) => ids.map((id) => ({ id, domain: `s${id}.example` }));
    const claims = resolved({ settings: { siteId: 7, sites: sites(1, 2) } }).claims.filter(
      ({ space }) => space === 'setting',
    );
    expect(claims.map(({ name }) => name)).toEqual(['shop.siteId=7', 'shop.sites.id=1', 'shop.sites.id=2']);
    const texts = productHaving({ uniqueSettings: ['mail.from'] });
    const of = (from: string) =>
      resolved({ settings: { siteId: 7, mail: { from } } }, model({}, [texts])).claims.at(-1);
    expect(of('7')).toMatchObject({ space: 'setting', name: 'shop.mail.from="7"', stateful: false });
    expect(tenantProblems({ settings: { siteId: 7, sites: sites(1, 2, 1) } })).toEqual([
      'acme.ts: settings.sites[2].id: 1 is that of settings.sites[0].id already - write another [E_CLAIM]',
    ]);
    const other = { id: 'other', settings: { siteId: 8, sites: sites(2) } };
    const [problem, ...more] = claimProblems([
      resolved({ settings: { siteId: 7, sites: sites(1, 2) } }),
      { ...resolved(other), file: 'other.ts' },
    ]);
    expect(more).toEqual([]);
    expect(problem).toMatchObject({ code: 'E_CLAIM', path: 'settings.sites.id' });
  });
});

describe('a secret', () => {
  const tenants = ['small', 'large', 'written', 'dedicated'].map((plan) => resolved({ plan }));

  test('is a part of its own wherever a value holds it, also inside compositions and files', () => {
    const { env, files } = service('web');
    const key = { path: 'production/shop/acme/signing-key', key: 'value', encode: 'none' };
    expect(env.find(({ name }) => name === 'SIGNING_KEY')?.parts).toEqual([key]);
    expect(env.find(({ name }) => name === 'DATABASE_URL')?.parts).toEqual([
      'postgresql://shop_acme_a:',
      { path: 'production/shop/acme/database-a', key: 'password', encode: 'url' },
      '@pg.eu.example:5432/shop_acme?sslmode=require',
    ]);
    expect(files[0]?.parts).toEqual(['key = ', key, '\nplan = small']);
  });

  test('is in no label, annotation, command, claim or host', () => {
    for (const { labels, namespaceLabels, namespaceAnnotations, services, claims, routes } of tenants) {
      const open = [
        labels,
        namespaceLabels,
        namespaceAnnotations,
        routes,
        services.map(({ command, args }) => [command, args]),
      ];
      expect(JSON.stringify(open)).not.toContain('"key"');
      expect(claims.every(({ name }) => typeof name === 'string')).toBe(true);
    }
  });

  test('has a path that no other offer of the tenant has', () => {
    for (const { offers, backup } of tenants) {
      const paths = [...offers.flatMap(({ secrets }) => secrets.map(({ path }) => path)), backup?.secretPath];
      expect(new Set(paths).size).toBe(paths.length);
      for (const path of paths) expect(path).toContain('/acme/');
    }
  });
});

describe('labels', () => {
  test('are those of everything, of the product, and of who pays', () => {
    const billing = { id: 'sub_1', costCenter: 'CC-1' };
    expect(resolved({ billing }).labels).toEqual({
      'app.kubernetes.io/managed-by': 'tenantry',
      'app.kubernetes.io/part-of': 'shop',
      environment: 'production',
      tier: 'small',
      tenant: 'acme',
      plan: 'small',
      'cost-center': 'CC-1',
      'billing-id': 'sub_1',
    });
    expect(resolved().namespaceAnnotations).toMatchObject({ owner: 'ACME <admin@acme.example>' });
  });

  test('that no label can hold are refused, and can be annotations', () => {
    const contact = { kind: 'ref', source: 'tenant', name: 'contact', output: '' };
    const labelled = model({}, [productHaving({ labels: { contact } })]);
    expect(tenantProblems({}, labelled)).toEqual([
      'acme.ts: the label "contact" would be "admin@acme.example", which no label can hold - write letters, digits, "-", "_" and "." where it comes from, at most 63, or let the product make it an annotation [E_TENANT_FIELD]',
    ]);
    expect(tenantProblems({}, model({}, [productHaving({ annotations: { contact } })]))).toEqual([]);
    expect(tenantProblems({ billing: { id: 'a b' } })).toEqual([
      expect.stringContaining('billing.id: expected letters, digits'),
    ]);
  });
});
