import { withValue } from '../../../lib/cli/edit/set-value';
import { UneditableError } from '../../../lib/cli/edit/tenant-object';

const HEAD = "import { defineTenant } from './platform';\n\n";

/** What a file's object becomes, with what was around it still around it. */
function edited(object: string, path: string, value: string | number, around: [string, string] = ['', '']): string {
  const [before, after] = [`${HEAD}export default defineTenant(${around[0]}`, `${around[1]});\n`];
  const text = withValue(before + object + after, path.split('.'), value);
  expect(text.startsWith(before) && text.endsWith(after)).toBe(true);
  return text.slice(before.length, text.length - after.length);
}

const FULL = `{
  id: 'acme', // the id
  credentials: {
    // Which login is in use.
    database: { active: 'a', a: { version: 1, on: '2026-01-15' }, b: { version: 1 } }, // see the wiki
    key: { value: {} },
  },
  /* last */ contact: 'a@b.example',
}`;

describe('a value that is there', () => {
  test.each<[string, string | number, string, string]>([
    ['credentials.database.a.version', 2, 'a: { version: 1,', 'a: { version: 2,'],
    ['credentials.database.a.on', '2026-11-21', "on: '2026-01-15'", "on: '2026-11-21'"],
    ['credentials.database.active', 'b', "active: 'a'", "active: 'b'"],
  ])('is written in its place: %s', (path, value, before, after) => {
    expect(edited(FULL, path, value)).toBe(FULL.replace(before, after));
  });

  test.each<[string, string]>([
    [`{ credentials: { database: { active: "a" } } }`, `{ credentials: { database: { active: "b" } } }`],
    ['{ credentials: { database: { active: `a` } } }', '{ credentials: { database: { active: `b` } } }'],
    [
      `{ credentials: { database: { active: 'a' as const } } }`,
      `{ credentials: { database: { active: 'b' as const } } }`,
    ],
    [
      `{ credentials: { database: { active: ('a') } } as const }`,
      `{ credentials: { database: { active: ('b') } } as const }`,
    ],
    [`{ 'credentials': { "database": { 'active': 'a' } } }`, `{ 'credentials': { "database": { 'active': 'b' } } }`],
    [
      `{ ...base, credentials: { database: { ...x, active: 'a' } } }`,
      `{ ...base, credentials: { database: { ...x, active: 'b' } } }`,
    ],
  ])('keeps its quotes and what types say of it: %s', (before, after) => {
    expect(edited(before, 'credentials.database.active', 'b')).toBe(after);
  });

  test('may be null or a number with a separator', () => {
    expect(edited('{ credentials: { d: { a: { on: null } } } }', 'credentials.d.a.on', '2026-11-21')).toBe(
      "{ credentials: { d: { a: { on: '2026-11-21' } } } }",
    );
    expect(edited('{ credentials: { d: { a: { version: 1_000 } } } }', 'credentials.d.a.version', 1001)).toBe(
      '{ credentials: { d: { a: { version: 1001 } } } }',
    );
  });
});

