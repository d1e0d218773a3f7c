import fc from 'fast-check';
import { digest } from '../../lib/kube/digest';

test('the order of keys does not count, at any depth', () => {
  expect(digest({ a: 1, b: { c: [{ d: 2, e: 3 }] } }, 10)).toBe(digest({ b: { c: [{ e: 3, d: 2 }] }, a: 1 }, 10));
});

test('the order of lists does', () => {
  expect(digest([1, 2], 10)).not.toBe(digest([2, 1], 10));
});

test('a field that is undefined is as good as none', () => {
  expect(digest({ a: 1, b: undefined }, 10)).toBe(digest({ a: 1 }, 10));
});

test('it has the length that was asked for and differs where the data do', () => {
  fc.assert(
    fc.property(fc.dictionary(fc.string(), fc.string()), fc.string(), (data, text) => {
      const changed = { ...data, added: `${data.added ?? ''}${text}!` };
      expect(digest(data, 10)).toMatch(/^[0-9a-f]{10}$/);
      expect(digest(changed, 10)).not.toBe(digest(data, 10));
    }),
  );
});
