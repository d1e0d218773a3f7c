import { array, assert, constantFrom, property, stringMatching } from 'fast-check';
import { type MysqlDetails, mysql } from '../../lib/backing/mysql';
import { type ContextChanges, claims, offerContext, outputs, SERVERS } from './offer-context';

const offer = (options: object = {}, changes: ContextChanges = {}) =>
  mysql({ name: 'database' }).offer(options, offerContext(changes));

const ids = stringMatching(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/);

describe('MySQL on a shared server', () => {
  test('is a database of its own, with logins that take turns and one that only reads', () => {
    const shared = offer();
    expect(shared).toMatchObject({
      kind: 'mysql',
      provision: 'shared',
      server: 'mysql-eu',
      jurisdiction: 'eu',
      own: null,
    });
    expect(claims(shared)).toEqual([
      'mysql-database mysql-eu/shop_acme *',
      'mysql-user mysql-eu/shop_acme_a',
      'mysql-user mysql-eu/shop_acme_b',
      'mysql-user mysql-eu/shop_acme_ro',
    ]);
    expect(outputs(shared)).toEqual({
      host: 'mysql.eu.example',
      port: '3306',
      database: 'shop_acme',
      user: 'shop_acme_a',
      password: '<production/shop/acme/database-a#password:none>',
      url: 'mysql://shop_acme_a:<production/shop/acme/database-a#password:url>@mysql.eu.example:3306/shop_acme',
    });
    expect(shared.peers).toEqual([{ kind: 'cidr', cidr: '10.20.0.0/24', port: 3306 }]);
  });

  test('is dumped by the login that only reads, over TLS', () => {
    expect(offer().dump).toMatchObject({
      tool: 'mariadb-dump',
      database: 'shop_acme',
      user: 'shop_acme_ro',
      password: { path: 'production/shop/acme/database-backup' },
      tls: 'require',
    });
  });

  test('has the names that its templates give', () => {
    const given = offer({ database: 'db_{id}', user: 'u_{id}' }, { id: 'a-b' });
    expect(outputs(given)).toMatchObject({ database: 'db_a_b', user: 'u_a_b_a' });
    expect(outputs(offer({ database: 'db_{id}' }))).toMatchObject({ user: 'db_acme_a' });
  });

  test('stays where it is, and goes back to no older version', () => {
    expect(offer().claims[0]?.fixed).toEqual({ host: 'mysql.eu.example', version: 11_008 });
    const moved = { ...SERVERS['mysql-eu'], version: '11.10' } as (typeof SERVERS)[string];
    expect(offer({}, { servers: { 'mysql-eu': moved } }).claims[0]?.fixed.version).toBe(11_010);
  });
});

describe('MySQL of its own', () => {
  test('is a MariaDB by its operator, under its name', () => {
    const own = offer({ provision: 'own', own: { storageGiB: 50 } });
    const podLabels = { 'app.kubernetes.io/instance': 'database', 'app.kubernetes.io/name': 'mariadb' };
    expect(own).toMatchObject({
      server: null,
      own: { name: 'database', instances: 1, storageGiB: 50, port: 3306, podLabels },
      peers: [{ kind: 'pods', namespace: 'shop-acme', podLabels, port: 3306 }],
      dump: { host: 'database', tls: 'prefer' },
      details: { operator: 'mariadb-operator' },
    });
    expect(own.claims[0]).toEqual({
      space: 'mysql-database',
      name: 'eu-1/shop-acme/database/shop_acme',
      stateful: true,
      fixed: { sizeGiB: 50, storageClass: 'fast', version: 11_008 },
    });
  });

  test('needs the operator, and no way to the API server', () => {
    expect(() => offer({ provision: 'own' }, { cluster: { operators: ['cloudnative-pg'] } })).toThrow(
      'an own MariaDB, which mariadb-operator runs, and eu-1 does not have it',
    );
    const operated = { operators: ['mariadb-operator' as const], apiServer: null };
    expect(() => offer({ provision: 'own' }, { cluster: operated })).not.toThrow();
    expect(() => offer({}, { cluster: { operators: [] } })).not.toThrow();
  });
});

test.each<[object, object, string]>([
  [{ database: 'shop' }, { database: 'shop_{id}' }, 'expected {id} in it'],
  [{ user: 'shop' }, { user: 'shop_{id}' }, 'expected {id} in it'],
  [{ database: '{id}-{product}' }, { database: '{id}_{product}' }, 'expected lower-case letters'],
  [{ database: '{name}_{id}' }, { database: '{product}_{id}' }, 'expected lower-case letters'],
  [{ user: '1_{id}' }, { user: 'u1_{id}' }, 'beginning with a letter'],
  [{ connections: 0 }, { connections: 1 }, 'expected number to be >=1'],
  [{ own: { image: 'mariadb' } }, { own: { image: 'mariadb:11.8.3' } }, 'expected an image with a tag'],
  [{ own: { storageGiB: 0 } }, { own: { storageGiB: 1 } }, 'expected a whole number of GiB'],
  [{ provision: 'external' }, { provision: 'shared' }, 'provision'],
])('refuses %j, not %j', (bad, good, problem) => {
  expect(() => offer(bad)).toThrow(problem);
  expect(() => offer(good)).not.toThrow();
});

test('names fit and need no quotes, however long they would be, and differ where ids do', () => {
  const templates = constantFrom('{product}_{id}', '{id}', `${'x'.repeat(20)}_{id}`, '{id}{product}{id}');
  assert(
    property(array(ids, { minLength: 2, maxLength: 2 }), templates, (pair, template) => {
      const names = pair.map((id) => {
        const { details } = offer({ database: template, user: template }, { id });
        const { database, login, backupLogin, logins } = details as MysqlDetails;
        const spareLogin = logins.find(({ use }) => use === 'b')?.user ?? '';
        for (const name of [database, login, spareLogin, backupLogin]) expect(name).toMatch(/^[a-z][a-z0-9_]*$/);
        expect(database.length).toBeLessThanOrEqual(64);
        expect(Math.max(login.length, spareLogin.length, backupLogin.length)).toBeLessThanOrEqual(32);
        expect(new Set([login, spareLogin, backupLogin]).size).toBe(3);
        return { database, login };
      });
      const [one, other] = names;
      expect(one?.database === other?.database).toBe(pair[0] === pair[1]);
      expect(one?.login === other?.login).toBe(pair[0] === pair[1]);
    }),
  );
});
