import { type Product, postgresql } from '../../lib';
import type { PostgresqlDetails } from '../../lib/backing/postgresql';
import type { Offer } from '../../lib/model/offer';
import type { Parts } from '../../lib/model/values';
import { model, productHaving, resolved, shop, tenantProblems } from './fixture';

/** The product with one backing service replaced by another of its name. */
function having(service: Product['backing'][number]): Product {
  return {
    ...productHaving({ 'plans.large.backing': {}, 'plans.dedicated.backing': {} }),
    backing: shop.backing.map((b) => (b.name === service.name ? service : b)),
  };
}

function offer(service: Product['backing'][number], changes: Record<string, unknown> = {}, platform = {}): Offer {
  const found = resolved(changes, model(platform, [having(service)])).offers.find(({ name }) => name === service.name);
  if (found === undefined) throw new Error('no offer');
  return found;
}

function problems(service: Product['backing'][number], changes: Record<string, unknown> = {}, platform = {}): string[] {
  return tenantProblems(changes, model(platform, [having(service)]));
}

/** With secrets as `<path#key>`. */
function written(parts: Parts | undefined): string {
  return (parts ?? [])
    .map((part) => (typeof part === 'string' ? part : `<${part.path}#${part.key}:${part.encode}>`))
    .join('');
}

