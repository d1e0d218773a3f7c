import { buckets } from '../../lib/backing/bucket';
import { mysql } from '../../lib/backing/mysql';
import { postgresql } from '../../lib/backing/postgresql';
import { postgresqlRows } from '../../lib/backing/postgresql-rows';
import { credentialSchema, type Login } from '../../lib/model/credentials';
import type { BackingService, Offer } from '../../lib/model/offer';
import { tenantProblems } from './fixture';
import { claims, offerContext, outputs } from './offer-context';

/** Logins that take turns: what goes over to the other one when the tenant's file says so, and what stays. */

const hub = postgresql({ name: 'hub' }).offer({}, offerContext({ id: 'shared-eu-1', namespace: 'shop-hub' }));

function offer(service: BackingService, credential: object = {}): Offer {
  const cluster = { apiServer: { cidrs: ['10.0.0.0/28'], port: 6443 } };
  const context = { ...offerContext({ cluster, credential: credentialSchema.parse(credential) }), shared: () => hub };
  return service.offer(service.options, context);
}

const logins = (of: Offer) => of.details.logins as readonly Login[];

const services: readonly (readonly [string, BackingService, users: readonly string[]])[] = [
  ['postgresql', postgresql({ name: 'store' }), ['shop_acme_a', 'shop_acme_b', 'shop_acme_backup']],
  ['mysql', mysql({ name: 'store' }), ['shop_acme_a', 'shop_acme_b', 'shop_acme_ro']],
  [
    'postgresqlRows',
    postgresqlRows({ name: 'store', of: 'hub', tables: ['orders'] }),
    ['shop_store_a_of_acme', 'shop_store_b_of_acme', 'shop_store_backup_of_acme'],
  ],
  ['buckets', buckets({ name: 'store', buckets: { media: '{id}-media' } }), ['shop-acme-a', 'shop-acme-b']],
];

describe.each(services)('logins of %s', (_, service, users) => {
  test('are two that take turns, and one more where something is dumped, each with a password of its own', () => {
    const made = offer(service);
    expect(logins(made).map(({ user }) => user)).toEqual(users);
    expect(made.secrets.map(({ path, use, version }) => [path, use, version])).toEqual(
      ['a', 'b', 'backup'].slice(0, users.length).map((use) => [`production/shop/acme/store-${use}`, use, 1]),
    );
    for (const login of logins(made)) {
      expect(claims(made).filter((claim) => claim.endsWith(`/${login.user}`))).toHaveLength(1);
      expect(made.secrets.map(({ path }) => path)).toContain(login.password.path);
    }
  });

  test('are changed over in what the tenant’s pods are told, and nowhere else', () => {
    const [before, after] = [offer(service), offer(service, { active: 'b' })];
    const [a = '', b = ''] = users;
    const text = JSON.stringify(outputs(before));
    expect(text).toContain(a);
    expect(text).toContain('/store-a#');
    expect(JSON.stringify(outputs(after))).toBe(text.replaceAll(a, b).replaceAll('/store-a#', '/store-b#'));
    for (const part of ['secrets', 'claims', 'peers', 'dump', 'own', 'connections'] as const)
      expect(after[part]).toEqual(before[part]);
    expect(logins(after)).toEqual(logins(before));
  });

  test('get their passwords one at a time', () => {
    const [before, after] = [offer(service), offer(service, { b: { version: 2, on: '2026-11-21' } })];
    expect(after.secrets.map(({ use, version }) => [use, version])).toEqual(
      before.secrets.map(({ use }) => [use, use === 'b' ? 2 : 1]),
    );
    expect(logins(after).map(({ version }) => version)).toEqual(after.secrets.map(({ version }) => version));
    expect(outputs(after)).toEqual(outputs(before));
    expect(after.claims).toEqual(before.claims);
  });
});

test.each([
  ['postgresql', postgresql({ name: 'store', provision: 'own' })],
  ['mysql', mysql({ name: 'store', provision: 'own' })],
])('on a server of the tenant’s own, %s has no second login to go over to', (_, service) => {
  const made = offer(service, { active: 'b' });
  expect(logins(made).map(({ use }) => use)).toEqual(['a', 'backup']);
  expect(outputs(made)).toEqual(outputs(offer(service)));
});

test('what a tenant’s file says of logins is told where there are none such', () => {
  expect(tenantProblems({ credentials: { database: { active: 'b', b: { version: 2 } } } })).toEqual([]);
  expect(tenantProblems({ credentials: { database: { value: { version: 2 } } } })).toEqual([
    expect.stringContaining('"database" has no login "value": it has a, b, backup'),
  ]);
});
