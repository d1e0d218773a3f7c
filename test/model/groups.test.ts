import { oauthClient } from '../../lib';
import type { Tenant } from '../../lib/model/resolved';
import { claimProblems } from '../../lib/registry/claims';
import { model, productHaving, resolved, shop } from './fixture';

const rules = [{ resources: ['pods'], verbs: ['get'] }];
const roles = (admins: string, viewers: string) => ({
  roles: { admin: { rules, groups: [admins] }, viewer: { rules, groups: [viewers] } },
});

const groups = ({ claims }: Tenant) => claims.filter(({ space }) => space === 'group').map(({ name }) => name);

describe('groups of the identity provider', () => {
  test('that are named after the tenant are claims without data', () => {
    const tenant = resolved({}, model({}, [productHaving(roles('{id}', '{namespace}:{role}'))]));
    expect(tenant.claims.filter(({ space }) => space === 'group')).toEqual([
      { space: 'group', name: 'acme', stateful: false, fixed: {} },
      { space: 'group', name: 'shop-acme:viewer', stateful: false, fixed: {} },
    ]);
    expect(tenant.roles.map(({ groups: all }) => all)).toEqual([['acme'], ['shop-acme:viewer']]);
  });

  test('that all tenants share are none', () => {
    expect(groups(resolved({}, model({}, [productHaving(roles('operators', '{product}:{role}'))])))).toEqual([]);
  });

  test('of OAuth clients are among them, each once', () => {
    const sso = oauthClient({ name: 'sso', redirects: ['https://{hosts.web}/back'], groups: ['{id}-users', '{id}'] });
    const product = { ...productHaving(roles('{id}', '{id}')), backing: [...shop.backing, sso] };
    const server = {
      ...{ engine: 'oidc', version: '1', region: 'north', host: 'sso.example', port: 443 },
      peer: { cidr: '10.20.0.0/24' },
    };
    const on = model({ 'servers.sso': server, 'clusters.eu-1.servers.oidc': 'sso', 'clusters.us-1.products': [] }, [
      product,
    ]);
    expect(groups(resolved({}, on))).toEqual(['acme', 'acme-users']);
  });

  test('of two tenants are two', () => {
    const both = (viewers: string) => {
      const on = model({}, [productHaving(roles('{id}', viewers))]);
      return claimProblems([
        { ...resolved({}, on), file: 'tenants/acme.ts' },
        { ...resolved({ id: 'acme-viewer', settings: { siteId: 8 } }, on), file: 'tenants/acme-viewer.ts' },
      ]);
    };
    expect(both('{id}-viewer')).toMatchObject([
      {
        code: 'E_CLAIM',
        path: 'id',
        found: 'the group "acme-viewer" is claimed by tenants/acme.ts and by tenants/acme-viewer.ts',
      },
    ]);
    expect(both('{id}:viewer')).toEqual([]);
  });
});
