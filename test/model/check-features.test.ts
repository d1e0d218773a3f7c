import { concat, feature, generatedSecret, tenant, when } from '../../lib';
import { formatProblem } from '../../lib/model/errors';
import { parseProduct } from '../../lib/model/parse-product';
import { productHaving, shop } from './fixture';

/** What is wrong with the shop when it also sells `extra`, on its large plan. */
function problems(changes: Readonly<Record<string, unknown>> = {}): string[] {
  const given = { 'features.extra': 'Something more', 'plans.large.features.extra': 'optional', ...changes };
  return parseProduct(productHaving(given), 'platform.ts').problems.map(formatProblem);
}

const backed = (name: string) => {
  const product = productHaving({ 'features.extra': 'Something more' });
  const key = generatedSecret({ name: 'extra-key', feature: name });
  return parseProduct({ ...product, backing: [...product.backing, key] }, 'platform.ts').problems.map(formatProblem);
};

test('a feature that nothing refers to is refused, where it is declared', () => {
  expect(problems()).toEqual([
    expect.stringMatching(
      /^platform\.ts: products\.shop\.features\.extra: nothing refers to this feature.* - write feature/,
    ),
  ]);
  expect(parseProduct(shop, 'platform.ts').problems).toEqual([]);
});

test.each([
  ['a service of it', { 'services.reports.feature': 'extra', 'services.web.env.REPORTS': feature('reports') }],
  ['a value', { 'services.web.env.EXTRA': feature('extra') }],
  ['a value inside another', { 'services.web.env.EXTRA': concat('extra=', when('search', feature('extra'), 'no')) }],
  ['one of two values', { 'services.web.env.EXTRA': when('extra', 'yes', 'no') }],
  ['a file', { 'services.web.files./etc/shop/extra': feature('extra') }],
  ['a job', { 'jobs.migrate.env': { EXTRA: feature('extra') } }],
  ['a label', { 'labels.extra': feature('extra') }],
  ['what shared services are told', { 'shared.projection': { facts: { extra: feature('extra') } } }],
])('%s is what a feature is there for', (_, changes) => {
  expect(problems(changes)).toEqual([]);
});

test('so is a backing service, and the name of another one is not', () => {
  expect(backed('extra')).toEqual([]);
  expect(backed('search')).toEqual([expect.stringContaining('products.shop.features.extra')]);
});

test('a reference of the same name to something else does not count', () => {
  const named = { kind: 'ref', source: 'limit', name: 'users', output: '' };
  expect(problems({ 'services.web.env.EXTRA': named, 'services.web.env.ID': tenant.id })).toEqual([
    expect.stringContaining('features.extra'),
  ]);
});
