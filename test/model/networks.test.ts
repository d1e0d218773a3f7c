import fc from 'fast-check';
import { canonicalCidr, contains, exceptFor, METADATA, overlaps, PRIVATE, parseCidr } from '../../lib/model/networks';

const ipv4 = fc.tuple(fc.nat({ max: 2 ** 32 - 1 }), fc.integer({ min: 0, max: 32 })).map(([number, prefix]) => {
  const bits = [24, 16, 8, 0].map((shift) => (number >>> shift) & 255);
  return canonical(`${bits.join('.')}/${prefix}`);
});
const ipv6 = fc.tuple(
  fc.array(fc.nat({ max: 0xffff }), { minLength: 8, maxLength: 8 }),
  fc.integer({ min: 0, max: 80 }),
);
const cidr = fc.oneof(
  ipv4,
  ipv6.map(([parts, prefix]) => canonical(`${parts.map((part) => part.toString(16)).join(':')}/${prefix}`)),
);

/** The range itself, or the one that the problem suggests. */
function canonical(text: string): string {
  const { cidr: found, problem } = canonicalCidr(text);
  return found ?? problem?.split(' - write ')[1] ?? '';
}

test.each([
  ['10.0.0.0/8', '10.0.0.0/8'],
  ['0.0.0.0/0', '0.0.0.0/0'],
  ['192.0.2.7/32', '192.0.2.7/32'],
  ['2001:DB8:0:0::/32', '2001:db8::/32'],
  ['::/0', '::/0'],
  ['::1/128', '::1/128'],
  ['64:ff9b::/96', '64:ff9b::/96'],
])('writes %s as %s', (text, expected) => {
  expect(canonicalCidr(text)).toEqual({ cidr: expected });
});

test.each([
  ['10.0.0.1/8', '10.0.0.0/8'],
  ['10.1.2.3/0', '0.0.0.0/0'],
  ['192.168.1.129/25', '192.168.1.128/25'],
  ['2001:db8::1/64', '2001:db8::/64'],
])('suggests for %s, whose bits pass its mask, %s', (text, suggested) => {
  const problem = `expected an address range without bits beyond its mask, got "${text}" - write ${suggested}`;
  expect(canonicalCidr(text)).toEqual({ problem });
  expect(canonicalCidr(suggested)).toEqual({ cidr: suggested });
});

test.each([
  ['10.0.0.1', 'write 10.0.0.1/32 for a single address'],
  ['::1', 'write ::1/128 for a single address'],
  ['', 'write one such as 10.0.0.0/16 or 2001:db8::/32'],
  ['10/8', 'write one such as'],
  ['10.1', 'write one such as'],
  ['10.0.0.0/33', 'write one such as'],
  ['10.0.0.0/', 'write one such as'],
  ['10.0.0.0/-1', 'write one such as'],
  ['10.0.0.0/08', 'write one such as'],
  ['010.0.0.0/8', 'write one such as'],
  ['0x0a.0.0.0/8', 'write one such as'],
  ['10.0.0.0/255.0.0.0', 'write one such as'],
  [' 10.0.0.0/8', 'write one such as'],
  ['256.0.0.0/8', 'write one such as'],
  ['2001:db8::/129', 'write one such as'],
  ['2001:db8::/032', 'write one such as'],
  ['1::2::3/64', 'write one such as'],
  ['acme.example', 'write one such as'],
  ['fe80::1%eth0/64', 'leave out the zone'],
  ['fe80::1%eth0', 'leave out the zone'],
  ['::1.2.3.4/128', 'write IPv4, or IPv6 in hexadecimal all through'],
  ['::ffff:10.0.0.0/104', 'write IPv4, or IPv6 in hexadecimal all through'],
  ['::ffff:a00:0/104', 'IPv4 inside IPv6 - write 10.0.0.0/8'],
  ['::ffff:0:0/96', 'IPv4 inside IPv6 - write 0.0.0.0/0'],
])('refuses %j: %s', (text, problem) => {
  expect(canonicalCidr(text).problem).toContain(problem);
  expect(parseCidr(text).problem).toMatch(/^expected an address range, got .* - (write|leave) .*[^.]$/);
  expect(() => contains('10.0.0.0/8', text)).toThrow(problem);
});

test('reads a range as a number, without the bits beyond its mask', () => {
  expect(parseCidr('10.1.2.3/16')).toEqual({ network: { family: 'ipv4', first: 0x0a010000n, prefix: 16 } });
  const first = 0x20010db8n << 96n;
  expect(parseCidr('2001:db8::5/32')).toEqual({ network: { family: 'ipv6', first, prefix: 32 } });
});

