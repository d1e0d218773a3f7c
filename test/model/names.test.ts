import fc from 'fast-check';
import { cut, expand, fold, hash32, LIMITS, placeholders, type Space } from '../../lib/model/names';

const spaces = Object.keys(LIMITS) as Space[];
const dnsName = fc.stringMatching(/^[a-z]([-a-z0-9]{0,300}[a-z0-9])?$/);
const sqlName = fc.stringMatching(/^[a-z]([_a-z0-9]{0,300}[a-z0-9])?$/);

test('knows the limits that the systems have, and those that follow from them', () => {
  expect(LIMITS).toMatchObject({ namespace: 63, labelValue: 63, dnsLabel: 63, host: 253, portName: 15 });
  expect(LIMITS).toMatchObject({ deployment: 46, statefulSet: 52, cronJob: 52, job: 63, persistentVolumeClaim: 63 });
  expect(LIMITS).toMatchObject({ postgresIdentifier: 63, mysqlDatabase: 64, mysqlUser: 32, s3Bucket: 63 });
  expect(LIMITS).toMatchObject({ rabbitmqVhost: 255, kubernetesName: 253, argoApplication: 63, helmRelease: 53 });
  // 11: `-` and ten characters of hash or eight digits of time; 6: `-` and five random characters.
  expect(LIMITS.statefulSet + 11).toBe(LIMITS.labelValue);
  expect(LIMITS.cronJob + 11).toBe(LIMITS.job);
  expect(LIMITS.deployment + 11 + 6).toBe(63);
});

test.each(spaces)('leaves a name for %s alone at its limit, and cuts one that is a character longer', (space) => {
  const fits = 'a'.repeat(LIMITS[space]);
  expect(cut(fits, space)).toBe(fits);
  const cutName = cut(`${fits}a`, space);
  expect(cutName).toHaveLength(LIMITS[space]);
  expect(cutName).toMatch(/^a+[-_][0-9a-z]{8}$/);
});

test('cuts a name that passes its limit and keeps it unique', () => {
  const long = (end: string) => cut(`client_acme-debates-international_newsletters_${end}`, 'mysqlUser');
  // Computed once more with Python's hashlib.
  expect(long('user')).toBe('client_acme-debates-int_35qb5dah');
  expect(long('user2')).not.toBe(long('user'));
  expect(long('user2').slice(0, 23)).toBe(long('user').slice(0, 23));
});

test('joins the hash with the separator that the name or its space uses', () => {
  expect(cut('a'.repeat(70), 'namespace')).toMatch(/^a{54}-[0-9a-z]{8}$/);
  expect(cut('a'.repeat(70), 'postgresIdentifier')).toMatch(/^a{54}_[0-9a-z]{8}$/);
  expect(cut('a'.repeat(70), 'mysqlDatabase')).toMatch(/^a{55}_[0-9a-z]{8}$/);
  expect(cut(`a_${'b'.repeat(70)}`, 63)).toMatch(/^a_b{52}_[0-9a-z]{8}$/);
});

test('never leaves a separator before the hash', () => {
  expect(cut(`abc${'-'.repeat(20)}x`, 20)).toMatch(/^abc-[0-9a-z]{8}$/);
  expect(cut(`abc${'._-'.repeat(20)}x`, 20)).toMatch(/^abc_[0-9a-z]{8}$/);
  expect(cut('-'.repeat(64), 'namespace')).toMatch(/^[0-9a-z]{8}$/);
});

test('counts bytes, since PostgreSQL does, and never cuts a character in two', () => {
  expect(cut('é'.repeat(31), 'postgresIdentifier')).toBe('é'.repeat(31));
  const cutName = cut('é'.repeat(32), 'postgresIdentifier');
  expect(cutName).toMatch(/^é{27}_[0-9a-z]{8}$/);
  expect(Buffer.byteLength(cutName)).toBe(63);
  expect(cut('😀'.repeat(10), 14)).toMatch(/^😀-[0-9a-z]{8}$/u);
});

