import { z } from 'zod';
import { isHost, isTime } from './checks';
import { credentialsSchema } from './credentials';
import type { Product } from './product';
import {
  cidrSchema,
  cpuSchema,
  gibSchema,
  imageSchema,
  labelsSchema,
  mibSchema,
  nameSchema,
  peerSchema,
  podPeerSchema,
  portSchema,
  templateSchema,
} from './schemas';
import type { DefineTenant } from './tenant';
import { freeText } from './text';

/** What a platform is: regions, clusters, database servers, stores, and the products on offer. */

const host = z
  .string()
  .refine((name) => isHost(name) && !name.startsWith('*'), 'expected a host name such as db.internal.example');

/** As pods and Terraform reach it: a name, perhaps one that only resolves inside, or an address. */
const serverHost = z.union([host, z.ipv4(), z.string().regex(/^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/)], {
  error: 'expected a host name such as db.internal.example, or an IPv4 address',
});

/** Where the cluster's front door answers: addresses, or the host name of a cloud's load balancer. DNS records point there. */
const addresses = z
  .array(z.union([z.ipv4(), z.ipv6(), host], { error: 'expected an IP address or a host name, such as 192.0.2.10' }))
  .min(1);

/** What a pod of cert-manager's HTTP-01 solver asks for (`--acme-http01-solver-resource-request-*`); it runs in the tenant's namespace. */
const solver = z.strictObject({ cpu: cpuSchema.default(0.01), memoryMiB: mibSchema.default(64) }).prefault({});

/**
 * How requests reach the tenants of a cluster. `controller` names what carries it out, since rate limits and
 * maintenance answers differ between controllers; everything that matters to isolation is the API's own.
 */
const routing = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      /** Gateway API: an HTTPRoute a tenant, a ListenerSet for its custom domains. */
      kind: z.literal('gateway'),
      /** Rate limits are possible with `envoy-gateway` and `traefik`. */
      controller: z.enum(['envoy-gateway', 'traefik', 'cilium', 'istio', 'nginx-gateway-fabric', 'other']),
      /** The class of the Gateway that `_platform` makes. */
      className: nameSchema,
      /** Name of that Gateway, and the namespace that `_platform` makes for it. */
      gateway: z.strictObject({ name: nameSchema, namespace: nameSchema }),
      peers: z.array(podPeerSchema).min(1),
      issuer: nameSchema.max(63),
      challenge: z.enum(['dns01', 'http01']).default('http01'),
      addresses,
      solver,
    }),
    z.strictObject({
      /** Traefik's own IngressRoute and Middleware. */
      kind: z.literal('traefik'),
      entryPoint: nameSchema.default('websecure'),
      /** Namespace that `_platform` makes for Traefik's default certificate store and the wildcard certificates. */
      namespace: nameSchema.default('tenantry-routing'),
      peers: z.array(podPeerSchema).min(1),
      issuer: nameSchema.max(63),
      challenge: z.enum(['dns01', 'http01']).default('http01'),
      addresses,
      solver,
    }),
    z.strictObject({
      /** networking.k8s.io Ingress with a class; asked for where a controller knows nothing else. */
      kind: z.literal('ingress'),
      controller: z.enum(['ingress-nginx', 'f5-nginx', 'other']),
      className: nameSchema,
      /** Namespace that `_platform` makes for the wildcard certificates; the controller's default certificate is one of them. */
      namespace: nameSchema.default('tenantry-routing'),
      peers: z.array(podPeerSchema).min(1),
      issuer: nameSchema.max(63),
      challenge: z.enum(['dns01', 'http01']).default('http01'),
      addresses,
      solver,
    }),
  ],
  { error: 'expected a routing of kind "gateway", "traefik" or "ingress"' },
);