describe('a value that is not there', () => {
  test.each<[string, string, string]>([
    ['in a broken object', "{\n  id: 'acme',\n}", "{\n  id: 'acme',\n  credentials: { d: { active: 'b' } },\n}"],
    ['without a comma at its end', "{\n  id: 'acme'\n}", "{\n  id: 'acme',\n  credentials: { d: { active: 'b' } }\n}"],
    [
      'behind a comment',
      "{\n  id: 'acme', // x, y\n}",
      "{\n  id: 'acme', // x, y\n  credentials: { d: { active: 'b' } },\n}",
    ],
    [
      'behind a comment, without a comma',
      "{\n  id: 'acme' // x\n}",
      "{\n  id: 'acme', // x\n  credentials: { d: { active: 'b' } }\n}",
    ],
    [
      'before comments of their own lines',
      "{\n  id: 'acme',\n  // end\n}",
      "{\n  id: 'acme',\n  credentials: { d: { active: 'b' } },\n  // end\n}",
    ],
    [
      'behind a comment over lines',
      "{\n  id: 'acme', /* x\n y */\n}",
      "{\n  id: 'acme', /* x\n y */\n  credentials: { d: { active: 'b' } },\n}",
    ],
    ['on one line', "{ id: 'acme' }", "{ id: 'acme', credentials: { d: { active: 'b' } } }"],
    ['on one line with a comma', "{ id: 'acme', }", "{ id: 'acme', credentials: { d: { active: 'b' } }, }"],
    [
      'on one line behind a comment',
      "{ id: 'acme' /* x */ }",
      "{ id: 'acme', /* x */ credentials: { d: { active: 'b' } } }",
    ],
    ['with tabs', "{\n\tid: 'acme',\n}", "{\n\tid: 'acme',\n\tcredentials: { d: { active: 'b' } },\n}"],
    [
      'with the line ends of Windows',
      "{\r\n  id: 'acme', // x\r\n}",
      "{\r\n  id: 'acme', // x\r\n  credentials: { d: { active: 'b' } },\r\n}",
    ],
    [
      'with a comma that leads',
      "{\n    id: 'acme'\n  , plan: 'x'\n}",
      "{\n    id: 'acme'\n  , plan: 'x',\n  credentials: { d: { active: 'b' } }\n}",
    ],
    [
      'in double quotes where most are',
      '{ id: "acme" , plan: "x" }',
      '{ id: "acme" , plan: "x", credentials: { d: { active: "b" } } }',
    ],
    ['in an empty part', '{ credentials: {} }', "{ credentials: { d: { active: 'b' } } }"],
    [
      'in an empty part with a comment',
      '{ credentials: { /* none */ } }',
      "{ credentials: { /* none */ d: { active: 'b' } } }",
    ],
    [
      'in an empty broken part',
      '{\n  credentials: {\n    // none\n  },\n}',
      "{\n  credentials: {\n    // none\n    d: { active: 'b' },\n  },\n}",
    ],
    [
      'beside another',
      '{\n  credentials: {\n    key: {},\n  },\n}',
      "{\n  credentials: {\n    key: {},\n    d: { active: 'b' },\n  },\n}",
    ],
    [
      'in a part',
      '{ credentials: { d: { a: { version: 2 } } } }',
      "{ credentials: { d: { a: { version: 2 }, active: 'b' } } }",
    ],
    [
      'beside what is spread into another part',
      '{ settings: { ...x }, id }',
      "{ settings: { ...x }, id, credentials: { d: { active: 'b' } } }",
    ],
    [
      'beside texts that look like code',
      "{ note: '}, credentials: {', id }",
      "{ note: '}, credentials: {', id, credentials: { d: { active: 'b' } } }",
    ],
  ])('is added %s', (_, before, after) => {
    expect(edited(before, 'credentials.d.active', 'b')).toBe(after);
  });

  test('has its key in quotes where it needs them', () => {
    const text = edited("{ id: 'acme' }", 'credentials.django-secret-key.value.version', 2);
    expect(text).toBe("{ id: 'acme', credentials: { 'django-secret-key': { value: { version: 2 } } } }");
  });
});

describe('the object is found', () => {
  const object = "{ id: 'acme' }";
  const after = "{ id: 'acme', credentials: { d: { active: 'b' } } }";

  test.each<[string, string, string]>([
    ['with types around it', '', ' as const'],
    ['checked by a type', '', ' satisfies Tenant'],
    ['in brackets', '(', ')'],
  ])('%s', (_, before, behind) => {
    expect(edited(object, 'credentials.d.active', 'b', [before, behind])).toBe(after);
  });

  test.each<[string, string, string]>([
    ['as a constant', 'const acme = ', '\nexport default defineTenant(acme);\n'],
    ['in a constant tenant', 'const acme = defineTenant(', ');\nexport default acme;\n'],
    ['behind a mark of the byte order', '\ufeffexport default defineTenant(', ')'],
  ])('%s', (_, before, behind) => {
    expect(withValue(before + object + behind, ['credentials', 'd', 'active'], 'b')).toBe(before + after + behind);
  });
});

describe('what cannot be edited safely is refused', () => {
  test.each<[string, string]>([
    ['{ ...base }', 'credentials may come from what is spread'],
    ["{ ['credentials']: {} }", 'credentials may come from what is spread or computed'],
    ['{ credentials: {}, ...base }', 'credentials may come from what is spread'],
    ['{ credentials }', 'credentials is not written as an object'],
    ['{ credentials: imported }', 'credentials is not written as an object'],
    ['{ credentials: make() }', 'credentials is not written as an object'],
    ['{ credentials() {} }', 'credentials is a method'],
    ['{ get credentials() { return {} } }', 'credentials is a method'],
    ['{ credentials: { ...common } }', 'credentials.d may come from what is spread'],
    ["{ credentials: { d: { active: x ? 'a' : 'b' } } }", 'credentials.d.active is not written as a value'],
    ['{ credentials: { d: { active: `${x}` } } }', 'credentials.d.active is not written as a value'],
    ['{', 'the file cannot be read: '],
  ])('%s', (object, message) => {
    const text = `${HEAD}export default defineTenant(${object});\n`;
    const act = () => withValue(text, ['credentials', 'd', 'active'], 'b');
    expect(act).toThrow(UneditableError);
    expect(act).toThrow(message);
  });

  test.each<[string, string]>([
    ["import acme from './acme.json'; export default defineTenant(acme);", 'what is passed to defineTenant'],
    ['export default defineTenant(Object.assign({}, base));', 'what is passed to defineTenant'],
    ["export default tenants('acme', {});", 'the default export'],
    ['export const acme = defineTenant({});', 'the default export'],
    ['let acme = defineTenant({}); export default acme;', 'the default export'],
  ])('%s', (text, message) => {
    expect(() => withValue(text, ['credentials', 'd', 'active'], 'b')).toThrow(message);
  });
});
