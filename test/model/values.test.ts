import fc from 'fast-check';
import {
  concat,
  feature,
  isSecret,
  join,
  limit,
  output,
  type Parts,
  plainText,
  type Reference,
  references,
  resolveValue,
  type SecretPart,
  secret,
  serviceHost,
  serviceUrl,
  setting,
  sharedUrl,
  TENANT_FIELDS,
  tenant,
  type Value,
} from '../../lib/model/values';

const password: SecretPart = { path: 'a/b', key: 'password', encode: 'none' };

const named = ({ source, name, output }: Reference): Parts => [`<${source}:${name}:${output}>`];

const text = fc.string();
const part = fc.record({ path: text, key: text, encode: fc.constantFrom<SecretPart['encode']>('none', 'url') });

describe('references', () => {
  test.each<[Reference, string]>([
    [tenant.id, '<tenant:id:>'],
    [setting('mail.from'), '<setting:mail.from:>'],
    [limit('users'), '<limit:users:>'],
    [feature('search'), '<feature:search:>'],
    [secret('key'), '<backing:key:value>'],
    [output('database', 'url'), '<backing:database:url>'],
    [serviceUrl('web'), '<service:web:url>'],
    [serviceHost('web'), '<service:web:host>'],
    [sharedUrl('hub'), '<shared:hub:url>'],
  ])('say where they point: %j', (reference, expected) => {
    expect(resolveValue(reference, named)).toEqual([expected]);
  });

  test('to every fact of the tenant exist, and nobody can change them', () => {
    expect(Object.keys(tenant)).toEqual(TENANT_FIELDS);
    expect(Object.isFrozen(tenant)).toBe(true);
  });

  test('are found inside compositions, in order', () => {
    const found: string[] = [];
    references(concat('a', tenant.id, concat(limit('x'), concat(secret('s')))), ({ name }) => found.push(name));
    expect(found).toEqual(['id', 'x', 's']);
    references('plain', () => found.push('never'));
    expect(found).toHaveLength(3);
  });
});

describe('a resolved value', () => {
  test('of texts is one text', () => {
    expect(resolveValue(concat('https://', tenant.id, concat('/', 'x')), () => ['acme'])).toEqual(['https://acme/x']);
    expect(resolveValue(concat(), named)).toEqual(['']);
  });

  test('keeps a secret apart, where it stands', () => {
    const url: Value = concat('postgresql://user:', secret('password'), '@', tenant.host);
    const parts = resolveValue(url, ({ source }) => (source === 'backing' ? [password] : ['db']));
    expect(parts).toEqual(['postgresql://user:', password, '@db']);
    expect(isSecret(parts)).toBe(true);
  });

  test('has a plain text where it has no secret', () => {
    expect(plainText(['a', 'b'])).toBe('ab');
    expect(isSecret(['a'])).toBe(false);
  });

  test('with a secret has none', () => {
    expect(() => plainText(['a', password])).toThrow('a secret value has no plain text');
  });

  test('says the same, joined or not', () => {
    fc.assert(
      fc.property(fc.array(fc.oneof(text, part)), (parts) => {
        const joined = join(parts);
        expect(joined.length).toBeGreaterThan(0);
        for (const [i, each] of joined.entries())
          if (i > 0 && typeof each === 'string') expect(typeof joined[i - 1]).toBe('object');
        const flat = (all: Parts) => all.filter((each) => typeof each !== 'string');
        expect(flat(joined)).toEqual(flat(parts));
        const written = (all: Parts) => all.map((each) => (typeof each === 'string' ? each : '\0')).join('');
        expect(written(joined)).toBe(written(parts));
      }),
    );
  });
});
