import { z } from 'zod';
import { storageAddress } from '../model/backup-bucket';
import type { Login } from '../model/credentials';
import { cut, expand } from '../model/names';
import type { Claim, Offer, OfferContext, WithOutputs } from '../model/offer';
import { templateSchema } from '../model/schemas';
import type { SecretPart } from '../model/values';
import { loginOf, passwordOf, pick, secretOf } from './logins';
import { type Taken, withOutputs } from './outputs';
import { sharedPlace } from './shared-place';

/**
 * Buckets of the tenant's own on an S3 storage of the platform, and users, which take turns, that may read, write and delete in them and
 * in no others. Nothing dumps them: versions of what was overwritten or deleted are kept instead, for as long as is said here.
 */

/** What may stand in names of buckets and users, whatever is put in place of the placeholders; dots break certificates. */
const nameTemplate = templateSchema
  .regex(
    /^(?!-)([a-z0-9-]|\{(id|product)\})+(?<!-)$/,
    'expected lower-case letters, digits, "-", {id} and {product}, with no hyphen at its ends',
  )
  .refine((text) => text.includes('{id}'), 'expected {id} in it, so that no two tenants share it')
  .refine(
    (text) => text.replaceAll('{id}', 'xx').replaceAll('{product}', 'x').length >= 3,
    'expected a name of at least 3 characters, however short the id',
  );

/** What a product calls a bucket, as a member: `storage.products`. */
const useSchema = z
  .string()
  .regex(/^[a-z][A-Za-z0-9]{0,39}$/, 'expected letters and digits, beginning with a small letter, such as products')
  .refine((use) => !(use in Object.prototype), 'expected a name that not every object has already');

const schema = z.strictObject({
  /** Names of the buckets by what they are for; `{id}` and `{product}` are known. */
  buckets: z
    .record(useSchema, nameTemplate)
    .refine((names) => Object.keys(names).length > 0, 'expected at least one bucket')
    .refine(
      (names) => new Set(Object.values(names)).size === Object.keys(names).length,
      'expected another name for each bucket',
    ),
  /** What the users of them all begin with; a user's name is what the storage takes for the access key's id. */
  user: nameTemplate.default('{product}-{id}'),
  /** Keep what is overwritten or deleted. */
  versioning: z.boolean().default(true),
  /** How long that is kept. */
  expireNoncurrentDays: z.int().min(1).max(36_500).default(30),
});

export interface BucketsOptions<Name extends string, Use extends string>
  extends Omit<z.input<typeof schema>, 'buckets'> {
  readonly name: Name;
  /** Feature that switches it on. */
  readonly feature?: string;
  /** Templates of the buckets' names by what they are for. */
  readonly buckets: { readonly [use in Use]: string } & Taken<Fixed>;
}

/** What its parts in the targets need besides the offer. */
export interface BucketDetails extends Record<string, unknown> {
  /** In use. */
  readonly user: string;
  readonly secret: SecretPart;
  readonly logins: readonly Login[];
  /** What the users' names begin with, and the policy's name. */
  readonly base: string;
  /** In order of their uses. */
  readonly buckets: readonly { readonly use: string; readonly name: string }[];
  readonly versioning: boolean;
  readonly expireNoncurrentDays: number;
}

const OUTPUTS = ['endpoint', 'region', 'accessKeyId', 'secretAccessKey'] as const;

type Fixed = (typeof OUTPUTS)[number];

/**
 * Asks for buckets; refer to the storage by `endpoint`, `region`, `accessKeyId` and `secretAccessKey`, and to the name of each
 * bucket by what it is for, such as `storage.products`.
 */
export function buckets<const Name extends string, const Use extends string>({
  name,
  feature,
  ...options
}: BucketsOptions<Name, Use>): WithOutputs<Name, Fixed | Use> {
  // Registries may be plain JavaScript: the schema says what is wrong with anything else.
  const uses = Object.keys(options.buckets ?? {}) as Use[];
  return withOutputs(
    {
      kind: 'bucket',
      name,
      feature: feature ?? null,
      options,
      schema,
      offer: (given, context) => offer(name, uses, schema.parse(given), context),
    },
    [...OUTPUTS, ...uses],
  );
}

// --- internal ---

/** MinIO's access keys are 3 to 20 characters where it makes them, and it takes longer ones; AWS IAM ends names at 64. */
const USER_LIMIT = 64 - '-a'.length;

/** Amazon S3 user guide, "General purpose bucket naming rules". */
const RESERVED = /^(xn--|sthree-|amzn-s3-demo-)|(-s3alias|--ol-s3|--x-s3|--table-s3)$/;

function offer(name: string, uses: readonly string[], options: z.output<typeof schema>, context: OfferContext): Offer {
  const { id, product } = context;
  const found = context.server('s3');
  const place = sharedPlace(found, context);
  const base = cut(expand(options.user, { id, product }), USER_LIMIT);
  const named = namesOf(uses, options.buckets, context);
  const logins = (['a', 'b'] as const).map((use) => ({
    ...loginOf(name, use, { user: `${base}-${use}`, connections: 0 }, context),
    password: passwordOf(name, use, context, 'secretAccessKey'),
  }));
  const { user, password: secret } = pick(logins, context.credential.active);
  const claim = (space: Claim['space'], claimed: string, fixed: Claim['fixed'] | null): Claim => ({
    space,
    name: `${place.server}/${claimed}`,
    stateful: fixed !== null,
    fixed: fixed ?? {},
  });
  const details: BucketDetails = {
    user,
    secret,
    logins,
    base,
    buckets: named,
    versioning: options.versioning,
    expireNoncurrentDays: options.expireNoncurrentDays,
  };
  return {
    kind: 'bucket',
    name,
    provision: 'shared',
    server: place.server,
    jurisdiction: place.jurisdiction,
    claims: [
      ...named.map((bucket) => claim('bucket', bucket.name, { host: place.host })),
      ...logins.map((login) => claim('s3-user', login.user, null)),
    ],
    outputs: {
      endpoint: [storageAddress(found.server)],
      region: [found.server.storageRegion],
      accessKeyId: [user],
      secretAccessKey: [secret],
      ...Object.fromEntries(named.map((bucket) => [bucket.use, [bucket.name]])),
    },
    // 40 is the most that MinIO takes.
    secrets: logins.map((login) => secretOf(login, 40)),
    peers: [place.peer],
    dump: null,
    own: null,
    details,
  };
}

/** A plan may name buckets differently, but what the product refers to must be there. */
function namesOf(uses: readonly string[], templates: Readonly<Record<string, string>>, context: OfferContext) {
  const { id, product } = context;
  const missing = uses.find((use) => !Object.hasOwn(templates, use));
  if (missing !== undefined) {
    context.refuse(
      `no bucket for ${JSON.stringify(missing)}, which the product has one for`,
      'list every bucket of the product where a plan changes them',
    );
  }
  const named = Object.entries(templates)
    .map(([use, template]) => ({ use, name: cut(expand(template, { id, product }), 's3Bucket') }))
    .sort((a, b) => (a.use < b.use ? -1 : 1));
  const reserved = named.find((bucket) => RESERVED.test(bucket.name));
  if (reserved !== undefined) {
    context.refuse(`a bucket called ${JSON.stringify(reserved.name)}, which S3 keeps for itself`, 'write another name');
  }
  const twice = named.find((bucket, index) => named.findIndex((other) => other.name === bucket.name) !== index);
  if (twice !== undefined) {
    context.refuse(`two buckets called ${JSON.stringify(twice.name)}`, 'write names that differ for every id');
  }
  return named;
}
