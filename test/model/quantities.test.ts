import fc from 'fast-check';
import { cpu, memory, parseQuantity, storage } from '../../lib/model/quantities';

test.each([
  [0, '0'],
  [0.001, '1m'],
  [0.25, '250m'],
  [1, '1'],
  [1.5, '1500m'],
  [2, '2'],
  [1000, '1k'],
  [1500, '1500'],
  [2_000_000, '2M'],
  [3e12, '3T'],
])('writes %p cores as %s', (cores, text) => {
  expect(cpu(cores)).toBe(text);
});

test.each([
  [0, '0'],
  [0.5, '512Ki'],
  [512, '512Mi'],
  [1024, '1Gi'],
  [1536, '1536Mi'],
  [2048, '2Gi'],
  [1024 ** 2, '1Ti'],
])('writes %p MiB as %s', (mib, text) => {
  expect(memory(mib)).toBe(text);
});

test.each([
  [0, '0'],
  [0.5, '512Mi'],
  [1, '1Gi'],
  [10, '10Gi'],
  [1024, '1Ti'],
  [2.5, '2560Mi'],
  [1024 ** 2, '1Pi'],
  [1024 ** 3, '1Ei'],
])('writes %p GiB as %s', (gib, text) => {
  expect(storage(gib)).toBe(text);
});

test('refuses cores that are finer than a thousandth, and accepts the noise of a sum', () => {
  expect(() => cpu(0.0005)).toThrow('expected a number of cores of at least 0 with up to 3 decimals, got 0.0005');
  expect(() => cpu(1.00001)).toThrow('got 1.00001');
  expect(cpu(0.1 + 0.2)).toBe('300m');
  expect(cpu(1.005)).toBe('1005m');
});

test('refuses memory and storage that are finer than a KiB', () => {
  expect(() => memory(0.1)).toThrow('expected a number of MiB of at least 0 that is a whole number of KiB, got 0.1');
  expect(() => storage(0.3)).toThrow('expected a number of GiB of at least 0');
  expect(memory(1 / 1024)).toBe('1Ki');
  expect(storage(1 / 1024 ** 2)).toBe('1Ki');
});

test.each([-1, Number.NaN, Number.POSITIVE_INFINITY, 1e300])('refuses %p of anything', (amount) => {
  for (const write of [cpu, memory, storage]) expect(() => write(amount)).toThrow(`got ${amount}`);
});

test.each([
  ...Object.entries({ '1500m': 1.5, 2: 2, '0.5': 0.5, '.5': 0.5, '5.': 5, '+3': 3, '-3': -3, '0.3m': 0.0003 }),
  ...Object.entries({
    '100n': 1e-7,
    '100u': 1e-4,
    '1k': 1e3,
    '1M': 1e6,
    '1G': 1e9,
    '1T': 1e12,
    '1P': 1e15,
    '1E': 1e18,
  }),
  ...Object.entries({ '1Ki': 1024, '1Mi': 1024 ** 2, '2Gi': 2147483648, '1.5Gi': 1.5 * 1024 ** 3, '1Ti': 1024 ** 4 }),
  ...Object.entries({ '1Pi': 1024 ** 5, '1Ei': 1024 ** 6, '1e3': 1000, '1E3': 1000, '12e-3': 0.012, '1.5e+3': 1500 }),
])('reads %s as %p', (text, value) => {
  expect(parseQuantity(text)).toBe(value);
});

test.each([
  '',
  '4GB',
  '1 Gi',
  '1K',
  '1ki',
  '1mi',
  'Gi',
  '.',
  '1e',
  '1e3Ki',
  '1.2.3',
  '0x10',
  '1,5',
  ' 1',
  '1\n',
  '--1',
])('refuses to read %j, as the API server does', (text) => {
  expect(() => parseQuantity(text)).toThrow(
    `expected a quantity such as "250m", "2" or "512Mi", got ${JSON.stringify(text)}`,
  );
});

test('reads back exactly what it wrote, for any cores in thousandths', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 100_000_000 }), (milli) => {
      expect(parseQuantity(cpu(milli / 1000))).toBe(milli / 1000);
    }),
  );
});

test('reads back exactly what it wrote, for any memory and storage in KiB', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 40 }), (kib) => {
      expect(parseQuantity(memory(kib / 1024))).toBe(kib * 1024);
      expect(parseQuantity(storage(kib / 1024 ** 2))).toBe(kib * 1024);
    }),
  );
});

test('writes one spelling only: what was written, read and written again is the same', () => {
  fc.assert(
    fc.property(fc.integer({ min: 0, max: 2 ** 30 }), (amount) => {
      const cores = cpu(amount / 1000);
      expect(cpu(parseQuantity(cores))).toBe(cores);
      const mib = memory(amount);
      expect(memory(parseQuantity(mib) / 1024 ** 2)).toBe(mib);
      expect(mib).toMatch(/^(0|[1-9]\d*[KMGTPE]i)$/);
    }),
  );
});

test('uses the greatest suffix that leaves a whole number', () => {
  fc.assert(
    fc.property(fc.integer({ min: 1, max: 2 ** 40 }), (mib) => {
      const [, number = '', suffix] = /^(\d+)(\w+)$/.exec(memory(mib)) ?? [];
      expect(Number(number) % 1024 !== 0 || suffix === 'Ei').toBe(true);
    }),
  );
});
