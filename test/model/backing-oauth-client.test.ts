import { assert, constantFrom, property, stringMatching } from 'fast-check';
import { type OauthClientDetails, oauthClient } from '../../lib/backing/oauth-client';
import { type ContextChanges, claims, offerContext, outputs, SERVERS } from './offer-context';

const REDIRECTS = ['https://{hosts.web}/oauth/callback'];

const offer = (options: object = {}, changes: ContextChanges = {}) =>
  oauthClient({ name: 'sso', redirects: REDIRECTS }).offer({ redirects: REDIRECTS, ...options }, offerContext(changes));

const redirects = (templates: string[], changes: ContextChanges = {}) =>
  (offer({ redirects: templates }, changes).details as OauthClientDetails).redirects;

describe('an OAuth client', () => {
  test('is one of the tenant’s own, with the issuer that Authentik has for it', () => {
    const client = offer({ groups: ['{id}-admins', '{product}.{id}'] });
    expect(client).toMatchObject({
      kind: 'oauth-client',
      server: 'sso-eu',
      jurisdiction: 'eu',
      peers: [{ kind: 'cidr', cidr: '10.20.0.0/24', port: 443 }],
      secrets: [{ path: 'production/shop/acme/sso', keys: ['clientSecret'], origin: 'generated' }],
      details: {
        client: 'shop-acme',
        redirects: ['https://acme.shop.example/oauth/callback'],
        groups: ['acme-admins', 'shop.acme'],
      },
    });
    expect(claims(client)).toEqual([
      'oauth-client sso-eu/shop-acme',
      'oauth-group sso-eu/acme-admins',
      'oauth-group sso-eu/shop.acme',
    ]);
    expect(outputs(client)).toEqual({
      clientId: 'shop-acme',
      clientSecret: '<production/shop/acme/sso#clientSecret:none>',
      issuer: 'https://sso.eu.example/application/o/shop-acme/',
      discovery: 'https://sso.eu.example/application/o/shop-acme/.well-known/openid-configuration',
    });
    const other = { ...SERVERS['sso-eu'], port: 9443 } as (typeof SERVERS)[string];
    expect(outputs(offer({}, { servers: { 'sso-eu': other } })).issuer).toBe(
      'https://sso.eu.example:9443/application/o/shop-acme/',
    );
  });

  test('that is public has no secret, neither to refer to nor in the store', () => {
    const service = oauthClient({ name: 'sso', redirects: REDIRECTS, public: true });
    const given = service.offer({ redirects: REDIRECTS, public: true }, offerContext());
    expect(given).toMatchObject({ secrets: [], details: { secret: null } });
    expect(Object.keys(given.outputs)).toEqual(['clientId', 'issuer', 'discovery']);
    // @ts-expect-error: a public client has none
    expect(service.clientSecret).toBeUndefined();
    expect(oauthClient({ name: 'sso', redirects: REDIRECTS }).clientSecret).toMatchObject({ output: 'clientSecret' });
  });

  test('is public in every plan or in none', () => {
    expect(() => offer({ public: true })).toThrow('public in one plan and not in another');
    expect(() => offer({ public: false })).not.toThrow();
  });
});

describe('redirects', () => {
  const hosts = { web: ['acme.shop.example', 'shop.acme.example'], chat: ['chat.shop.example'] };

  test('are one for each host of a service, and one for each custom domain', () => {
    const given = { hosts: { ...hosts, ui: ['ui.b.example', 'ui.a.example'] }, domains: ['b.example', 'a.example'] };
    expect(redirects(['https://{hosts.web}/cb?from={product}', 'https://ui.{domain}/cb'], given)).toEqual([
      'https://acme.shop.example/cb?from=shop',
      'https://shop.acme.example/cb?from=shop',
      'https://ui.a.example/cb',
      'https://ui.b.example/cb',
    ]);
  });

  test('of a service with a hyphen in its name are found', () => {
    expect(redirects(['https://{hosts.open-webui}/cb'], { hosts: { 'open-webui': ['ai.shop.example'] } })).toEqual([
      'https://ai.shop.example/cb',
    ]);
  });

  test('are on hosts that the tenant has', () => {
    expect(redirects(['https://{id}.{apex}/cb'])).toEqual(['https://acme.shop.example/cb']);
    expect(() => redirects(['https://other.{apex}/cb'])).toThrow(
      'a redirect to "https://other.{apex}/cb", which is not on a host of the tenant',
    );
    expect(() => redirects(['https://ui.{domain}/cb'], { domains: ['a.example'] })).toThrow(
      '"https://ui.{domain}/cb", which is not on a host of the tenant',
    );
    expect(() => redirects(['https://{hosts.admin}/cb'])).toThrow('the hosts of "admin", and no route leads there');
    expect(() => redirects(['https://{hosts.constructor}/cb'])).toThrow('no route leads there');
  });

  test('on a host of all tenants say which tenant they are for', () => {
    const shared = { sharedHosts: ['chat.shop.example'], hosts };
    expect(redirects(['https://chat.{apex}/cb?tenant={id}'], shared)).toEqual([
      'https://chat.shop.example/cb?tenant=acme',
    ]);
    expect(() => redirects(['https://chat.{apex}/cb'], shared)).toThrow('the same for each - write {id} in it');
    expect(() => redirects(['https://{hosts.chat}/cb'], shared)).toThrow('the same for each - write {id} in it');
  });

  test('know the cluster and its region, by which shared hosts differ', () => {
    const at = { sharedHosts: ['chat-north.shop.example', 'eu-1.chat.shop.example'], cluster: { region: 'north' } };
    const [chat, cluster] = ['https://chat-{region}.{apex}/cb?{id}', 'https://{cluster}.chat.{apex}/cb?{id}'];
    expect(redirects([chat, cluster], at)).toEqual([
      'https://chat-north.shop.example/cb?acme',
      'https://eu-1.chat.shop.example/cb?acme',
    ]);
    expect(() => redirects([chat], { ...at, cluster: { region: 'south' } })).toThrow('not on a host of the tenant');
  });

  test('are never none, since the provider would take the first that comes', () => {
    const none = { domains: [], hosts: { web: ['*.shop.example'] } };
    expect(() => redirects(['https://ui.{domain}/cb', 'https://{hosts.web}/cb'], none)).toThrow(
      'no address that a login may come back to',
    );
    const some = { domains: [], hosts: { web: ['*.shop.example', 'acme.shop.example'] } };
    expect(redirects(['https://ui.{domain}/cb', 'https://{hosts.web}/cb'], some)).toEqual([
      'https://acme.shop.example/cb',
    ]);
  });

  test('are each there once', () => {
    expect(redirects(['https://{hosts.web}/cb', 'https://{id}.{apex}/cb'])).toHaveLength(1);
  });
});

