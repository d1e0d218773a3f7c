import { z } from 'zod';
import { isTime } from './checks';
import { credentialsSchema } from './credentials';
import type { Product } from './product';
import { routingSchema } from './routing-schema';
import {
  cidrSchema,
  cpuSchema,
  gibSchema,
  imageSchema,
  labelsSchema,
  nameSchema,
  peerSchema,
  podPeerSchema,
  portSchema,
  templateSchema,
} from './schemas';
import { ENGINES, serverSchema } from './server-schema';
import { terraformSchema } from './state-backend';
import type { DefineTenant } from './tenant';
import { freeText } from './text';

/** What a platform is: regions, clusters, database servers, stores, and the products on offer. */

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
  routing: routingSchema,
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
  servers: z.record(nameSchema, serverSchema).default({}),
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
