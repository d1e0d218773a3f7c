import { z } from 'zod';
import { cut, expand } from '../model/names';
import type { Claim, Offer, OfferContext, WithOutputs } from '../model/offer';
import { templateSchema } from '../model/schemas';
import type { Parts, SecretPart } from '../model/values';
import { secretOf } from './logins';
import { backingOf } from './outputs';
import { sharedPlace } from './shared-place';

/**
 * A virtual host of the tenant's own on a RabbitMQ of the platform, with the exchanges and queues that the product wants to find in
 * it, and one user that may do everything there and nothing elsewhere. Nothing in it is backed up: messages are on their way.
 */

const hasId = (text: string) => text.includes('{id}');
const NO_ID = 'expected {id} in it, so that no two tenants share it';

const vhostTemplate = templateSchema
  .regex(/^([a-z0-9./_-]|\{(id|product)\})+$/, 'expected lower-case letters, digits, "./_-", {id} and {product}')
  .refine(hasId, NO_ID);

const userTemplate = templateSchema
  .regex(/^([a-z0-9._-]|\{(id|product)\})+$/, 'expected lower-case letters, digits, "._-", {id} and {product}')
  .refine(hasId, NO_ID);

/** Of an exchange or queue; unique in the virtual host is enough. Names that begin with `amq.` are the server's own. */
const entityTemplate = templateSchema.regex(
  /^(?!amq\.)([A-Za-z0-9._:-]|\{(id|product)\})+$/,
  'expected letters, digits, "._:-", {id} and {product}, not beginning with "amq."',
);

const exchangeSchema = z.strictObject({
  name: entityTemplate,
  type: z.enum(['direct', 'fanout', 'topic', 'headers']),
  /** Outlives a restart of the server. */
  durable: z.boolean().default(true),
});

