import { oauthClient } from '../../lib';
import { resolveTenant } from '../../lib/model/resolve';
import { acme, lines, model, shop } from './fixture';

/** Problems of a tenant of a shop whose logins come back to these addresses. */
function problems(redirects: readonly [string, ...string[]], changes: object = {}): string[] {
  const sso = oauthClient({ name: 'sso', redirects: [...redirects] });
  const server = { engine: 'oidc', version: '2025.10', region: 'north', host: 'sso.eu.example', port: 443 };
  const platform = model(
    {
      'servers.sso-eu': { ...server, peer: { cidr: '10.30.0.0/28' } },
      'clusters.eu-1.servers.oidc': 'sso-eu',
    },
    [{ ...shop, backing: [...shop.backing, sso] }],
  );
  return lines(resolveTenant(platform, 'acme.ts', { ...acme, ...changes }).problems);
}

test('a redirect on a foreign host is a mistake of the product, and told there', () => {
  expect(problems(['https://other.{apex}/back'])).toEqual([
    'platform.ts: products.shop.backing.sso.redirects: a redirect to "https://other.{apex}/back", which is not on a host of the tenant - write {hosts.<service>}, or a host that a route leads from [E_PRODUCT_FIELD]',
  ]);
  expect(problems(['https://{id}.{apex}/back'])).toEqual([]);
});

test('it reads the same for every tenant', () => {
  const other = { id: 'beta', settings: { siteId: 8 } };
  for (const redirect of ['https://x-{id}.{apex}/back', 'https://hub-{region}.{apex}/back', 'https://{hosts.wbe}/back'])
    expect(problems([redirect], other)).toEqual(problems([redirect]));
  expect(problems(['https://hub-{region}.{apex}/back?tenant={id}'])).toEqual([]);
});

test('a server that is missing is still the placement’s', () => {
  expect(problems(['https://{id}.{apex}/back'], { placement: 'us-1' })).toEqual([
    expect.stringMatching(/^acme\.ts: placement: sso: "us-1" has no oidc server .* \[E_BACKING\]$/),
  ]);
});
