import { array, assert, property, string, stringMatching } from 'fast-check';
import { type RabbitmqDetails, rabbitmq } from '../../lib/backing/rabbitmq';
import { type ContextChanges, claims, offerContext, outputs, SERVERS } from './offer-context';

const offer = (options: object = {}, changes: ContextChanges = {}) =>
  rabbitmq({ name: 'events' }).offer(options, offerContext(changes));

const events = { name: '{id}.events', type: 'topic' } as const;

const claimed = (space: string, name: string, stateful: boolean, fixed: object) => ({
  ...{ space, name: `rabbit-eu/shop-acme/${name}` },
  ...{ stateful, fixed },
});

describe('RabbitMQ', () => {
  test('is a virtual host of the tenant’s own, with one user', () => {
    const given = offer();
    expect(given).toMatchObject({
      kind: 'rabbitmq',
      provision: 'shared',
      server: 'rabbit-eu',
      jurisdiction: 'eu',
      peers: [{ kind: 'cidr', cidr: '10.20.0.0/24', port: 5672 }],
      dump: null,
      own: null,
      details: { cluster: { name: 'rabbit', namespace: 'rabbitmq' }, exchanges: [], queues: [] },
    });
    expect(claims(given)).toEqual(['vhost rabbit-eu/shop-acme *', 'rabbitmq-user rabbit-eu/shop-acme']);
    expect(outputs(given)).toEqual({
      host: 'rabbit.eu.example',
      port: '5672',
      vhost: 'shop-acme',
      user: 'shop-acme',
      password: '<production/shop/acme/events#password:none>',
      url: 'amqp://shop-acme:<production/shop/acme/events#password:url>@rabbit.eu.example:5672/shop-acme',
    });
  });

  test('has its virtual host in one piece in the address', () => {
    const given = offer({ vhost: '/client-{id}' });
    expect(outputs(given)).toMatchObject({ vhost: '/client-acme' });
    expect(outputs(given).url).toMatch(/:5672\/%2Fclient-acme$/);
  });

  test('speaks TLS on the port of TLS', () => {
    const tls = { ...SERVERS['rabbit-eu'], port: 5671 } as (typeof SERVERS)[string];
    expect(outputs(offer({}, { servers: { 'rabbit-eu': tls } })).url).toMatch(/^amqps:\/\/shop-acme:/);
  });

  test('needs the operator that makes it', () => {
    expect(() => offer({}, { cluster: { operators: [] } })).toThrow('and eu-1 does not have it');
    expect(() => offer({}, { cluster: { operators: ['rabbitmq-topology'] } })).not.toThrow();
  });

  test('has the exchanges, queues and bindings that were asked for, by their names', () => {
    const queues = [
      { name: 'orders', bindings: [{ exchange: '{id}.events', routingKey: 'order.{id}.#' }] },
      { name: 'audit', type: 'classic', bindings: [{ exchange: 'amq.fanout' }] },
    ];
    expect(offer({ exchanges: [events], queues }).details).toMatchObject({
      exchanges: [{ name: 'acme.events', type: 'topic', durable: true }],
      queues: [
        { name: 'orders', type: 'quorum', bindings: [{ exchange: 'acme.events', routingKey: 'order.acme.#' }] },
        { name: 'audit', type: 'classic', bindings: [{ exchange: 'amq.fanout', routingKey: '' }] },
      ],
    });
  });

  test('claims its queues, which hold messages, and its exchanges, by what can never be changed of them', () => {
    const queues = [{ name: 'orders' }, { name: 'audit', type: 'classic' }];
    const given = offer({ exchanges: [events, { ...events, name: 'log', durable: false }], queues });
    expect(given.claims.slice(2)).toEqual([
      claimed('rabbitmq-exchange', 'acme.events', false, { type: 'topic', durable: 'true' }),
      claimed('rabbitmq-exchange', 'log', false, { type: 'topic', durable: 'false' }),
      claimed('rabbitmq-queue', 'orders', true, { type: 'quorum' }),
      claimed('rabbitmq-queue', 'audit', true, { type: 'classic' }),
    ]);
  });

  test('has no two of one name, whatever the id', () => {
    const two = [{ name: '{id}.jobs' }, { name: 'acme.jobs' }];
    expect(() => offer({ queues: two })).toThrow('two queues called "acme.jobs"');
    expect(() => offer({ queues: two }, { id: 'zeta' })).not.toThrow();
    const bindings = [
      { exchange: 'amq.topic', routingKey: '{id}' },
      { exchange: 'amq.topic', routingKey: 'acme' },
    ];
    expect(() => offer({ queues: [{ name: 'jobs', bindings }] })).toThrow('two bindings of jobs');
    expect(() => offer({ queues: [{ name: 'jobs', bindings }] }, { id: 'zeta' })).not.toThrow();
  });
});

test.each<[object, object, string]>([
  [{ vhost: 'shop' }, { vhost: 'shop/{id}' }, 'expected {id} in it'],
  [{ user: 'shop' }, { user: 'shop.{id}' }, 'expected {id} in it'],
  [{ vhost: '{id} x' }, { vhost: '{id}_x' }, 'expected lower-case letters'],
  [{ user: '{id}:x' }, { user: '{id}-x' }, 'expected lower-case letters'],
  [{ exchanges: [{ ...events, name: 'amq.x' }] }, { exchanges: [{ ...events, name: 'xamq.x' }] }, 'not beginning with'],
  [{ exchanges: [{ ...events, type: 'x' }] }, { exchanges: [{ ...events, type: 'headers' }] }, 'type'],
  [{ queues: [{ name: 'a b' }] }, { queues: [{ name: 'a:b' }] }, 'expected letters, digits'],
  [{ queues: [{ name: 'a', type: 'stream' }] }, { queues: [{ name: 'a', type: 'classic' }] }, 'type'],
  [
    { queues: [{ name: 'a', bindings: [{ exchange: '{id}.events' }] }] },
    { exchanges: [events], queues: [{ name: 'a', bindings: [{ exchange: '{id}.events' }] }] },
    'expected one of the exchanges here (amq.direct',
  ],
  [
    { queues: [{ name: 'a', bindings: [{ exchange: 'amq.topic', routingKey: 'a b' }] }] },
    { queues: [{ name: 'a', bindings: [{ exchange: 'amq.topic', routingKey: 'a.*' }] }] },
    'expected letters, digits',
  ],
])('refuses %j, not %j', (bad, good, problem) => {
  expect(() => offer(bad)).toThrow(problem);
  expect(() => offer(good)).not.toThrow();
});

test('names fit AMQP, and differ where ids do', () => {
  const ids = stringMatching(/^[a-z][a-z0-9-]{0,30}[a-z0-9]$/);
  const parts = string({ unit: stringMatching(/^[a-z0-9.-]$/), maxLength: 150 });
  assert(
    property(array(ids, { minLength: 2, maxLength: 2 }), parts, (pair, rest) => {
      const [one, other] = pair.map((id) => {
        const template = `{id}/${rest.slice(0, 90)}${'{id}'.repeat(20)}`;
        const { vhost, user } = offer({ vhost: template, user: `{id}${rest}` }, { id }).details as RabbitmqDetails;
        for (const name of [vhost, user]) expect(Buffer.byteLength(name)).toBeLessThanOrEqual(255);
        return vhost;
      });
      expect(one === other).toBe(pair[0] === pair[1]);
    }),
  );
});
