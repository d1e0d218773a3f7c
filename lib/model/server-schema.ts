import { z } from 'zod';
import { isHost } from './checks';
import { nameSchema, peerSchema, portSchema } from './schemas';

/** What people write of the servers that tenants share: databases, brokers, storage, identity providers. */

export const hostSchema = z
  .string()
  .refine((name) => isHost(name) && !name.startsWith('*'), 'expected a host name such as db.internal.example');

/** As pods and Terraform reach it: a name, perhaps one that only resolves inside, or an address. */
const serverHost = z.union([hostSchema, z.ipv4(), z.string().regex(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/)], {
  error: 'expected a host name such as db.internal.example, or an IPv4 address',
});

export const ENGINES = ['postgresql', 'mysql', 'redis', 'rabbitmq', 's3', 'oidc'] as const;

const serverFields = {
  version: z.string().min(1),
  region: nameSchema,
  host: serverHost,
  port: portSchema,
  /** Where its address lies, for network policies. */
  peer: peerSchema,
};

const adminFields = {
  /** Whom Terraform logs in as: an administrator, and no superuser. Its password is CI's. */
  admin: z
    .string()
    .regex(/^[a-z_][a-z0-9_@.-]*$/, 'expected the name of a login, such as tenantry')
    .max(63)
    .default('tenantry'),
  /** How Terraform speaks to it: `verify-full` checks the certificate, `require` does not, `disable` is for a server on the same machine. */
  tls: z.enum(['verify-full', 'require', 'disable']).default('verify-full'),
};

const limitFields = {
  /** What the server takes at most (`max_connections`); what its tenants may open is proven to fit into it. Null proves nothing. */
  maxConnections: z.int().min(10).max(1_000_000).nullable().default(null),
  /** Connections that tenants never get: for administrators, monitoring and replication. */
  reservedConnections: z.int().min(3).max(1000).default(10),
};

/** Trusted extensions of PostgreSQL itself (PostgreSQL 17 docs, appendix F), which run no code outside of SQL and read no files. */
const SAFE_EXTENSIONS = [
  ...['btree_gin', 'btree_gist', 'citext', 'cube', 'dict_int', 'fuzzystrmatch', 'hstore', 'intarray', 'isn', 'ltree'],
  ...['pg_trgm', 'pgcrypto', 'seg', 'tablefunc', 'tcn', 'tsm_system_rows', 'tsm_system_time', 'unaccent', 'uuid-ossp'],
];

/** Something that tenants share: each gets a part of it that nobody else reaches. */
export const serverSchema = z.discriminatedUnion(
  'engine',
  [
    z.strictObject({
      engine: z.literal('postgresql'),
      ...serverFields,
      /** Where replicas answer that only read; what may be a moment old is read there. */
      reader: z
        .strictObject({ host: serverHost, port: portSchema.default(5432), peer: peerSchema })
        .nullable()
        .default(null),
      /** Logins of people who administer products, made by the server's owner: they see all tenants' rows of shared databases. */
      systemAdmins: z
        .array(z.string().regex(/^[a-z_][a-z0-9_@.-]*$/, 'expected the name of a login, such as alice'))
        .default([]),
      /** Extensions that products may ask for; those that run code outside of SQL or read files should not be among them. */
      extensions: z
        .array(z.string().regex(/^[a-z][a-z0-9_-]*$/))
        .refine((names) => new Set(names).size === names.length, 'expected each extension once')
        .default(SAFE_EXTENSIONS),
      ...adminFields,
      ...limitFields,
    }),
    /** MySQL or MariaDB. */
    z.strictObject({ engine: z.literal('mysql'), ...serverFields, ...adminFields, ...limitFields }),
    z.strictObject({ engine: z.literal('redis'), ...serverFields }),
    z.strictObject({
      engine: z.literal('rabbitmq'),
      ...serverFields,
      /** The RabbitmqCluster that the topology operator is told to act on; it must admit the tenants' namespaces. */
      cluster: z.strictObject({ name: nameSchema.max(63), namespace: nameSchema.max(63) }),
    }),
    z.strictObject({
      engine: z.literal('s3'),
      ...serverFields,
      ...adminFields,
      /** What the storage calls the place of its buckets; clients sign their requests with it. */
      storageRegion: z.string().min(1).default('us-east-1'),
    }),
    /** An identity provider: Authentik. Terraform acts with a token, which is CI's. */
    z.strictObject({
      engine: z.literal('oidc'),
      ...serverFields,
      tls: adminFields.tls,
      /** Slugs of the flows that a login and a logout go through; Authentik's own unless given. */
      authorizationFlow: z.string().min(1).default('default-provider-authorization-implicit-consent'),
      invalidationFlow: z.string().min(1).default('default-provider-invalidation-flow'),
      /** Name of the certificate that tokens are signed with; Authentik makes one when it is installed. */
      signingKey: z.string().min(1).default('authentik Self-signed Certificate'),
    }),
  ],
  { error: `expected an engine: ${ENGINES.join(', ')}` },
);