/** Where the External Secrets Operator reads the values of credentials. Each tenant's reader sees its own path only. */
const secretStore = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('vault'),
      server: z.url(),
      /** Mount of the key-value engine, version 2. */
      mount: nameSchema.default('secret'),
      /** Mount of the Kubernetes auth method. */
      authMount: z.string().min(1).default('kubernetes'),
      /** Role of that method; `{namespace}` and `{id}` are known. */
      role: templateSchema.default('{namespace}'),
    }),
    z.strictObject({
      kind: z.literal('aws-secrets-manager'),
      region: z.string().min(1),
      /** ARN of the role that a tenant's reader assumes; `{namespace}` and `{id}` are known. */
      roleArn: templateSchema,
    }),
    z.strictObject({
      kind: z.literal('kubernetes'),
      /** Namespace that holds the tenant's secrets; `{namespace}` and `{id}` are known. Never the tenant's own. */
      namespace: templateSchema.default('store-{id}'),
    }),
  ],
  { error: 'expected a store of kind "vault", "aws-secrets-manager" or "kubernetes"' },
);

/** Nodes set apart for a plan; they bound what `unlimited` means. */
const nodePool = z.strictObject({
  /** Labels that select the nodes. */
  labels: labelsSchema,
  /** Taint that keeps others away, tolerated by the pods of the plan. */
  taint: z
    .strictObject({ key: z.string().min(1), value: z.string() })
    .nullable()
    .default(null),
  /** What one tenant may take at most: allocatable cores and memory of the pool. */
  cpu: cpuSchema,
  memoryGiB: gibSchema,
  storageGiB: z.int().positive().default(10_000),
});

