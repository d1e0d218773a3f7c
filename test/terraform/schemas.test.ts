import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { PROVIDERS, type ProviderName } from '../../lib/terraform/providers';
import { STORE_NAMES, stacksOf } from './bazaar';
import type { Block, Stack } from './fixture';

/**
 * What is written by hand against what providers publish (`terraform providers schema -json`, of which `schemas` has the parts in
 * use). Resources of prebuilt bindings are typed by them.
 */

interface SchemaBlock {
  /** Type and flags: `string optional write_only`. */
  readonly attributes: Readonly<Record<string, string>>;
  readonly blocks?: Readonly<Record<string, SchemaBlock & { readonly min: number; readonly max: number }>>;
}
type Kind = 'resource' | 'data' | 'ephemeral';
type Schema = { readonly source: string; readonly version: string; readonly provider: SchemaBlock } & {
  readonly [kind in Kind]?: Readonly<Record<string, SchemaBlock>>;
};

const folder = join(__dirname, 'schemas');
const schemas = new Map(
  readdirSync(folder).map((file) => [
    file.replace('.json', ''),
    JSON.parse(readFileSync(join(folder, file), 'utf8')) as Schema,
  ]),
);

/** Every provider has these. */
const META = new Set(['provider', 'lifecycle', 'depends_on', 'count', 'alias']);

const providerOf = (type: string) => type.split('_')[0] ?? '';

/** What is wrong with a block. */
function wrongIn(given: Block, schema: SchemaBlock, at: string): string[] {
  const wrong: string[] = [];
  const { attributes, blocks = {} } = schema;
  for (const [name, value] of Object.entries(given)) {
    if (META.has(name)) continue;
    const below = blocks[name];
    if (below !== undefined) {
      const items = (Array.isArray(value) ? value : [value]) as Block[];
      if (below.max > 0 && items.length > below.max) wrong.push(`${at}.${name}: more than ${below.max}`);
      wrong.push(...items.flatMap((item) => wrongIn(item, below, `${at}.${name}`)));
      continue;
    }
    const flags = attributes[name]?.split(' ').slice(1);
    if (flags === undefined) wrong.push(`${at}.${name}: no such argument`);
    else if (!flags.includes('optional') && !flags.includes('required')) wrong.push(`${at}.${name}: only computed`);
    else if (flags.includes('deprecated')) wrong.push(`${at}.${name}: deprecated`);
    else if (flags.includes('write_only') && !versionOf(name, given)) wrong.push(`${at}.${name}: no version beside it`);
  }
  const required = Object.keys(attributes).filter((name) => attributes[name]?.split(' ').includes('required'));
  const needed = Object.keys(blocks).filter((name) => (blocks[name]?.min ?? 0) > 0);
  return [
    ...wrong,
    ...[...required, ...needed].filter((name) => !Object.hasOwn(given, name)).map((name) => `${at}.${name}: missing`),
  ];
}

/** Without it, a write-only argument would be written once and never again. */
function versionOf(name: string, given: Block): boolean {
  return Object.hasOwn(given, `${name}_version`) || Object.hasOwn(given, `${name}_revision`);
}

/** All blocks that a schema is known for, and how many. */
function check(stack: Stack): { readonly wrong: string[]; readonly checked: string[] } {
  const wrong: string[] = [];
  const checked: string[] = [];
  for (const [name, configurations] of Object.entries(stack.provider)) {
    const schema = schemas.get(name)?.provider;
    if (schema !== undefined)
      wrong.push(...configurations.flatMap((given) => wrongIn(given, schema, `provider.${name}`)));
  }
  for (const kind of ['resource', 'data', 'ephemeral'] as const) {
    for (const [type, blocks] of Object.entries(stack[kind] ?? {})) {
      const provider = schemas.get(providerOf(type));
      const schema = provider?.[kind]?.[type];
      if (schema === undefined) {
        // Prebuilt bindings are those of Kubernetes and PostgreSQL; AWS publishes megabytes.
        if (!['kubernetes', 'postgresql', 'aws'].includes(providerOf(type))) wrong.push(`${kind} ${type}: no schema`);
        continue;
      }
      checked.push(`${kind} ${type}`);
      for (const [name, given] of Object.entries(blocks))
        wrong.push(...wrongIn(given, schema, `${kind}.${type}.${name}`));
    }
  }
  return { wrong, checked };
}

const everything = STORE_NAMES.flatMap((store) =>
  [{}, { lifecycle: { state: 'suspended' } }].flatMap((more) => Object.values(stacksOf(store, more))),
);

test('every argument is one that the provider publishes, and none that it requires is missing', () => {
  expect(everything.flatMap((stack) => check(stack).wrong)).toEqual([]);
});

test('nothing is in the schemas that no stack uses', () => {
  const used = new Set(everything.flatMap((stack) => check(stack).checked));
  const known = [...schemas.values()].flatMap((schema) =>
    (['resource', 'data', 'ephemeral'] as const).flatMap((kind) =>
      Object.keys(schema[kind] ?? {}).map((type) => `${kind} ${type}`),
    ),
  );
  expect(known.filter((type) => !used.has(type))).toEqual([]);
});

test.each([...schemas])('the schema of %s is of the version that stacks pin', (name, { source, version }) => {
  expect({ source, version }).toEqual(PROVIDERS[name as ProviderName]);
});

describe('the check finds', () => {
  const schema = schemas.get('mysql')?.resource?.mysql_user as SchemaBlock;

  test.each([
    [{ host: '%' }, 'x.user: missing'],
    [{ user: 'u', passwort: 'x' }, 'x.passwort: no such argument'],
    [{ user: 'u', password: 'x' }, 'x.password: deprecated'],
    [{ user: 'u', password_wo: 'x' }, 'x.password_wo: no version beside it'],
    [{ user: 'u', aad_identity: [{ type: 'user' }] }, 'x.aad_identity.identity: missing'],
    [{ user: 'u', aad_identity: [{ identity: 'a' }, { identity: 'b' }] }, 'x.aad_identity: more than 1'],
  ])('%j', (given, problem) => {
    expect(wrongIn(given, schema, 'x')).toEqual([problem]);
  });

  test('nothing in what is right', () => {
    expect(wrongIn({ user: 'u', password_wo: 'x', password_wo_version: 1 }, schema, 'x')).toEqual([]);
  });
});
