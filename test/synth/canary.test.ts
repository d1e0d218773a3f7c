import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { libraryModules } from '../../lib/cli/modules';
import type { PlatformModel } from '../../lib/model/parse-platform';
import { resolveTenant } from '../../lib/model/resolve';
import { readRegistry } from '../../lib/registry';
import { renderTenant } from '../../lib/synth/render';
import { command, newRegistry, REPOSITORY, succeed, tenantFile, tree } from '../cli/support';
import { canaries } from './canaries';
import { arrived, meant, type Texts, withCanary } from './sinks';

const PLATFORM = withCanary(readFileSync(join(REPOSITORY, 'tenants/platform.ts'), 'utf8'));

/** A bit of everything at once. */
const ALL =
  'a\'"`\\ $(id) $$(id) ${x} %{y} {{.z}} {{ "{{" }} <b> */ ;-- 0o17 1e3_0 &a *b !c | > # \u2028\u2029\u0085\ufeff\u007f\u009b\t\r\n\u001b';

let platform: PlatformModel;

beforeAll(async () => {
  const read = await readRegistry(newRegistry({ 'tenants/platform.ts': PLATFORM }), libraryModules());
  expect(read.problems).toEqual([]);
  platform = read.platform as PlatformModel;
});

const texts = (given: Partial<Texts>): Texts => ({
  text: 'x',
  list: [],
  displayName: 'Acme',
  contact: 'a@acme.example',
  ...given,
});

/** A tenant with these texts in every free field, as written. */
function input({ text, list, displayName, contact }: Texts, reason = 'r') {
  return {
    id: 'acme',
    displayName,
    contact,
    product: 'canary',
    plan: 'basic',
    placement: 'eu-1',
    createdOn: '2026-01-15',
    settings: { text, list },
    overrides: { reason, until: '2027-01-01' },
  };
}

/** The texts of every file, or null where the tenant is refused; each sink must have received what was meant. */
function pass(given: Texts, reason?: string): string | null {
  const { tenant, problems } = resolveTenant(platform, 'tenants/acme.ts', input(given, reason));
  if (tenant === null) {
    expect(problems.every(({ code }) => code === 'E_TENANT_FIELD')).toBe(true);
    return null;
  }
  const files = renderTenant(platform, tenant);
  const [manifest] = files;
  for (const version of ['1.1', '1.2'] as const) expect(arrived(manifest?.text ?? '', version)).toEqual(meant(given));
  const all = files.map(({ text }) => text).join('');
  expect(HIDDEN.exec(all)).toBeNull();
  return all;
}

/** What no output file may hold but as an escape: it breaks a line in some readers, or hides. */
const HIDDEN = /[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]/;

/** What nothing could carry: no environment holds a NUL, and half a character is none. */
const IMPOSSIBLE = /\0|\p{Cs}/u;

describe('a setting', () => {
  test.each([...canaries, ALL].map((text) => [text]))(
    '%j arrives everywhere as it was written, or is refused',
    (text) => {
      const all = pass(texts({ text, list: [`${text}.`, ALL] }));
      expect(all === null).toBe(IMPOSSIBLE.test(text));
    },
  );

  test('of any text arrives everywhere as it was written, or is refused', () => {
    const hostile = fc.oneof(
      fc.string({ unit: 'binary' }),
      fc.string({
        unit: fc.constantFrom('{', '}', '$', '(', ')', '%', '"', '\\', ' ', '\n', '\t', ':', '-', '\u2028', 'x'),
      }),
      fc.array(fc.constantFrom(...canaries), { maxLength: 3 }).map((parts) => parts.join('')),
      fc.integer({ min: 0xd800, max: 0xdfff }).map((code) => `a${String.fromCharCode(code)}b`),
    );
    fc.assert(
      fc.property(hostile, hostile, (text, item) => {
        expect(pass(texts({ text, list: [item] })) === null).toBe(IMPOSSIBLE.test(text) || IMPOSSIBLE.test(item));
      }),
      { numRuns: 200 },
    );
  });
});