const ENGINES = ['postgresql', 'mysql', 'redis', 'rabbitmq', 's3', 'oidc'] as const;

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
const server = z.discriminatedUnion(
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

/** Something of the platform that products may call by name, such as a collector of traces. */
const endpoint = z.strictObject({
  /** How it is called. */
  url: z.url(),
  peer: peerSchema,
  port: portSchema,
});

const cluster = z.strictObject({
  region: nameSchema,
  /** Argo CD's address of the cluster. */
  server: z.url().default('https://kubernetes.default.svc'),
  podCidrs: z.array(cidrSchema).min(1),
  serviceCidrs: z.array(cidrSchema).min(1),
  dns: z
    .strictObject({
      namespace: nameSchema.default('kube-system'),
      podLabels: labelsSchema.default({ 'k8s-app': 'kube-dns' }),
      /** Address of the node-local cache, commonly 169.254.20.10, where the cluster has one. */
      nodeLocal: z.ipv4().nullable().default(null),
    })
    .prefault({}),
  /** Where pods that act on the API server reach it: its endpoints' ranges, not the service's. Operators' own servers need it too. */
  apiServer: z
    .strictObject({ cidrs: z.array(cidrSchema).min(1), port: portSchema.default(6443) })
    .nullable()
    .default(null),
  routing,
  secretStore,
  /** Prometheus by its operator: where it runs, and the labels by which it finds monitors. */
  monitoring: z
    .strictObject({
      ...podPeerSchema.shape,
      monitorLabels: labelsSchema.default({}),
      /** The blackbox exporter that asks each host whether it is well, such as `blackbox.monitoring:9115`; none asks unless given. */
      prober: z.string().min(1).nullable().default(null),
    })
    .nullable()
    .default(null),
  /** The class of every volume; changing it for a living tenant is refused, since Kubernetes never lets it change. */
  storageClass: nameSchema.max(63),
  /** Operators that run here and whose resources may be used. */
  operators: z.array(z.enum(['cloudnative-pg', 'mariadb-operator', 'rabbitmq-topology'])).default([]),
  nodePools: z.record(nameSchema, nodePool).default({}),
  /** The server that a shared backing service takes, by engine, unless a tenant names another. */
  servers: z.partialRecord(z.enum(ENGINES), nameSchema).default({}),
  /** What products may call here by `endpoint('traces')`. */
  endpoints: z.record(nameSchema, endpoint).default({}),
  /** Store of this cluster's backups. */
  backupStore: nameSchema,
  /** Which logins of shared services are in use here, by product; as `credentials` of a tenant. */
  credentials: z.record(nameSchema, credentialsSchema).default({}),
  /** Products on offer here, by name; all of the platform's unless given. Their shared services run here, tenants or none. */
  products: z.array(nameSchema).nullable().default(null),
});

const backupStore = z.strictObject({
  region: nameSchema,
  /** What restic calls the repository, without the tenant: `s3:https://s3.eu.example/backups`. */
  repository: z
    .string()
    .regex(
      /^(s3|azure|b2|rest):[^\s]+[^/\s]$/,
      'expected a restic repository such as s3:https://host/bucket, without a slash at its end',
    ),
  peer: peerSchema,
  port: portSchema.default(443),
  /**
   * Server of engine s3 that it lies on. Its stack then makes the bucket, and each tenant's stack a user who can add to the tenant's
   * repository and remove nothing; without it both are somebody else's, and the store's entries are set by hand.
   */
  server: nameSchema.nullable().default(null),
  /** How long whatever was written to that bucket stays, whoever deletes or overwrites it. */
  lockDays: z.int().min(1).max(3650).default(30),
});

/** Where the state of a stack is kept; its key is `<environment>/<server>/<tenant>`. */
const backend = z.discriminatedUnion(
  'kind',
  [
    z.strictObject({
      kind: z.literal('s3'),
      bucket: z.string().min(3),
      region: z.string().min(1),
      /** Customer key that the state is encrypted with; the bucket's default unless given. */
      kmsKeyId: z.string().min(1).nullable().default(null),
    }),
    z.strictObject({
      kind: z.literal('gcs'),
      bucket: z.string().min(3),
      /** Customer key that the state is encrypted with; the bucket's default unless given. */
      kmsKey: z.string().min(1).nullable().default(null),
    }),
    z.strictObject({
      kind: z.literal('azurerm'),
      resourceGroup: z.string().min(1),
      storageAccount: z.string().min(3),
      container: z.string().min(3),
    }),
    /** The address before the key; credentials are CI's (`TF_HTTP_USERNAME`, `TF_HTTP_PASSWORD`). */
    z.strictObject({ kind: z.literal('http'), address: z.url() }),
    /** A PostgreSQL, a schema a stack; the connection is CI's (`PG_CONN_STR`). */
    z.strictObject({ kind: z.literal('pg') }),
    /** A folder of the repository, for trying things out. */
    z.strictObject({
      kind: z.literal('local'),
      path: z
        .string()
        .regex(/^(?!\.\.?(\/|$))[A-Za-z0-9._-]+(\/(?!\.\.?(\/|$))[A-Za-z0-9._-]+)*$/, 'expected a relative folder')
        .default('.terraform-state'),
    }),
  ],
  { error: 'expected a backend of kind "s3", "gcs", "azurerm", "http", "pg" or "local"' },
);

const terraformSchema = z.strictObject({
  backend: backend.prefault({ kind: 'local' }),
  /** Stacks of one server that CI may apply at the same time. */
  perServer: z.int().min(1).max(64).default(4),
});

export const platformSchema = z.strictObject({
  /** Part of names that the platform as a whole owns. */
  name: nameSchema,
  environment: nameSchema.default('production'),
  /** What Argo CD reads. */
  git: z.strictObject({
    repository: z
      .string()
      .regex(/^(https:\/\/|ssh:\/\/|git@)[^\s*?[\]{}\\!]+$/, 'expected the address of a git repository'),
    revision: z.string().min(1).default('main'),
    /** Folder of the committed output. */
    path: z
      .string()
      .regex(
        /^(?!\.\.?(\/|$))[A-Za-z0-9._-]+(\/(?!\.\.?(\/|$))[A-Za-z0-9._-]+)*$/,
        'expected a folder of the repository such as dist, without "..", "." and a slash at its ends',
      )
      .default('dist'),
  }),
  argocd: z.strictObject({ namespace: nameSchema.default('argocd') }).prefault({}),
  /** Regions and the jurisdiction that each lies in. */
  regions: z.record(nameSchema, z.strictObject({ jurisdiction: nameSchema })),
  clusters: z.record(nameSchema, cluster),
  servers: z.record(nameSchema, server).default({}),
  backupStores: z.record(nameSchema, backupStore),
  backup: z.strictObject({
    /** Has restic and the dump tools of every engine in use, at least as new as the servers. */
    image: imageSchema,
    /** When backups start unless a plan or tenant says otherwise; UTC. */
    window: z
      .strictObject({
        from: z.string().refine(isTime, 'expected a time such as 22:00'),
        to: z.string().refine(isTime, 'expected a time such as 06:00'),
      })
      .default({ from: '22:00', to: '06:00' }),
    /** How many backups of one store may start in the same minute. */
    perMinute: z.int().positive().default(60),
    /** Namespace of the retention jobs, which alone may remove snapshots. */
    namespace: nameSchema.default('tenantry-backup'),
  }),
  terraform: terraformSchema.prefault({}),
  /** After how many days a password is due for another. */
  credentials: z.strictObject({ maxAgeDays: z.int().min(1).max(3650).default(90) }).prefault({}),
  /** Demand a digest of every image. */
  requireDigests: z.boolean().default(false),
  /** Ids that no tenant may have, besides those that are always reserved. */
  reservedIds: z.array(z.string()).default([]),
  /**
   * Data of shared services that was copied elsewhere or may be lost, and why, such as
   * `{ 'postgresql-database pg-eu-1/shop_hub': 'copied to pg-eu-2 on 2026-07-01' }`. What is not named here can neither vanish nor move.
   */
  released: z
    .record(
      z.string().regex(/^[a-z][a-z0-9-]* \S/, 'expected a space and a name, such as "volume eu-1/shop-hub/files"'),
      freeText(500),
    )
    .default({}),
});

type PlatformFields = z.input<typeof platformSchema>;

/** What `definePlatform` takes. Maps keep their keys as literal types, so that tenant files complete from them. */
export type PlatformInput<Products extends readonly Product[], Cluster extends string> = Omit<
  PlatformFields,
  'clusters'
> & {
  /** Products on offer. */
  readonly products: Products;
  /** Clusters by name; a tenant's `placement` is one of them. */
  readonly clusters: { readonly [name in Cluster]: PlatformFields['clusters'][string] };
};

export type PlatformData = z.output<typeof platformSchema>;
export type Cluster = PlatformData['clusters'][string];
export type Routing = Cluster['routing'];
export type SecretStore = Cluster['secretStore'];
export type Server = PlatformData['servers'][string];
export type BackupStore = PlatformData['backupStores'][string];
export type Endpoint = Cluster['endpoints'][string];
export type NodePool = Cluster['nodePools'][string];
export type Engine = Server['engine'];
export type StateBackend = PlatformData['terraform']['backend'];
export type PodPeer = z.output<typeof podPeerSchema>;

/** An installation, as written; `parsePlatform` checks it and applies the defaults. */
export interface Platform<Products extends readonly Product[] = readonly Product[], Placement extends string = string> {
  readonly kind: 'tenantry.platform';
  readonly input: unknown;
  readonly products: Products;
  readonly placements: readonly Placement[];
}

/**
 * Describes an installation. Returns the platform and `defineTenant`, typed by its products and clusters:
 * `export const { platform, defineTenant } = definePlatform({ ... })`.
 */
export function definePlatform<const Products extends readonly Product[], const Cluster extends string>(
  input: PlatformInput<Products, Cluster>,
): { readonly platform: Platform<Products, Cluster>; readonly defineTenant: DefineTenant<Products, Cluster> } {
  // Registries may be plain JavaScript: whatever was given, parsePlatform says what is wrong with it.
  const { products, ...fields } = (input ?? {}) as typeof input;
  const placements = Object.keys(fields.clusters ?? {}) as Cluster[];
  return {
    platform: { kind: 'tenantry.platform', input: fields, products, placements },
    defineTenant: (tenant) => ({ kind: 'tenantry.tenant', input: tenant }),
  };
}