const bindingSchema = z.strictObject({
  /** One of the exchanges here, written as it is there, or one that every virtual host has, such as `amq.topic`. */
  exchange: templateSchema,
  routingKey: z
    .string()
    .max(200)
    .regex(/^([A-Za-z0-9._:*#-]|\{(id|product)\})*$/, 'expected letters, digits, "._:-", "*", "#", {id} and {product}')
    .default(''),
});

const queueSchema = z.strictObject({
  name: entityTemplate,
  bindings: z.array(bindingSchema).default([]),
  /** `quorum` is on a majority of the nodes. */
  type: z.enum(['quorum', 'classic']).default('quorum'),
});

/** What every virtual host has from the start. */
const BUILT_IN = ['amq.direct', 'amq.fanout', 'amq.topic', 'amq.headers', 'amq.match'];

const schema = z
  .strictObject({
    vhost: vhostTemplate.default('{product}-{id}'),
    user: userTemplate.default('{product}-{id}'),
    exchanges: z.array(exchangeSchema).default([]),
    queues: z.array(queueSchema).default([]),
  })
  .superRefine(({ exchanges, queues }, check) => {
    const known = [...exchanges.map(({ name }) => name), ...BUILT_IN];
    for (const [at, { bindings }] of queues.entries()) {
      for (const [index, { exchange }] of bindings.entries()) {
        if (known.includes(exchange)) continue;
        const message = `expected one of the exchanges here (${known.join(', ')})`;
        check.addIssue({
          code: 'custom',
          path: ['queues', at, 'bindings', index, 'exchange'],
          message,
          input: exchange,
        });
      }
    }
  });

export interface RabbitmqOptions<Name extends string> extends z.input<typeof schema> {
  readonly name: Name;
  /** Feature that switches it on. */
  readonly feature?: string;
}

/** What its parts in the targets need besides the offer. */
export interface RabbitmqDetails extends Record<string, unknown> {
  /** The RabbitmqCluster that has it all. */
  readonly cluster: { readonly name: string; readonly namespace: string };
  readonly vhost: string;
  readonly user: string;
  readonly password: SecretPart;
  readonly exchanges: readonly z.output<typeof exchangeSchema>[];
  readonly queues: readonly z.output<typeof queueSchema>[];
}

const OUTPUTS = ['host', 'port', 'vhost', 'user', 'password', 'url'] as const;

/** Asks for a virtual host of RabbitMQ; refer to it by `host`, `port`, `vhost`, `user`, `password` and `url`. */
export function rabbitmq<const Name extends string>(
  asked: RabbitmqOptions<Name>,
): WithOutputs<Name, (typeof OUTPUTS)[number]> {
  return backingOf(asked, { kind: 'rabbitmq', schema, outputs: OUTPUTS, offer });
}

// --- internal ---

type Options = z.output<typeof schema>;

/** IANA's port of AMQP over TLS. */
const TLS_PORT = 5671;

function offer(name: string, options: Options, context: OfferContext): Offer {
  if (!context.cluster.operators.includes('rabbitmq-topology')) {
    context.refuse(
      `a virtual host, which the messaging topology operator makes, and ${context.clusterName} does not have it`,
      'list rabbitmq-topology in the operators of the cluster',
    );
  }
  const found = context.server('rabbitmq');
  const place = sharedPlace(found, context);
  const { vhost, user, exchanges, queues } = named(options, context);
  const password: SecretPart = { path: context.secretPath(name), key: 'password', encode: 'none' };
  const claim = (
    space: Claim['space'],
    claimed: string,
    { stateful = false, fixed = {} }: Partial<Pick<Claim, 'stateful' | 'fixed'>> = {},
  ): Claim => ({ space, name: `${place.server}/${claimed}`, stateful, fixed });
  const details: RabbitmqDetails = { cluster: found.server.cluster, vhost, user, password, exchanges, queues };
  const url: Parts = [
    `${place.port === TLS_PORT ? 'amqps' : 'amqp'}://${user}:`,
    { ...password, encode: 'url' },
    `@${place.host}:${place.port}/${encodeURIComponent(vhost)}`,
  ];
  return {
    kind: 'rabbitmq',
    name,
    provision: 'shared',
    server: place.server,
    jurisdiction: place.jurisdiction,
    claims: [
      claim('vhost', vhost, { stateful: true, fixed: { host: place.host } }),
      claim('rabbitmq-user', user),
      // What they are can never be changed, but an exchange holds nothing, and may go.
      ...exchanges.map(({ name: exchange, type, durable }) =>
        claim('rabbitmq-exchange', `${vhost}/${exchange}`, { fixed: { type, durable: String(durable) } }),
      ),
      ...queues.map(({ name: queue, type }) =>
        claim('rabbitmq-queue', `${vhost}/${queue}`, { stateful: true, fixed: { type } }),
      ),
    ],
    outputs: {
      host: [place.host],
      port: [String(place.port)],
      vhost: [vhost],
      user: [user],
      password: [password],
      url,
    },
    secrets: [secretOf({ password, use: 'value', version: context.credential.value.version })],
    peers: [place.peer],
    dump: null,
    own: null,
    details,
  };
}

/** The options with names in place of templates. */
function named({ vhost, user, exchanges, queues }: Options, context: OfferContext) {
  const { id, product } = context;
  // All of them are short strings of AMQP, 255 bytes at most.
  const text = (template: string) => cut(expand(template, { id, product }), 'rabbitmqVhost');
  const result = {
    vhost: text(vhost),
    user: text(user),
    exchanges: exchanges.map((exchange) => ({ ...exchange, name: text(exchange.name) })),
    queues: queues.map((queue) => ({
      ...queue,
      name: text(queue.name),
      bindings: queue.bindings.map((binding) => ({
        exchange: text(binding.exchange),
        routingKey: expand(binding.routingKey, { id, product }),
      })),
    })),
  };
  for (const [what, names] of [
    ['exchanges', result.exchanges.map(({ name }) => name)],
    ['queues', result.queues.map(({ name }) => name)],
    ...result.queues.map(({ name, bindings }) => [
      `bindings of ${name}`,
      bindings.map(({ exchange, routingKey }) => `${exchange} ${routingKey}`),
    ]),
  ] as [string, string[]][]) {
    const twice = names.find((entry, index) => names.indexOf(entry) !== index);
    if (twice !== undefined) context.refuse(`two ${what} called ${JSON.stringify(twice)}`, 'write one of them');
  }
  return result;
}
