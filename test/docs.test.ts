import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { jobSchema, serviceSchema } from '../lib/model/service-schema';
import { tenantSchema } from '../lib/model/tenant';
import { newFolder, REPOSITORY, succeed, tenantFile, write } from './cli/support';

/** What the documentation shows works, and what it lists is all there is. */

const read = (path: string) => readFileSync(join(REPOSITORY, path), 'utf8');

/** The one example of a page that defines this product. */
function example(page: string, product: string): string {
  const blocks = Array.from(read(page).matchAll(/^```ts\n([\s\S]*?)^```$/gm), ([, code = '']) => code);
  const found = blocks.filter((code) => code.includes(`export const ${product} = defineProduct(`));
  if (found.length !== 1) throw new Error(`${found.length} examples of ${product} in ${page}`);
  return found.join('');
}

/** The example's platform with the products of the documentation instead of its own. */
function platform(): string {
  const imports = "import { shop } from '../products/shop';\nimport { forum } from '../products/forum';";
  return read('tenants/platform.ts')
    .replace(/^import .* from 'tenantry\/products';$/m, imports)
    .replace(/^ {2}products: \[.*\],$/m, '  products: [shop, forum],')
    .replace(/^const withoutUnity = .*$/m, "const withoutUnity = ['shop', 'forum'];");
}

test('the products that README and documentation show are right, and tenants have what they ask for', async () => {
  const root = newFolder();
  write(root, {
    'tenants/platform.ts': platform(),
    'products/shop.ts': example('README.md', 'shop'),
    'products/forum.ts': example('docs/products.md', 'forum'),
    'tenants/acme.ts': tenantFile('acme', {
      product: "'shop'",
      plan: "'pro'",
      features: '{ search: true }',
      settings: "{ language: 'de' }",
      domains: "['www.acme.example']",
    }),
    'tenants/beta.ts': tenantFile('beta', {
      product: "'forum'",
      plan: "'basic'",
      placement: "'us-1'",
      settings: "{ boards: [{ slug: 'news', title: 'News' }] }",
    }),
  });
  expect(await succeed(root, 'synth')).toContain('2 tenants');
  const manifest = readFileSync(join(root, 'dist/kubernetes/eu-1/acme/manifest.yaml'), 'utf8');
  expect(manifest).toMatch(/- name: SEARCH\n\s+value: "true"/);
});

/** Names in the first column of the tables of a page. */
function listed(page: string): string[] {
  const rows = read(page)
    .split('\n')
    .filter((line) => line.startsWith('|'));
  return rows.flatMap((row) => Array.from((row.split('|')[1] ?? '').matchAll(/`([\w]+)`/g), ([, name = '']) => name));
}

test('every field of a tenant, its overrides and its states is listed, with what it means', () => {
  const names = listed('docs/tenants.md');
  const { overrides, lifecycle, ...rest } = tenantSchema.shape;
  const ofOverrides = Object.keys(overrides.unwrap().unwrap().shape);
  const states = lifecycle.unwrap().shape.state.options;
  expect(ofOverrides.length).toBeGreaterThan(5);
  for (const name of [...Object.keys(rest), ...ofOverrides, ...states, 'overrides', 'lifecycle'])
    expect(names).toContain(name);
});

test('every field of a service and of a job is listed', () => {
  const names = listed('docs/products.md');
  for (const name of [...Object.keys(serviceSchema.shape), ...Object.keys(jobSchema.shape)])
    expect(names).toContain(name);
});