describe('a name, an address or a reason', () => {
  test.each([...canaries, ALL].map((text) => [text]))(
    '%j arrives everywhere as it was written, or is refused',
    (text) => {
      const isPlain = text.trim() === text && text !== '' && text.length <= 100 && !IMPOSSIBLE.test(text);
      const isSeen = !/[\u0000-\u001f\u007f-\u009f\u2028-\u202e\u2066-\u2069\ufeff]|\p{Noncharacter_Code_Point}/u.test(
        text,
      );
      // Joiners, soft hyphens and tags by themselves show nothing.
      const isBlank = /^\p{Default_Ignorable_Code_Point}*$/u.test(text);
      if (isPlain && isSeen && !isBlank) expect(pass(texts({ displayName: text }), text)).not.toBeNull();
      else expect(pass(texts({ displayName: text }))).toBeNull();
      pass(texts({ contact: text }));
      pass(texts({ contact: `${text}@acme.example` }));
    },
  );

  test.each([
    "o'neil+$(id)@acme.example",
    '`id`@acme.example',
    '{{.z}}@acme.example',
    '%{y}@acme.example',
    '#{x}@a.example',
  ])('the address %s is one, and arrives', (contact) => {
    expect(pass(texts({ contact: contact.replace(/[()]/g, '') }))).not.toBeNull();
    pass(texts({ contact }));
  });
});

describe('through the whole command', () => {
  const fields = (text: string, displayName: string) => ({
    product: `'canary'`,
    plan: `'basic'`,
    settings: `{ text: ${JSON.stringify(text)}, list: [${JSON.stringify(text)}] }`,
    displayName: JSON.stringify(displayName),
  });

  test('what a tenant file says arrives, and no file of the output holds a hidden character', async () => {
    const visible = ALL.replace(/[\u0000-\u001f\u007f-\u009f\u2028\u2029\ufeff]/g, '').trim();
    const root = newRegistry({
      'tenants/platform.ts': PLATFORM,
      'tenants/acme.ts': tenantFile('acme', fields(ALL, visible)),
    });
    await succeed(root, 'synth');
    const files = tree(join(root, 'dist'));
    for (const [path, text] of files) expect([path, HIDDEN.exec(text)]).toEqual([path, null]);
    const given = texts({ text: ALL, list: [ALL], displayName: visible, contact: 'tab@acme.example' });
    for (const version of ['1.1', '1.2'] as const)
      expect(arrived(files.get('kubernetes/eu-1/acme/manifest.yaml') ?? '', version)).toEqual(meant(given));
    await succeed(root, 'check');
    await succeed(root, 'synth', '--check');
  });

  test.each(['\0', 'a\ud800'])('what nothing can carry is refused with its place: %j', async (text) => {
    const root = newRegistry({
      'tenants/platform.ts': PLATFORM,
      'tenants/acme.ts': tenantFile('acme', fields(text, 'Acme')),
    });
    const { code, err } = await command(root, 'synth');
    expect(code).toBe(1);
    expect(err).toMatch(/^tenants\/acme\.ts: settings\.text: .*\[E_TENANT_FIELD\]$/m);
    expect(tree(join(root, 'dist')).size).toBe(0);
  });

  test('a text that two tenants may not share is told whatever it holds', async () => {
    const root = newRegistry({
      'tenants/platform.ts': PLATFORM,
      'tenants/acme.ts': tenantFile('acme', fields(ALL, 'Acme')),
      'tenants/bolt.ts': tenantFile('bolt', fields(ALL, 'Bolt')),
    });
    const { code, err } = await command(root, 'check');
    expect([code, err]).toEqual([1, expect.stringContaining('[E_CLAIM]')]);
    expect(err.replaceAll('\n', '')).not.toMatch(HIDDEN);
  });
});
