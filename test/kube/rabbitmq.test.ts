import { ApiObject, App, Chart } from 'cdk8s';
import { assert, property, string, uniqueArray } from 'fast-check';
import { type RabbitmqDetails, rabbitmq } from '../../lib/backing/rabbitmq';
import { RabbitmqTopology } from '../../lib/kube/rabbitmq';
import type { Space } from '../../lib/model/resolved';
import { offerContext } from '../model/offer-context';
import { space } from './fixture';

function rendered(options: object = {}, changes: Partial<Space> = {}, details: Partial<RabbitmqDetails> = {}) {
  const scope = new Chart(new App(), 'test');
  const offer = rabbitmq({ name: 'events' }).offer(options, offerContext());
  const all = { ...(offer.details as RabbitmqDetails), ...details };
  const made = new RabbitmqTopology(scope, 'events', { space: space(changes), name: 'events', details: all });
  const objects = scope.node.findAll().flatMap((node) => (ApiObject.isApiObject(node) ? [node.toJson()] : []));
  return { made, objects };
}

const reference = { name: 'rabbit', namespace: 'rabbitmq' };
const confirmed = { 'argocd.argoproj.io/sync-options': 'Prune=confirm,Delete=confirm' };

const bound = {
  exchanges: [{ name: '{id}.events', type: 'topic' }],
  queues: [
    {
      name: 'orders',
      bindings: [
        { exchange: '{id}.events', routingKey: 'order.#' },
        { exchange: 'amq.fanout', routingKey: '' },
      ],
    },
    { name: 'Orders_v2', type: 'classic' },
  ],
};

describe('what a tenant has on a RabbitMQ that it shares', () => {
  test('is a virtual host with one user, who may do everything in it and nothing elsewhere', () => {
    const { made, objects } = rendered();
    expect(objects.map(({ kind }) => kind).sort()).toEqual(['ExternalSecret', 'Permission', 'User', 'Vhost']);
    expect(made.vhost.toJson()).toMatchObject({
      metadata: { name: 'events', namespace: space().namespace },
      spec: { name: 'shop-acme', rabbitmqClusterReference: reference },
    });
    expect(made.permission.toJson().spec).toEqual({
      vhost: 'shop-acme',
      userReference: { name: 'events' },
      permissions: { configure: '.*', write: '.*', read: '.*' },
      rabbitmqClusterReference: reference,
    });
    // Tags are rights beyond virtual hosts.
    expect(made.user.toJson().spec).toEqual({
      importCredentialsSecret: { name: 'events.rabbitmq-secrets' },
      rabbitmqClusterReference: reference,
    });
  });

  test('has its credentials from the store, in a Secret that its operator reads', () => {
    const { spec, metadata } = rendered().made.credentials.externalSecret.toJson();
    expect(metadata.name).toBe('events.rabbitmq-secrets');
    expect(spec.target.template.data.username).toBe('shop-acme');
    expect(Object.keys(spec.target.template.data)).toEqual(['password', 'username']);
    expect(spec.target.template.metadata.labels).toHaveProperty(['rabbitmq.com/topology-operator'], 'true');
  });

  test('has the exchanges, queues and bindings that were asked for', () => {
    const { made } = rendered(bound);
    const vhost = 'shop-acme';
    expect(made.exchanges.map((exchange) => exchange.toJson().spec)).toEqual([
      {
        name: 'acme.events',
        type: 'topic',
        durable: true,
        autoDelete: false,
        vhost,
        rabbitmqClusterReference: reference,
      },
    ]);
    expect(made.queues.map((queue) => queue.toJson().spec)).toMatchObject([
      { name: 'orders', type: 'quorum', durable: true, vhost },
      { name: 'Orders_v2', type: 'classic', durable: true, vhost },
    ]);
    expect(made.bindings.map((binding) => binding.toJson().spec)).toMatchObject([
      { source: 'acme.events', destination: 'orders', destinationType: 'queue', routingKey: 'order.#', vhost },
      { source: 'amq.fanout', destination: 'orders', destinationType: 'queue', routingKey: '', vhost },
    ]);
  });

  test('does not lose messages without a confirmation', () => {
    const { objects } = rendered(bound);
    const asks = objects.filter(({ metadata }) => 'argocd.argoproj.io/sync-options' in metadata.annotations);
    expect(asks.map(({ kind }) => kind).sort()).toEqual(['Queue', 'Queue', 'Vhost']);
    for (const { metadata } of asks) expect(metadata.annotations).toMatchObject(confirmed);
  });

  test('stays while the space is suspended', () => {
    expect(rendered(bound, { suspended: true }).objects).toEqual(rendered(bound).objects);
  });
});

test('names of objects are Kubernetes’, and differ where those of queues do', () => {
  expect(rendered(bound).made.queues[0]?.name).toBe('events.orders');
  const names = uniqueArray(string({ minLength: 1, maxLength: 255, unit: 'binary-ascii' }), { maxLength: 8 });
  assert(
    property(names, (given) => {
      const queues = given.map((name) => ({ name, type: 'quorum' as const, bindings: [] }));
      const made = rendered({}, {}, { queues }).made.queues.map(({ name }) => name);
      expect(new Set(made).size).toBe(given.length);
      for (const name of made) {
        expect(name).toMatch(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/);
        expect(name.length).toBeLessThanOrEqual(253);
      }
    }),
    { numRuns: 50 },
  );
});
