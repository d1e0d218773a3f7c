import { rabbitmq } from '../../lib';
import type { Tenant } from '../../lib/model/resolved';
import { lossProblems } from '../../lib/registry/loss';
import { model, resolved, shop } from '../model/fixture';

const broker = {
  ...{ engine: 'rabbitmq', version: '4.1', region: 'north', host: 'rabbit.eu.example', port: 5672 },
  ...{ peer: { cidr: '10.20.0.0/24' }, cluster: { name: 'rabbit', namespace: 'rabbitmq' } },
};

/** A tenant whose events have these queues, and an exchange or none. */
function having(queues: { name: string; type?: 'quorum' | 'classic' }[], exchange = true): Tenant {
  const exchanges = exchange ? [{ name: 'events', type: 'topic' as const }] : [];
  const product = { ...shop, backing: [...shop.backing, rabbitmq({ name: 'events', exchanges, queues })] };
  const platform = model(
    {
      'servers.rabbit-eu': broker,
      'clusters.eu-1.servers.rabbitmq': 'rabbit-eu',
      'clusters.eu-1.operators': ['cloudnative-pg', 'rabbitmq-topology'],
      'clusters.us-1.products': [],
    },
    [product],
  );
  return resolved({}, platform);
}

/** What a change of the product costs the tenant. */
function lost(before: Tenant, after: Tenant) {
  const { id, product, planName: plan, state, clusterName: placement, namespace, claims } = before;
  return lossProblems([{ id, product, plan, state, placement, namespace, claims, files: {} }], [after], 'main');
}

const mail = { name: 'mail' };
const orders = { name: 'orders' };

test('a queue that goes would take its messages along, and is refused', () => {
  expect(lost(having([mail, orders]), having([mail]))).toMatchObject([
    {
      code: 'E_LOSS_CLAIM',
      file: 'acme.ts',
      found: expect.stringMatching(
        /^the RabbitMQ queue "rabbit-eu\/.*\/orders", which holds data in dist\/index of "main"/,
      ),
    },
  ]);
});

test('a queue under another name would start empty, and is refused', () => {
  expect(lost(having([mail]), having([orders]))).toMatchObject([
    { code: 'E_LOSS_CLAIM', found: expect.stringMatching(/would be ".*\/orders"$/) },
  ]);
});

test('a queue of another type under the same name is refused', () => {
  expect(lost(having([mail]), having([{ ...mail, type: 'classic' }]))).toMatchObject([{ code: 'E_LOSS_SHRINK' }]);
});

test('a queue may be added, all may stay in another order, and an exchange may go', () => {
  expect(lost(having([mail]), having([mail, orders]))).toEqual([]);
  expect(lost(having([]), having([mail]))).toEqual([]);
  expect(lost(having([mail, orders]), having([orders, mail], false))).toEqual([]);
});
