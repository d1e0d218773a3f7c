import { z } from 'zod';
import { concat, defineProduct, generatedSecret, postgresql, secret, setting, tenant } from '../../lib';
import { parseProduct } from '../../lib/model/parse-product';
import { limit, output, serviceUrl, sharedUrl } from '../../lib/model/values';
import { productHaving, productProblems, shop } from './fixture';

/** What of the product is replaced, the beginning of the problem, and a twin that is accepted. */
type Case = [string, Record<string, unknown>, string, Record<string, unknown>];

function refusesAndAccepts(cases: readonly Case[]): void {
  test.each(cases)('%s', (_, wrong, problem, right) => {
    expect(productProblems(productHaving(wrong))).toContainEqual(expect.stringContaining(problem));
    expect(productProblems(productHaving(right))).toEqual([]);
  });
}

describe('a value', () => {
  const env = (value: unknown) => ({ 'services.worker.env': { A: value } });
  refusesAndAccepts([
    ['names a fact', env({ ...tenant.id, name: 'idd' }), 'env.A: unknown field of the tenant "idd"', env(tenant.id)],
    ['names a limit', env(limit('user')), 'env.A: unknown limit "user" - did you mean "users"?', env(limit('users'))],
    ['names a feature', env({ ...tenant.id, source: 'feature', name: 'x' }), 'env.A: unknown feature "x"', env('x')],
    ['names a service', env(serviceUrl('wbe')), 'env.A: unknown service "wbe"', env(serviceUrl('web'))],
    [
      'names one with a port',
      env(serviceUrl('reports')),
      'it calls "reports", which has no port',
      env(serviceUrl('media')),
    ],
    ['names a shared service', env(sharedUrl('hubb')), 'env.A: unknown shared service "hubb"', env(sharedUrl('hub'))],
    ['names a secret', env(secret('x')), 'env.A: unknown backing service "x"', env(secret('signing-key'))],
    [
      'names an output',
      env(output('database', 'urls')),
      'env.A: unknown output of database "urls" - did you mean "url"?',
      env(output('database', 'host')),
    ],
    ['names a setting', env(setting('mail.form')), 'env.A: unknown setting "mail.form"', env(setting('mail.from'))],
    ['names no element of lists', env(setting('sites.id')), 'unknown setting "sites.id"', env(setting('sites'))],
    ['is looked into', env(concat('a', concat(limit('x')))), 'env.A: unknown limit "x"', env(concat('a', 'b'))],
    ['is a text, reference or composition', env(null), 'env.A: expected a string, a reference', env(5)],
    ['holds no NUL', env('a\0b'), 'env.A: expected a text without NUL characters', env('a\tb')],
    [
      'of a file is told by its path',
      { 'services.worker.files': { '/etc/x': secret('y') } },
      'services.worker.files["/etc/x"]: unknown backing service "y"',
      { 'services.worker.files': { '/etc/x': secret('signing-key') } },
    ],
    [
      'on a command line is no secret',
      { 'services.worker.command': ['a', secret('signing-key')] },
      'services.worker.command: a backing service in a command line - pass it by env',
      { 'services.worker.command': ['a', tenant.id] },
    ],
    [
      'of a job’s command is no secret',
      { 'jobs.migrate.command': [secret('signing-key')] },
      'jobs.migrate.command: a backing service in a command line',
      { 'jobs.migrate.command': [tenant.id] },
    ],
    [
      'of a label is no secret',
      { labels: { a: secret('signing-key') } },
      'labels.a: a backing service in labels and annotations',
      { labels: { a: tenant.id } },
    ],
    [
      'of an annotation is no secret',
      { annotations: { a: concat('x', secret('signing-key')) } },
      'annotations.a: a backing service in labels and annotations',
      { annotations: { a: concat('x', tenant.contact) } },
    ],
    [
      'of a shared service knows no tenant',
      { 'shared.services.hub.env': { A: tenant.id } },
      'shared.services.hub.env.A: a shared service refers to the tenant "id" - it serves every tenant',
      { 'shared.services.hub.env': { A: sharedUrl('hub') } },
    ],
  ]);
});

describe('settings', () => {
  const settings = (given: unknown) => productProblems({ ...productHaving({}), settings: given } as typeof shop);

  test('are a strict object of zod', () => {
    expect(settings({ language: 'string' })).toEqual([
      'settings: expected a schema of zod 4 - write z.strictObject({ ... }) [E_PRODUCT_FIELD]',
    ]);
    expect(settings(z.object({}))).toEqual([
      'settings: this object lets unknown settings pass - write z.strictObject({ ... }) [E_PRODUCT_FIELD]',
    ]);
  });

  test('are there where something refers to them', () => {
    const lines = settings(null);
    expect(lines).toContainEqual(
      expect.stringContaining('services.web.env.LANGUAGE: unknown setting "language" - write settings'),
    );
    expect(lines).toContainEqual(expect.stringContaining('uniqueSettings: unknown setting "siteId"'));
    expect(lines).toContainEqual(expect.stringContaining('routes[0].hosts[2]: unknown setting "sites.domain"'));
  });

  refusesAndAccepts([
    [
      'that are unique exist',
      { uniqueSettings: ['sites.ident'] },
      'uniqueSettings: unknown setting "sites.ident" - write one that settings has',
      { uniqueSettings: ['sites.id', 'language'] },
    ],
  ]);
});

test('every mistake of a product is told at once, with the product, and in the platform’s file', () => {
  const wrong = productHaving({
    'services.worker.calls': ['x'],
    'jobs.migrate.service': 'y',
    'plans.small.limits': {},
  });
  const { product, problems } = parseProduct(wrong, 'p.ts');
  expect(product).toBeNull();
  expect(problems).toHaveLength(3);
  for (const { file, path } of problems) expect([file, path.startsWith('products.shop.')]).toEqual(['p.ts', true]);
});

test('a product in plain JavaScript gets sentences, not exceptions', () => {
  const define = defineProduct as unknown as (input?: unknown) => typeof shop;
  for (const given of [
    undefined,
    null,
    {},
    5,
    { name: 5, backing: 5, settings: 5 },
    { name: 'a', backing: [undefined] },
  ]) {
    const lines = productProblems(define(given));
    expect(lines.length).toBeGreaterThan(1);
  }
  const { input } = shop;
  const backing = [...shop.backing, generatedSecret({ name: 'key' }).value, postgresql({ name: 'Data base' })];
  expect(productProblems(define({ ...(input as object), settings: shop.settings, backing }))).toEqual([
    expect.stringContaining('backing[4]: expected what postgresql() and the like return, got {"kind":"ref"'),
  ]);
});
