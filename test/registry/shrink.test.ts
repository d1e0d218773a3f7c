import { rabbitmq } from '../../lib/backing/rabbitmq';
import type { Tenant } from '../../lib/model/resolved';
import type { IndexEntry } from '../../lib/registry/index-entry';
import { lossProblems } from '../../lib/registry/loss';
import { offerContext } from '../model/offer-context';
import { claimsOf, entry, now } from './support';

function lost(before: readonly IndexEntry[], after: readonly Tenant[]) {
  return lossProblems(before, after, 'dist');
}

describe('what Kubernetes never lets change', () => {
  test('is refused for a volume that would shrink', () => {
    expect(lost([entry('acme')], [now('acme', { claims: claimsOf('acme', 'eu-1', 9) })])).toEqual([
      {
        code: 'E_LOSS_SHRINK',
        file: 'tenants/acme.ts',
        path: '',
        found: 'sizeGiB of the volume "eu-1/nekotab-acme/media" is 10 in dist/index, here 9',
        fix: 'write at least 10; a volume never shrinks',
      },
    ]);
  });

  test('is refused for a storage class that would change', () => {
    expect(lost([entry('acme')], [now('acme', { claims: claimsOf('acme', 'eu-1', 10, 'slow') })])).toMatchObject([
      { code: 'E_LOSS_SHRINK', fix: 'write "fast"; it never changes' },
    ]);
  });

  test('is refused for a size that becomes a text', () => {
    const claims = claimsOf('acme', 'eu-1').map((c) => (c.space === 'volume' ? { ...c, fixed: { sizeGiB: '20' } } : c));
    expect(lost([entry('acme')], [now('acme', { claims })])).toMatchObject([{ code: 'E_LOSS_SHRINK' }]);
  });

  test('may change for a tenant that is purged, and where a later version holds less fixed', () => {
    const purged = now('acme', { state: 'purged', claims: claimsOf('acme', 'eu-1', 1, 'slow') });
    const freer = now('acme', { claims: claimsOf('acme', 'eu-1').map((c) => ({ ...c, fixed: {} })) });
    expect(lost([entry('acme')], [purged])).toEqual([]);
    expect(lost([entry('acme')], [freer])).toEqual([]);
  });
});

describe('what RabbitMQ and its operator never let change', () => {
  const before = { exchanges: [{ name: 'events', type: 'topic' }], queues: [{ name: 'orders' }] };
  const claims = (options: object) => rabbitmq({ name: 'broker' }).offer(options, offerContext()).claims;
  const change = (options: object) =>
    lost([{ ...entry('acme'), claims: claims(before) }], [now('acme', { claims: claims({ ...before, ...options }) })]);

  test.each<[string, object, string, string]>([
    ['the type of a queue', { queues: [{ name: 'orders', type: 'classic' }] }, 'queue', 'write "quorum"'],
    ['the type of an exchange', { exchanges: [{ name: 'events', type: 'direct' }] }, 'exchange', 'write "topic"'],
    [
      'whether an exchange is durable',
      { exchanges: [{ name: 'events', type: 'topic', durable: false }] },
      'exchange',
      'write "true"',
    ],
  ])('is refused: %s', (_, options, what, fix) => {
    const [problem, ...others] = change(options);
    expect(others).toEqual([]);
    expect(problem).toMatchObject({ code: 'E_LOSS_SHRINK', found: expect.stringContaining(`the RabbitMQ ${what} "`) });
    expect(problem?.fix).toBe(`${fix}; it never changes, and one of another name may have another`);
  });

  test('is refused for a queue that would go, with what is in it', () => {
    expect(change({ queues: [] })).toMatchObject([
      { code: 'E_LOSS_CLAIM', found: expect.stringContaining('the RabbitMQ queue "rabbit-eu/shop-acme/orders"') },
    ]);
  });

  test('may be otherwise under another name, and an exchange may go', () => {
    expect(change({})).toEqual([]);
    expect(change({ exchanges: [{ name: 'news', type: 'direct' }] })).toEqual([]);
    expect(change({ queues: [...before.queues, { name: 'orders-2', type: 'classic' }] })).toEqual([]);
  });
});
