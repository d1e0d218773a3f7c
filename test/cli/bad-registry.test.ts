import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { accepted, refusal, right } from './refusal';
import { tenantFile } from './support';

describe('two tenants', () => {
  test('with one id are refused, with two accepted', async () => {
    const { text } = await refusal({ 'tenants/more/alpha.ts': tenantFile('alpha', {}, '../platform') });
    expect(text).toMatch(
      /^tenants\/more\/alpha\.ts: id: .*tenants\/alpha\.ts.*\[E_ID_DUPLICATE\]\n {2}see tenants\/alpha\.ts/m,
    );
    await accepted({ 'tenants/more/delta.ts': tenantFile('delta', {}, '../platform') });
  });

  test.each([`['debates.alpha.example']`, `['DEBATES.Alpha.example.']`])(
    'with one host are refused, with two accepted: %s',
    async (domains) => {
      const { text } = await refusal({ 'tenants/delta.ts': tenantFile('delta', { domains }) });
      expect(text).toMatch(/"debates\.alpha\.example"/);
      expect(text).toContain('tenants/alpha.ts');
      expect(text).toContain('tenants/delta.ts');
      await accepted({ 'tenants/delta.ts': tenantFile('delta', { domains: `['delta.alpha.example']` }) });
    },
  );

  test('with one namespace are refused, though their ids and products differ, and with two accepted', async () => {
    const platform = readFileSync(join(right, 'tenants/platform.ts'), 'utf8')
      .replace('products: [', 'products: [second, ')
      .replace(
        'export const {',
        `const input = { ...(nekotab.input as object), name: 'nekotab-two', apex: 'second.example' };
        const second = { ...nekotab, name: 'nekotab-two', input } as const;\nexport const {`,
      );
    const files = (id: string) => ({
      'tenants/platform.ts': platform,
      [`tenants/${id}.ts`]: tenantFile(id),
      'tenants/delta.ts': tenantFile('delta', { product: `'nekotab-two'` }),
    });
    const { text } = await refusal(files('two-delta'));
    expect(text).toMatch(/"nekotab-two-delta".*\[E_CLAIM\]/);
    expect(text).toContain('tenants/delta.ts');
    expect(text).toContain('tenants/two-delta.ts');
    await accepted(files('three-delta'));
  });
});

describe('a file', () => {
  test.each<[string, string, string]>([
    ['throws', `throw new Error('no luck');`, 'tenants/delta.ts line 1 [E_FILE_LOAD]'],
    ['does not compile', 'export default defineTenant({', 'tenants/delta.ts line 1 [E_FILE_LOAD]'],
    ['is empty', '', 'tenants/delta.ts  [E_FILE_NO_TENANT]'],
    ['is no tenant', 'export default { id: 5 };', 'tenants/delta.ts  [E_FILE_NO_TENANT]'],
    ['ends the process', 'process.exit(0);', 'tenants/delta.ts line 1 [E_FILE_LOAD]'],
    ['imports what is not there', `import './nothing';`, 'tenants/delta.ts line 1 [E_FILE_LOAD]'],
    ['reads the clock', `export default Date.now();`, 'tenants/delta.ts line 1 [E_FILE_LOAD]'],
  ])('that %s is refused with its place', async (_, text, place) => {
    expect((await refusal({ 'tenants/delta.ts': text })).places).toEqual([place]);
  });

  test('named otherwise than its id is refused', async () => {
    const { places } = await refusal({ 'tenants/delta.ts': tenantFile('delta2') });
    expect(places).toEqual(['tenants/delta.ts id [E_FILE_NAME]']);
  });
});

describe('a registry', () => {
  test('without tenants is refused, and says of each what would be lost', async () => {
    const files = { 'tenants/alpha.ts': null, 'tenants/beta.ts': null, 'tenants/gamma.ts': null };
    const { places } = await refusal(files);
    expect(places[0]).toMatch(/^expected at least one tenant file .*\[E_REGISTRY_EMPTY\]$/);
    expect(places.slice(1)).toEqual(['alpha', 'beta', 'gamma'].map((id) => `tenants/${id}.ts  [E_LOSS_TENANT]`));
  });

  test.each(['manifest', 'constructor', 'www'])('with a tenant of the reserved id %s is refused', async (id) => {
    const { places } = await refusal({ [`tenants/${id}.ts`]: tenantFile(id) });
    expect(places).toEqual([`tenants/${id}.ts id [E_ID_RESERVED]`]);
    await accepted({ [`tenants/${id}s.ts`]: tenantFile(`${id}s`) });
  });

  test('without a platform is refused, and with one that is broken', async () => {
    expect((await refusal({ 'tenants/platform.ts': null })).places).toEqual([
      'tenants/platform.ts  [E_REGISTRY_PLATFORM]',
    ]);
    expect((await refusal({ 'tenants/platform.ts': 'export {' })).places).toEqual([
      'tenants/platform.ts line 1 [E_FILE_LOAD]',
    ]);
    expect((await refusal({ 'tenants/platform.ts': 'export const platform = 5;' })).places).toContain(
      'tenants/platform.ts  [E_REGISTRY_PLATFORM]',
    );
  });

  test('with mistakes in platform and tenants tells both', async () => {
    const text = `import { definePlatform } from 'tenantry';
      export const { platform, defineTenant } = definePlatform({ name: 'x', products: [], clusters: {} } as never);`;
    const { places } = await refusal({
      'tenants/platform.ts': text,
      'tenants/delta.ts': tenantFile('delta', { contact: '5' }),
    });
    expect(places).toContain('tenants/platform.ts git [E_PLATFORM_FIELD]');
    expect(places).toContain('tenants/delta.ts contact [E_TENANT_FIELD]');
  });

  test('tells every mistake of every file at once', async () => {
    const { places, text } = await refusal({
      'tenants/a1.ts': tenantFile('a1', { plan: `'x'` }),
      'tenants/a2.ts': 'export default {',
      'tenants/a3.ts': `throw 'up';`,
      'tenants/a4.ts': 'export const x = 1;',
      'tenants/a5.ts': tenantFile('a5', { domains: `['debates.alpha.example']` }),
      'tenants/a6.ts': tenantFile('www'),
      'tenants/eu/alpha.ts': tenantFile('alpha', {}, '../platform'),
      'tenants/gamma.ts': null,
    });
    const files = new Set(places.map((place) => place.split(' ')[0]));
    expect([...files].sort()).toEqual(
      ['a1', 'a2', 'a3', 'a4', 'a6', 'alpha', 'eu/alpha', 'gamma'].map((name) => `tenants/${name}.ts`),
    );
    expect(text).toMatch(/^tenants\/alpha\.ts: .*tenants\/a5\.ts.*\[E_HOST\]/m);
  });
});