test.each([
  ['10.0.0.0/8', '10.1.0.0/16', true],
  ['10.0.0.0/8', '10.0.0.0/8', true],
  ['10.0.0.0/8', '11.0.0.0/16', false],
  ['10.1.0.0/16', '10.0.0.0/8', false],
  ['0.0.0.0/0', '255.255.255.255/32', true],
  ['0.0.0.0/0', '2001:db8::/32', false],
  ['::/0', '10.0.0.0/8', false],
  ['::/0', 'fd00:ec2::254/128', true],
  ['fc00::/7', 'fd00:ec2::254/128', true],
  ['fe80::/10', 'fd00:ec2::254/128', false],
])('%s contains %s: %p', (outer, inner, expected) => {
  expect(contains(outer, inner)).toBe(expected);
});

test('two ranges overlap when one contains the other, and then only', () => {
  expect(overlaps('10.0.0.0/8', '10.1.0.0/16')).toBe(true);
  expect(overlaps('10.1.0.0/16', '10.0.0.0/8')).toBe(true);
  expect(overlaps('10.0.0.0/9', '10.128.0.0/9')).toBe(false);
});

test('lists what is closed inside a range, by address, once, without what another one holds', () => {
  const closed = ['192.168.0.0/16', '10.1.2.0/24', '10.1.0.0/16', 'fc00::/7', '10.1.0.0/16', '100.64.0.0/10'];
  expect(exceptFor('0.0.0.0/0', closed)).toEqual(['10.1.0.0/16', '100.64.0.0/10', '192.168.0.0/16']);
  expect(exceptFor('10.0.0.0/8', closed)).toEqual(['10.1.0.0/16']);
  expect(exceptFor('::/0', closed)).toEqual(['fc00::/7']);
  expect(exceptFor('172.16.0.0/12', closed)).toEqual([]);
});

test('keeps the widest of ranges that begin alike, in whatever order they come', () => {
  const closed = ['10.1.0.0/24', '10.1.0.0/16', '10.1.0.0/20'];
  for (const order of [closed, closed.toReversed(), closed.toSorted()]) {
    expect(exceptFor('10.0.0.0/8', order)).toEqual(['10.1.0.0/16']);
  }
});

test('never lists the range itself nor one around it, which the API server would refuse', () => {
  expect(exceptFor('10.1.0.0/16', ['10.1.0.0/16', '10.0.0.0/8', '10.1.2.0/24'])).toEqual(['10.1.2.0/24']);
});

test('exceptions are strictly inside, apart from each other, and hold all that is closed inside', () => {
  fc.assert(
    fc.property(cidr, fc.array(cidr, { maxLength: 12 }), (outer, closed) => {
      const except = exceptFor(outer, closed);
      for (const inner of except)
        expect(contains(outer, inner) && inner !== outer && closed.includes(inner)).toBe(true);
      for (const a of except) expect(except.filter((b) => overlaps(a, b))).toEqual([a]);
      const inside = closed.filter((range) => contains(outer, range) && range !== outer);
      for (const range of inside) expect(except.some((one) => contains(one, range))).toBe(true);
      expect(exceptFor(outer, closed.toReversed())).toEqual(except);
    }),
  );
});

test('closes metadata under the whole internet in ranges that are canonical', () => {
  for (const range of [...METADATA, ...PRIVATE]) expect(canonicalCidr(range)).toEqual({ cidr: range });
  expect(exceptFor('0.0.0.0/0', METADATA)).toEqual(['100.100.100.200/32', '168.63.129.16/32', '169.254.0.0/16']);
  expect(exceptFor('::/0', METADATA)).toEqual(['fd00:ec2::254/128', 'fd20:ce::254/128']);
  const open = METADATA.filter((range) => !PRIVATE.some((whole) => contains(whole, range)));
  expect(open).toEqual(['168.63.129.16/32']);
  const ends = ['10.255.255.255', '172.31.255.255', '192.168.255.255', '100.127.255.255', '127.255.255.255'];
  for (const end of ends) expect(PRIVATE.some((range) => contains(range, `${end}/32`))).toBe(true);
  for (const next of ['11.0.0.0', '172.15.255.255', '172.32.0.0', '192.169.0.0', '100.63.255.255', '100.128.0.0']) {
    expect(PRIVATE.some((range) => contains(range, `${next}/32`))).toBe(false);
  }
  expect(exceptFor('0.0.0.0/0', PRIVATE)).toHaveLength(6);
  expect(exceptFor('::/0', PRIVATE)).toEqual(['::1/128', 'fc00::/7', 'fe80::/10']);
});
