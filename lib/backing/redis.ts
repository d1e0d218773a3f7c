import { z } from 'zod';
import type { Claim, Offer, OfferContext, Peer, WithOutputs } from '../model/offer';
import { cpuSchema, imageSchema, mibSchema } from '../model/schemas';
import type { Parts, SecretPart } from '../model/values';
import { secretOf } from './logins';
import { backingOf } from './outputs';
import { sharedPlace } from './shared-place';

/**
 * A Redis for sessions, channels and caches. On a shared server a tenant has a user of its own whose ACL ends at its key prefix; an own
 * server is the tenant's alone. Nothing in it is backed up, volume or not: what must last belongs in a database.
 */

const schema = z.strictObject({
  provision: z.enum(['shared', 'own']).default('shared'),
  own: z
    .strictObject({
      image: imageSchema.default('docker.io/library/redis:7.4.2-alpine'),
      cpu: cpuSchema.default(0.1),
      memoryMiB: mibSchema.default(128),
      /** Of a volume that keeps an append-only file, so that what is in it outlives the pod; 0 keeps nothing. */
      storageGiB: z.int('expected a whole number of GiB').min(0).max(1_000_000).default(0),
    })
    .prefault({}),
});

export interface RedisOptions<Name extends string> extends z.input<typeof schema> {
  readonly name: Name;
  /** Feature that switches it on. */
  readonly feature?: string;
}

/** What its parts in the targets need besides the offer. */
export interface RedisDetails extends Record<string, unknown> {
  readonly user: string;
  readonly prefix: string;
  readonly password: SecretPart;
}

const OUTPUTS = ['host', 'port', 'user', 'password', 'prefix', 'url'] as const;

/** Asks for a Redis; refer to it by `host`, `port`, `user`, `password`, `prefix` (ends in a colon) and `url`. */
export function redis<const Name extends string>(
  asked: RedisOptions<Name>,
): WithOutputs<Name, (typeof OUTPUTS)[number]> {
  return backingOf(asked, { kind: 'redis', schema, outputs: OUTPUTS, offer });
}

// --- internal ---

function offer(name: string, options: z.output<typeof schema>, context: OfferContext): Offer {
  const isOwn = options.provision === 'own';
  const password: SecretPart = { path: context.secretPath(name), key: 'password', encode: 'none' };
  const prefix = `${context.id}:`;
  // An own server knows one user, Redis' own `default`.
  const user = isOwn ? 'default' : context.id;
  const podLabels = { 'app.kubernetes.io/instance': context.id, 'app.kubernetes.io/name': name };
  const place = isOwn
    ? {
        server: null,
        host: name,
        port: 6379,
        jurisdiction: context.jurisdiction,
        peer: { kind: 'pods', namespace: context.namespace, podLabels, port: 6379 } as Peer,
      }
    : sharedPlace(context.server('redis'), context);
  const url: Parts = [`redis://${user}:`, { ...password, encode: 'url' }, `@${place.host}:${place.port}/0`];
  const details: RedisDetails = { user, prefix, password };
  return {
    kind: 'redis',
    name,
    provision: options.provision,
    server: place.server,
    jurisdiction: place.jurisdiction,
    claims:
      place.server === null
        ? ownClaims(name, options.own.storageGiB, context)
        : [{ space: 'redis-prefix', name: `${place.server}/${prefix}`, stateful: false, fixed: {} }],
    outputs: {
      host: [place.host],
      port: [String(place.port)],
      user: [user],
      password: [password],
      prefix: [prefix],
      url,
    },
    secrets: [secretOf({ password, use: 'value', version: context.credential.value.version })],
    peers: [place.peer],
    dump: null,
    own: isOwn
      ? {
          name,
          image: options.own.image,
          instances: 1,
          cpu: options.own.cpu,
          memoryMiB: options.own.memoryMiB,
          storageGiB: options.own.storageGiB,
          port: 6379,
          podLabels,
        }
      : null,
    details,
  };
}

/** The volume of a server that keeps something, as a service's volume is claimed: it may grow, and nothing else of it may change. */
function ownClaims(name: string, sizeGiB: number, { clusterName, namespace, cluster }: OfferContext): Claim[] {
  if (sizeGiB === 0) return [];
  const fixed = { sizeGiB, storageClass: cluster.storageClass };
  return [{ space: 'volume', name: `${clusterName}/${namespace}/${name}-data`, stateful: true, fixed }];
}
