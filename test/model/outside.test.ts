import { egressProblem, egressRanges, peerRange } from '../../lib/model/outside';
import { cluster } from '../kube/fixture';

test.each(['internet', '203.0.113.0/24', '10.0.0.0/8', '0.0.0.0/0', '::/0'])('egress to %s is possible', (to) => {
  expect(egressProblem(to, cluster)).toBeNull();
  expect(() => egressRanges({ to }, cluster)).not.toThrow();
});

test.each([
  ['169.254.169.254/32', 'metadata'],
  ['169.254.20.10/32', 'metadata'],
  ['168.63.129.16/32', 'metadata'],
  ['fd00:ec2::254/128', 'metadata'],
  ['10.244.0.0/16', 'pods'],
  ['10.244.3.0/24', 'pods'],
  ['10.96.0.10/32', 'services'],
])('egress to %s is refused, since it lies among %s', (to, what) => {
  expect(egressProblem(to, cluster)).toContain(what);
  expect(() => egressRanges({ to }, cluster)).toThrow(what);
});

test('a range is opened without what is closed inside it, each once', () => {
  expect(egressRanges({ to: '10.0.0.0/8' }, cluster)).toEqual([
    { kind: 'range', cidr: '10.0.0.0/8', except: ['10.96.0.0/12', '10.244.0.0/16'] },
  ]);
  expect(egressRanges({ to: '203.0.113.0/24' }, cluster)).toEqual([
    { kind: 'range', cidr: '203.0.113.0/24', except: [] },
  ]);
});

test('the internet is both families without what is private', () => {
  const [v4, v6] = egressRanges({ to: 'internet' }, cluster);
  expect(v4).toMatchObject({ cidr: '0.0.0.0/0' });
  expect(v4?.except).toEqual(
    expect.arrayContaining(['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', '169.254.0.0/16', '168.63.129.16/32']),
  );
  expect(v6).toEqual({ kind: 'range', cidr: '::/0', except: ['::1/128', 'fc00::/7', 'fe80::/10'] });
});

test('a server of the platform may lie among the pods, and nothing may lie among metadata', () => {
  const peer = (cidr: string) => peerRange({ kind: 'cidr', cidr, port: 5432 }, cluster);
  expect(peer('10.244.7.0/24')).toEqual({ kind: 'range', cidr: '10.244.7.0/24', except: [] });
  expect(peer('10.0.0.0/8').except).toEqual(['10.96.0.0/12', '10.244.0.0/16']);
  expect(() => peer('169.254.169.254/32')).toThrow('which nothing may reach');
});