test.each<[object, object, string]>([
  [{ redirects: [] }, {}, 'redirects'],
  [{ redirects: ['http://{hosts.web}/cb'] }, { redirects: ['https://{hosts.web}/cb'] }, 'expected an address'],
  [{ redirects: ['https://{hosts.web}:8443/cb'] }, { redirects: ['https://{hosts.web}/8443'] }, 'expected an address'],
  [{ redirects: ['https://{hosts.web}/cb#x'] }, { redirects: ['https://{hosts.web}/cb?x'] }, 'expected an address'],
  [{ redirects: ['https://u@{hosts.web}/cb'] }, { redirects: ['https://{hosts.web}/u@'] }, 'expected an address'],
  [{ redirects: ['https://{hosts.web}/*'] }, { redirects: ['https://{hosts.web}/x'] }, 'expected an address'],
  [{ redirects: ['https://{hosts.web}'] }, { redirects: ['https://{hosts.web}/'] }, 'expected an address'],
  [{ redirects: ['https://{hosts.web}/../x'] }, { redirects: ['https://{hosts.web}/x/'] }, 'expected an address'],
  [{ redirects: ['https://{host}/cb'] }, {}, 'expected {id}, {product}, {cluster}, {region}, {apex}'],
  [{ redirects: ['https://{hosts.web}/{name}'] }, { redirects: ['https://{hosts.web}/{id}'] }, 'expected {id}'],
  [{ redirects: ['https://{hosts.web}/{id'] }, { redirects: ['https://{hosts.web}/id'] }, 'expected {id}'],
  [{ client: 'shop' }, { client: 'shop-{id}' }, 'expected {id} in it'],
  [{ client: '{id}_x' }, { client: '{id}-x' }, 'expected lower-case letters'],
  [{ groups: ['admins'] }, { groups: ['{id}-admins'] }, 'expected {id} in it'],
  [{ groups: ['{id} admins'] }, { groups: ['{id}.admins'] }, 'expected letters, digits'],
])('refuses %j, not %j', (bad, good, problem) => {
  expect(() => offer(bad)).toThrow(problem);
  expect(() => offer(good)).not.toThrow();
});

test('no redirect leaves the hosts of the tenant, whatever stands around the placeholders', () => {
  const around = stringMatching(/^[a-z./@:?#\\%{}-]{0,6}$/);
  const placeholder = constantFrom('{hosts.web}', '{id}.{apex}', '{domain}', '{id}', '');
  assert(
    property(around, placeholder, around, (before, middle, after) => {
      const given = { hosts: { web: ['acme.shop.example'], blog: ['acme.example'] }, domains: ['acme.example'] };
      let made: readonly string[] = [];
      try {
        made = redirects([`https://${before}${middle}${after}`], given);
      } catch {
        // Refused, in one way or another.
      }
      for (const address of made) {
        expect(['acme.shop.example', 'acme.example']).toContain(new URL(address).host);
        expect(new URL(address).href).toBe(address);
      }
    }),
    { numRuns: 2000 },
  );
});

test('ids of clients fit, and differ where those of tenants do', () => {
  const ids = stringMatching(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/);
  assert(
    property(ids, ids, constantFrom('{product}-{id}', `${'x'.repeat(50)}-{id}`), (one, other, client) => {
      const [a, b] = [one, other].map((id) => (offer({ client }, { id }).details as OauthClientDetails).client);
      expect(a?.length).toBeLessThanOrEqual(63);
      expect(a === b).toBe(one === other);
    }),
  );
});