test('refuses a limit that leaves no room for a character and the hash', () => {
  expect(() => cut('abc', 9)).toThrow('expected a limit of at least 10 bytes, got 9');
  expect(() => cut('abc', 10.5)).toThrow('at least 10 bytes');
  expect(cut('abcdefghijk', 10)).toMatch(/^a-[0-9a-z]{8}$/);
});

test('any valid name comes out valid, within its limit, and the same when cut again', () => {
  fc.assert(
    fc.property(fc.oneof(dnsName, sqlName), fc.constantFrom(...spaces), (name, space) => {
      const result = cut(name, space);
      expect(result.length).toBeLessThanOrEqual(LIMITS[space]);
      expect(result).toMatch(/^[a-z]([-_a-z0-9]*[a-z0-9])?$/);
      expect(cut(result, space)).toBe(result);
      if (name.length <= LIMITS[space]) expect(result).toBe(name);
    }),
  );
});

test('keeps 20,000 names apart that share their head', () => {
  const names = Array.from({ length: 20_000 }, (_, i) => cut(`${'a'.repeat(63)}-${i}`, 'namespace'));
  expect(new Set(names).size).toBe(20_000);
  expect(names.every((name) => /^a{54}-[0-9a-z]{8}$/.test(name))).toBe(true);
});

test('folds an id into an SQL identifier, and no two ids into one', () => {
  expect(fold('acme-debates')).toBe('acme_debates');
  expect(fold('a--b')).toBe('a__b');
  const id = fc.stringMatching(/^[a-z][a-z0-9-]{0,6}[a-z0-9]$/);
  fc.assert(fc.property(id, id, (a, b) => (a === b) === (fold(a) === fold(b))));
});

test.each(['', '1a', 'Acme', 'a;drop', 'a b', 'ä', '-a', 'a"b'])('refuses to fold %j', (name) => {
  expect(() => fold(name)).toThrow('expected lower-case letters, digits and hyphens');
});

test('replaces placeholders, each wherever it stands', () => {
  expect(expand('{id}.{zone}/{id}', { id: 'acme', zone: 'eu.example' })).toBe('acme.eu.example/acme');
  expect(expand('port {port}', { port: 8000 })).toBe('port 8000');
});

test('reads a value as text only, never as a template or a pattern', () => {
  expect(expand('{a}{b}', { a: '{b}', b: '$&' })).toBe('{b}$&');
  expect(expand('{}{ id }{1}{"k":1}', { id: 'x' })).toBe('{}{ id }{1}{"k":1}');
});

test('names a placeholder that it does not know, and those that it does', () => {
  expect(() => expand('{idd}-app', { id: 'acme', host: 'h' })).toThrow(
    'unknown placeholder {idd} in "{idd}-app" - write one of {id}, {host}',
  );
  expect(() => expand('{id}', {})).toThrow('unknown placeholder {id} in "{id}" - none is known here');
  expect(() => expand('{constructor}', { id: 'acme' })).toThrow('unknown placeholder {constructor}');
});

test('lists placeholders once, in order of appearance', () => {
  expect(placeholders('{b}-{a}-{b}-{tenant.id}{}')).toEqual(['b', 'a', 'tenant.id']);
  expect(placeholders('none')).toEqual([]);
});

test('hashes to the first 32 bits of SHA-256, the same on every machine', () => {
  // From FIPS 180-2, the digest of "abc" begins with ba7816bf.
  expect(hash32('abc')).toBe(0xba7816bf);
  expect(hash32('')).toBe(0xe3b0c442);
});

test('spreads similar texts evenly over any small number of places', () => {
  for (const places of [7, 60, 64]) {
    const found = Array.from({ length: 10_000 }, (_, i) => hash32(`tenant-${i}`) % places);
    const mean = found.length / places;
    const counts = Array.from({ length: places }, (_, place) => found.filter((one) => one === place).length);
    const chiSquare = counts.reduce((sum, count) => sum + (count - mean) ** 2 / mean, 0);
    // Mean of the distribution plus five deviations.
    expect(chiSquare).toBeLessThan(places - 1 + 5 * Math.sqrt(2 * (places - 1)));
  }
});
