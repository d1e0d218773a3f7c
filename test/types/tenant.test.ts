import { z } from 'zod';
import { definePlatform, defineProduct, type TenantFile } from '../../lib';
import { acme, defineTenant, platformFields, shop } from '../model/fixture';

/**
 * What tenant files complete from and where a typo is underlined. `npm run typecheck` is the judge: an expected error that
 * does not come is an error itself, and so is an equality that does not hold. Jest only runs what was checked.
 */

type Equal<A, B> = (<T>() => T extends A ? 1 : 2) extends <T>() => T extends B ? 1 : 2 ? true : false;

/** Compiles where the two types are the same. */
function same<A, B>(..._: Equal<A, B> extends true ? [] : [never]): void {}

const resources = { requests: { cpu: 1, memoryMiB: 64 }, limits: { cpu: 1, memoryMiB: 64 } };

/** No features, no settings. */
const plain = defineProduct({
  name: 'plain',
  displayName: 'Plain',
  apex: 'plain.example',
  services: { api: { image: 'a/b:1', resources } },
  plans: { only: {} },
});

/** Settings none of which is required. */
const easy = defineProduct({
  name: 'easy',
  displayName: 'Easy',
  apex: 'easy.example',
  features: { dark: 'Dark mode' },
  settings: z.strictObject({ colour: z.enum(['red', 'blue']).default('red') }),
  services: { site: { image: 'a/b:1', resources } },
  plans: { free: {}, paid: { features: { dark: 'included' } } },
});

const platform = definePlatform({ ...platformFields, products: [shop, plain, easy] });
const define = platform.defineTenant;
type Input = Parameters<typeof define>[0];
type Of<Product extends string> = Extract<Input, { readonly product: Product }>;

const who = {
  id: 'acme',
  displayName: 'A',
  placement: 'eu-1',
  contact: 'a@b.example',
  createdOn: '2026-01-15',
} as const;
const toShop = { ...who, product: 'shop', plan: 'small', settings: { siteId: 1 } } as const;
const toPlain = { ...who, product: 'plain', plan: 'only' } as const;
const toEasy = { ...who, product: 'easy', plan: 'free' } as const;
const why = { reason: 'r', until: '2027-01-01' };

test('names are literal unions of what there is', () => {
  same<Input['product'], 'shop' | 'plain' | 'easy'>();
  same<Of<'shop'>['plan'], 'small' | 'large' | 'written' | 'dedicated'>();
  same<Of<'plain'>['plan'], 'only'>();
  same<Input['placement'], 'eu-1' | 'us-1'>();
  same<keyof NonNullable<Of<'shop'>['features']>, 'search' | 'reports'>();
  same<
    keyof NonNullable<NonNullable<Of<'shop'>['overrides']>['services']>,
    'web' | 'worker' | 'media' | 'search' | 'reports'
  >();
  same<NonNullable<Of<'easy'>['settings']>['colour'], 'red' | 'blue' | undefined>();
  same<ReturnType<typeof define>, TenantFile>();
});

test('a right tenant of each product is accepted', () => {
  expect(define(toShop).kind).toBe('tenantry.tenant');
  expect(define(toPlain).input).toBe(toPlain);
  define(toEasy);
  define({ ...toEasy, settings: { colour: 'blue' }, features: { dark: true }, plan: 'paid' });
  define({
    ...toPlain,
    settings: {},
    features: {},
    overrides: { services: { api: { replicas: { max: 2 } } }, ...why },
  });
  define({ ...toShop, overrides: null, billing: { id: 'x' }, domains: [], lifecycle: { state: 'suspended' } });
  expect(defineTenant(acme)).toEqual({ kind: 'tenantry.tenant', input: acme });
});

test('a name that does not exist is an error', () => {
  // @ts-expect-error: no such product
  define({ ...toShop, product: 'shpo' });
  // @ts-expect-error: a plan of another product
  define({ ...toShop, plan: 'only' });
  // @ts-expect-error: a plan of another product
  define({ ...toPlain, plan: 'small' });
  // @ts-expect-error: no such placement
  define({ ...toShop, placement: 'eu-2' });
  // @ts-expect-error: no such state
  define({ ...toShop, lifecycle: { state: 'deleted' } });
});

test('features and services are those of the product', () => {
  define({ ...toShop, features: { search: true }, overrides: { services: { web: {} }, ...why } });
  // @ts-expect-error: no such feature
  define({ ...toShop, features: { serach: true } });
  // @ts-expect-error: a feature of another product
  define({ ...toEasy, features: { search: true } });
  // @ts-expect-error: the product has no features
  define({ ...toPlain, features: { dark: true } });
  // @ts-expect-error: a feature is on or off
  define({ ...toShop, features: { search: 'yes' } });
  // @ts-expect-error: no such service
  define({ ...toShop, overrides: { services: { api: {} }, ...why } });
  // @ts-expect-error: a size is a number
  define({ ...toShop, overrides: { services: { web: { replicas: { max: '2' } } }, ...why } });
});

test('settings are required exactly where the schema requires one, and are its own', () => {
  const { settings: _, ...without } = toShop;
  // @ts-expect-error: siteId is required
  define(without);
  // @ts-expect-error: siteId is required
  define({ ...toShop, settings: {} });
  // @ts-expect-error: siteId is a number
  define({ ...toShop, settings: { siteId: '1' } });
  // @ts-expect-error: no such setting
  define({ ...toShop, settings: { siteId: 1, langage: 'de' } });
  // @ts-expect-error: no such language
  define({ ...toShop, settings: { siteId: 1, language: 'fr' } });
  // @ts-expect-error: a setting of another product
  define({ ...toEasy, settings: { siteId: 1 } });
  // @ts-expect-error: the product asks for none
  define({ ...toPlain, settings: { colour: 'red' } });
});

test('a key that is unknown or missing is an error', () => {
  // @ts-expect-error: no such key
  define({ ...toShop, domain: 'x.example' });
  // @ts-expect-error: no such key
  define({ ...toShop, billing: { costCentre: 'x' } });
  // @ts-expect-error: an override has a reason
  define({ ...toShop, overrides: { until: '2027-01-01' } });
  // @ts-expect-error: an override has an end
  define({ ...toShop, overrides: { reason: 'r' } });
  // @ts-expect-error: no such amount
  define({ ...toShop, overrides: { quota: { cpus: 1 }, ...why } });
  const { contact: _, ...nobody } = toShop;
  // @ts-expect-error: somebody must be there
  define(nobody);
});
