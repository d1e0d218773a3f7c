import { storeKey } from '../../lib/model/store-key';

test.each([
  ['vault', 'production/nekotab/acme/database', 'production/nekotab/acme/database'],
  ['vault', '/e-commerce/acme', 'e-commerce/acme'],
  ['aws-secrets-manager', '/e-commerce/acme', '/e-commerce/acme'],
  ['kubernetes', 'production/nekotab/acme/database', 'production.nekotab.acme.database'],
  ['kubernetes', '/e-commerce/acme', 'e-commerce.acme'],
] as const)('%s calls %s %s', (kind, path, key) => {
  expect(storeKey(kind, path)).toBe(key);
});

test.each(['Production/acme', 'a//b', 'a_b', `${'a'.repeat(63)}/`.repeat(4)])('no Secret can be called %s', (path) => {
  expect(() => storeKey('kubernetes', path)).toThrow('write names.secretPath');
});