describe('PostgreSQL', () => {
  const database = (options: object = {}) => postgresql({ name: 'database', ...options });

  test('on a shared server is a database of its own, with roles of its own', () => {
    const shared = offer(database());
    expect(shared).toMatchObject({
      provision: 'shared',
      server: 'pg-eu',
      jurisdiction: 'eu',
      own: null,
      peers: [{ kind: 'cidr', cidr: '10.20.0.0/24', port: 5432 }],
    });
    expect(shared.claims.map(({ space, name }) => `${space} ${name}`)).toEqual([
      'postgresql-database pg-eu/shop_acme',
      ...['owner', 'ro', 'a', 'b', 'backup'].map((role) => `postgresql-role pg-eu/shop_acme_${role}`),
    ]);
    expect(shared.claims.map(({ stateful }) => stateful)).toEqual([true, false, false, false, false, false]);
    expect(written(shared.outputs.url)).toBe(
      'postgresql://shop_acme_a:<production/shop/acme/database-a#password:url>@pg.eu.example:5432/shop_acme?sslmode=require',
    );
    expect(written(shared.outputs.password)).toBe('<production/shop/acme/database-a#password:none>');
    expect(['host', 'port', 'database', 'user'].map((name) => written(shared.outputs[name]))).toEqual([
      'pg.eu.example',
      '5432',
      'shop_acme',
      'shop_acme_a',
    ]);
    expect(shared.secrets.map(({ path, origin }) => `${path} ${origin}`)).toEqual([
      'production/shop/acme/database-a generated',
      'production/shop/acme/database-b generated',
      'production/shop/acme/database-backup generated',
    ]);
  });

  test('is read from the server’s replicas, or from itself where it has none', () => {
    const read = (offer: Offer) => ['readHost', 'readPort', 'readUrl'].map((name) => written(offer.outputs[name]));
    const alone = offer(database());
    expect(read(alone)).toEqual(['host', 'port', 'url'].map((name) => written(alone.outputs[name])));
    const reader = { host: 'ro.eu.example', port: 6432, peer: { cidr: '10.21.0.0/24' } };
    const replicated = offer(database(), {}, { 'servers.pg-eu.reader': reader });
    expect(read(replicated)).toEqual([
      'ro.eu.example',
      '6432',
      'postgresql://shop_acme_a:<production/shop/acme/database-a#password:url>@ro.eu.example:6432/shop_acme?sslmode=require',
    ]);
    expect(written(replicated.outputs.url)).toBe(written(alone.outputs.url));
    expect(replicated.peers).toEqual([
      { kind: 'cidr', cidr: '10.20.0.0/24', port: 5432 },
      { kind: 'cidr', cidr: '10.21.0.0/24', port: 6432 },
    ]);
    // Replicas beside the primary need no second opening.
    const beside = { ...reader, port: 5432, peer: { cidr: '10.20.0.0/24' } };
    expect(offer(database(), {}, { 'servers.pg-eu.reader': beside }).peers).toEqual(alone.peers);
  });

  test('of its own is read from its replicas, where the operator keeps some', () => {
    const host = (instances: number) =>
      written(offer(database({ provision: 'own', own: { instances } })).outputs.readHost);
    expect(host(3)).toBe('database-ro');
    expect(host(1)).toBe('database-rw');
  });

  test('is dumped by a login that is not the application’s', () => {
    const { dump, details } = offer(database());
    expect(dump).toMatchObject({
      tool: 'pg_dump',
      user: 'shop_acme_backup',
      database: 'shop_acme',
      tls: 'require',
      password: { path: 'production/shop/acme/database-backup' },
    });
    expect((details as PostgresqlDetails).login).toBe('shop_acme_a');
  });

  test('of its own is run by the operator where the cluster has one', () => {
    const own = offer(database({ provision: 'own', own: { instances: 3, storageGiB: 50 } }));
    expect(own).toMatchObject({
      server: null,
      jurisdiction: 'eu',
      own: { name: 'database', instances: 3, storageGiB: 50, podLabels: { 'cnpg.io/cluster': 'database' } },
    });
    expect(own.details).toMatchObject({ operator: 'cloudnative-pg' });
    expect(written(own.outputs.host)).toBe('database-rw');
    expect(own.dump).toMatchObject({ tls: 'require' });
    // It may grow and neither shrink nor move.
    expect(own.claims[0]).toMatchObject({
      name: 'eu-1/shop-acme/database/shop_acme',
      stateful: true,
      fixed: { sizeGiB: 50, storageClass: 'fast' },
    });
  });

  test('of its own is one plain server where there is no operator', () => {
    const own = offer(database({ provision: 'own' }), { placement: 'us-1' });
    expect(own).toMatchObject({
      own: { instances: 1, podLabels: { 'app.kubernetes.io/name': 'database' } },
      dump: { tls: 'prefer' },
    });
    expect([own.details.operator, written(own.outputs.host)]).toEqual([null, 'database']);
    expect(problems(database({ provision: 'own', own: { instances: 2 } }), { placement: 'us-1' })).toEqual([
      expect.stringContaining(
        'acme.ts: placement: database: 2 instances, which only an operator keeps in step, and us-1 has none',
      ),
    ]);
    expect(problems(database({ provision: 'own', own: { instances: 2 } }))).toEqual([]);
  });

  test('of somebody else is a reference, with the owner’s password', () => {
    const external = { host: 'db.acme.example', cidr: '203.0.113.64/32', jurisdiction: 'eu', user: 'app' };
    const given = offer(database({ provision: 'external', external }));
    expect(given).toMatchObject({
      server: null,
      own: null,
      peers: [{ kind: 'cidr', cidr: '203.0.113.64/32', port: 5432 }],
    });
    expect(given.claims.map(({ name }) => name)).toEqual(['db.acme.example:5432/shop_acme']);
    expect(given.secrets.map(({ origin }) => origin)).toEqual(['external', 'external']);
    expect(written(given.outputs.url)).toBe(
      'postgresql://app:<production/shop/acme/database#password:url>@db.acme.example:5432/shop_acme?sslmode=require',
    );
    expect(problems(database({ provision: 'external', external: { ...external, jurisdiction: 'us' } }))).toEqual([
      expect.stringContaining('database lies in "us"'),
    ]);
    expect(problems(database({ provision: 'external' }))).toEqual([
      expect.stringContaining('an external database without an address - write external'),
    ]);
  });

  test.each<[object, string]>([
    [{ database: 'shop' }, 'backing.database.database: expected {id} in it'],
    [
      { database: 'Shop {id}' },
      'backing.database.database: expected lower-case letters, digits, "_", {id} and {product}',
    ],
    [{ database: '{id}_{name}' }, 'backing.database.database: expected lower-case letters'],
    [{ database: '1_{id}' }, 'backing.database.database: expected lower-case letters'],
    [{ own: { image: 'postgres' } }, 'backing.database.own.image: expected an image with a tag or a digest'],
    [
      { external: { host: 'a b', cidr: '203.0.113.64/32', jurisdiction: 'eu' } },
      'backing.database.external.host: expected a host name',
    ],
    [
      { external: { host: 'a.example', cidr: 'x', jurisdiction: 'eu' } },
      'backing.database.external.cidr: expected an address range',
    ],
    [{ connections: 0 }, 'backing.database.connections: expected at least 1, got 0'],
  ])('refuses %j', (options, problem) => {
    expect(() => model({}, [having(database(options))])).toThrow(problem);
  });

  test('accepts what is like it', () => {
    const external = { host: '10.0.0.5', cidr: '10.0.0.5/32', jurisdiction: 'eu' };
    for (const options of [
      { database: 's_{id}' },
      { database: '{id}' },
      { own: { image: 'postgres:17' } },
      { external },
    ])
      expect(() => model({}, [having(database(options))])).not.toThrow();
  });

  test('has options that a plan changes', () => {
    const details = (plan: string) => resolved({ plan }).offers[0]?.details as PostgresqlDetails;
    expect([details('small').connections, details('large').connections]).toEqual([20, 60]);
  });

  test('has names that fit, however long they would be, and that differ where the ids do', () => {
    const long = database({ database: `${'x'.repeat(40)}_{id}_{product}` });
    const names = ['a'.repeat(32), `${'a'.repeat(31)}b`].map((id) =>
      offer(long, { id }).claims.map(({ name }) => name),
    );
    for (const name of names.flat()) expect(name.slice('pg-eu/'.length).length).toBeLessThanOrEqual(63);
    expect(new Set(names.flat()).size).toBe(12);
  });
});
