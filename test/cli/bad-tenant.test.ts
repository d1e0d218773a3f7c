import { accepted, refusal } from './refusal';
import { type Fields, tenantFile } from './support';

/** A mistake in one tenant, where it is found, and what is right. */
const FIELDS: [what: string, wrong: Fields, places: string[], right: Fields][] = [
  ['a number for a text', { displayName: '5' }, ['displayName [E_TENANT_FIELD]'], { displayName: `'5'` }],
  ['a text for a list', { domains: `'a.example'` }, ['domains [E_TENANT_FIELD]'], { domains: `['a.example']` }],
  [
    'a text for a number',
    { overrides: `{ quota: { cpu: '64' }, reason: 'r', until: '2027-01-01' }` },
    ['overrides.quota.cpu [E_TENANT_FIELD]'],
    { overrides: `{ quota: { cpu: 64 }, reason: 'r', until: '2027-01-01' }` },
  ],
  ['a missing field', { contact: null }, ['contact [E_TENANT_FIELD]'], {}],
  ['an unknown key', { colour: `'red'` }, ['colour [E_TENANT_FIELD]'], {}],
  [
    'an unknown key inside',
    { billing: `{ id: 'a', iban: 'b' }` },
    ['billing.iban [E_TENANT_FIELD]'],
    { billing: `{ id: 'a' }` },
  ],
  ['an unknown product', { product: `'nekotap'` }, ['product [E_TENANT_UNKNOWN]'], {}],
  ['a product of the prototype', { product: `'__proto__'` }, ['product [E_TENANT_UNKNOWN]'], {}],
  ['an unknown plan', { plan: `'standart'` }, ['plan [E_TENANT_UNKNOWN]'], { plan: `'free'` }],
  ['a plan of the prototype', { plan: `'constructor'` }, ['plan [E_TENANT_UNKNOWN]'], {}],
  ['an unknown placement', { placement: `'eu-7'` }, ['placement [E_TENANT_UNKNOWN]'], { placement: `'us-1'` }],
  ['an unknown feature', { features: '{ toString: true }' }, ['features.toString [E_TENANT_UNKNOWN]'], {}],
  ['another jurisdiction', { residency: `'us'` }, ['placement [E_RESIDENCY]'], { residency: `'eu'` }],
  ['a day that is none', { createdOn: `'2026-02-30'` }, ['createdOn [E_TENANT_FIELD]'], { createdOn: `'2028-02-29'` }],
  ['a date object', { createdOn: `new Date('2026-01-15')` }, ['createdOn [E_TENANT_FIELD]'], {}],
  ['a time that is none', { backup: `{ at: '24:00' }` }, ['backup.at [E_TENANT_FIELD]'], { backup: `{ at: '23:59' }` }],
  ['an id that is none', { id: `'../../etc'` }, ['id [E_FILE_NAME]', 'id [E_TENANT_FIELD]'], {}],
  [
    'three mistakes',
    { plan: `'gold'`, contact: `'nobody'`, createdOn: `'yesterday'` },
    ['contact [E_TENANT_FIELD]', 'createdOn [E_TENANT_FIELD]', 'plan [E_TENANT_UNKNOWN]'],
    {},
  ],
];

describe('a tenant', () => {
  test.each(FIELDS)('with %s is refused, and accepted once it is right', async (_, wrong, places, right) => {
    const found = await refusal({ 'tenants/delta.ts': tenantFile('delta', wrong) });
    expect(found.places).toEqual(places.map((place) => `tenants/delta.ts ${place}`));
    await accepted({ 'tenants/delta.ts': tenantFile('delta', right) });
  });

  test.each([
    `'line\\nbreak'`,
    `'nul\\0'`,
    `'\\u001b[2J'`,
    `'\\u2028'`,
    `'\\u0085'`,
    `'\\ud800'`,
    `'\\u202eevil'`,
    `'\\ufeffx'`,
    `'a'.repeat(1000)`,
    `' '`,
  ])('whose name is %s is refused', async (displayName) => {
    const { places } = await refusal({ 'tenants/delta.ts': tenantFile('delta', { displayName }) });
    expect(places).toEqual(['tenants/delta.ts displayName [E_TENANT_FIELD]']);
  });
});
