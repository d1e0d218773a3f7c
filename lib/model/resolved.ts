import type { ResolvedCredential } from './credentials';
import type { JsonValue } from './json';
import type { Claim, DumpSpec, Offer, Peer } from './offer';
import type { KeepPolicy, Plan, Quota, RateLimit } from './plan-schema';
import type { BackupStore, Cluster, NodePool } from './platform';
import type { PolicyRule } from './product';
import type { Egress, Probe, Resources } from './service-schema';
import type { State } from './tenant';
import type { Parts } from './values';

/** Plain frozen data, nothing optional: what targets render and proofs read. */

/** Every number of a container's resources, defaults applied. */
export interface Amounts {
  readonly cpu: number;
  readonly memoryMiB: number;
  readonly ephemeralMiB: number;
}

export interface ContainerResources {
  readonly requests: Amounts;
  readonly limits: Amounts;
}

export interface NamedValue {
  readonly name: string;
  readonly parts: Parts;
}

export interface ResolvedVolume {
  /** Name of the claim in the namespace. */
  readonly claimName: string;
  readonly name: string;
  readonly path: string;
  readonly sizeGiB: number;
  readonly backup: 'files' | 'sqlite' | 'none';
  readonly databases: readonly string[];
}

export interface ResolvedService {
  readonly name: string;
  readonly image: string;
  readonly command: readonly Parts[];
  readonly args: readonly Parts[];
  readonly port: number | null;
  /** All named ports, `http` for the main one, `metrics` where it has one of its own. */
  readonly ports: Readonly<Record<string, number>>;
  readonly probes: {
    readonly readiness: Probe | null;
    readonly liveness: Probe | null;
    readonly startup: Probe | null;
  };
  readonly env: readonly NamedValue[];
  readonly files: readonly NamedValue[];
  readonly volumes: readonly ResolvedVolume[];
  readonly scratch: readonly string[];
  readonly replicas: { readonly min: number; readonly max: number };
  /** Pods above the wanted number during a rollout. */
  readonly surge: number;
  readonly resources: ContainerResources;
  readonly scaling: {
    readonly cpuPercent: number;
    readonly memoryPercent: number | null;
    /** Use below which replicas go again; null for Kubernetes' own way, as soon as fewer would do. */
    readonly downPercent: number | null;
  };
  readonly user: number;
  readonly stopSeconds: number;
  /** Services of the same namespace that it calls. */
  readonly calls: readonly string[];
  /** Shared services of the product that it calls. */
  readonly callsShared: readonly string[];
  /** Services of the product's tenants that a shared service calls. */
  readonly callsTenants: readonly string[];
  /** Backing services that it connects to. */
  readonly uses: readonly string[];
  /** Endpoints of the cluster that it calls. */
  readonly endpoints: readonly string[];
  /** Services that are ready before it is rolled out. */
  readonly startsAfter: readonly string[];
  /** How many such steps come before it. */
  readonly step: number;
  readonly egress: readonly Egress[];
  readonly metrics: { readonly port: number; readonly path: string } | null;
  /** ServiceAccount of the identity that it acts as, or null for one of its own without rights or token. */
  readonly identity: string | null;
}

/** A job before a rollout; `service` gives image, connections and user. */
export interface ResolvedJob {
  readonly name: string;
  readonly service: ResolvedService;
  readonly deadlineSeconds: number;
  /** What a client runs after it, in the database that it migrates; null for nothing. */
  readonly script: ResolvedScript | null;
}

/** SQL for a backing service. */
export interface ResolvedScript {
  /** What the file is called. */
  readonly file: string;
  readonly sql: string;
  readonly backing: Offer;
  /** Has the engine's client. */
  readonly image: string;
}

export interface ResolvedHost {
  /** Canonical: lower case, punycode, no trailing dot. */
  readonly host: string;
  /** `platform`: one label below the product's apex, under its wildcard certificate; `custom`: with a certificate of its own. */
  readonly kind: 'platform' | 'custom';
  /** Where the tenant's file says it, such as `settings.sites[0].domain`; absent where it follows from the id. */
  readonly origin?: string;
}

export interface ResolvedRoute {
  readonly name: string;
  readonly hosts: readonly ResolvedHost[];
  /** Path that says whether a host is well. */
  readonly health: string;
  /** Path prefixes, longest first. */
  readonly paths: readonly { readonly path: string; readonly service: string; readonly port: number }[];
}

export interface ResolvedRole {
  readonly name: string;
  readonly rules: readonly PolicyRule[];
  readonly groups: readonly string[];
}

export interface ResolvedIdentity {
  readonly name: string;
  readonly serviceAccount: string;
  readonly rules: readonly PolicyRule[];
  readonly reason: string;
  /** Shared services of the product that act as it, by tokens that they ask for. */
  readonly by: readonly string[];
}

/** Something that the backup job copies. */
export type BackupItem =
  | { readonly kind: 'dump'; readonly name: string; readonly dump: DumpSpec; readonly peers: readonly Peer[] }
  | {
      readonly kind: 'volume';
      readonly name: string;
      readonly service: string;
      readonly claimName: string;
      readonly databases: readonly string[];
      /** User that may read the files. */
      readonly user: number;
    };

export interface ResolvedBackup {
  /** Minute of the day, UTC. */
  readonly minute: number;
  readonly keep: KeepPolicy;
  readonly items: readonly BackupItem[];
  readonly store: BackupStore;
  readonly storeName: string;
  /** restic's repository, the tenant's own. */
  readonly repository: string;
  /** Path of the entry with the repository's `password` and the `accessKeyId` and `secretAccessKey` that can add but not remove. */
  readonly secretPath: string;
  /** Whom Terraform makes for it; null where the store is somebody else's, and its keys are set by hand. */
  readonly access: BackupAccess | null;
  readonly image: string;
  readonly resources: ContainerResources;
  readonly deadlineSeconds: number;
}

/** A user of an S3 storage who can add to one repository and remove nothing from it. */
export interface BackupAccess {
  /** Of the platform. */
  readonly server: string;
  readonly bucket: string;
  /** What the names of all objects of the repository begin with; ends with a slash. */
  readonly prefix: string;
  /** Its access key's id too. */
  readonly user: string;
}

/** Bounds and defaults of a single container. */
export interface ResolvedContainerLimits {
  readonly max: Amounts;
  readonly min: Amounts;
  readonly default: Amounts;
  readonly defaultRequest: Amounts;
}

/** A namespace with workloads: a tenant's, or a product's shared one on a cluster. */
export interface Space {
  readonly kind: 'tenant' | 'shared';
  readonly id: string;
  readonly product: string;
  readonly environment: string;
  readonly namespace: string;
  readonly clusterName: string;
  readonly cluster: Cluster;
  /** Labels of every pod template, claim and object. */
  readonly labels: Readonly<Record<string, string>>;
  readonly namespaceLabels: Readonly<Record<string, string>>;
  readonly namespaceAnnotations: Readonly<Record<string, string>>;
  readonly suspended: boolean;
  readonly services: readonly ResolvedService[];
  readonly jobs: readonly ResolvedJob[];
  readonly offers: readonly Offer[];
  readonly routes: readonly ResolvedRoute[];
  readonly roles: readonly ResolvedRole[];
  readonly identities: readonly ResolvedIdentity[];
  readonly rateLimit: RateLimit | null;
  /** Labels of every series that is scraped here. */
  readonly metricLabels: Readonly<Record<string, string>>;
  /** What running pods may take, and how many objects there may be. */
  readonly quota: Quota;
  /** What pods with a deadline may take: jobs and backups, which an application at its limit never starves. */
  readonly jobQuota: {
    readonly cpu: number;
    readonly memoryGiB: number;
    readonly limitsCpu: number;
    readonly limitsMemoryGiB: number;
    readonly pods: number;
  };
  readonly containerLimits: ResolvedContainerLimits;
  readonly priorityClass: string;
  readonly nodePool: NodePool | null;
  readonly backup: ResolvedBackup | null;
  /** Of Terraform's state: `production/pg-eu-1/acme`. Never changes. */
  readonly stateKey: string;
  /** Reads the space's own entries of the secret store. */
  readonly secretReader: { readonly role: string };
  /** Namespace and name by which the product's shared services are reached; null where it has none. */
  readonly shared: SharedNamespace | null;
  /** Shared backing services that tenants' projections are written to; none for a tenant. */
  readonly projects: readonly Offer[];
  /** Whether secrets of tenants are projected here; never for a tenant. */
  readonly projectsSecrets: boolean;
  /** Where those stand in the store: paths in which `+` is a tenant's id. */
  readonly projectedPaths: readonly string[];
  /** Whether certificates of tenants' hosts are proven here over HTTP; never for a tenant. */
  readonly solves: boolean;
  /** Services that tenants' own routes lead to; none for a tenant. */
  readonly routedByTenants: readonly string[];
}

/** What a tenant knows of its product's shared services. */
export interface SharedNamespace {
  readonly namespace: string;
  /** Of each service, where it has one. */
  readonly ports: Readonly<Record<string, number>>;
  /** Shared services by the tenants' services that they call. */
  readonly callers: Readonly<Record<string, readonly string[]>>;
  /** Accounts that shared services act as, by service. */
  readonly accounts: Readonly<Record<string, string>>;
}

/** What a product's shared services are told of a tenant. */
export interface ResolvedProjection {
  readonly facts: Readonly<Record<string, JsonValue>>;
  /** Secrets of the tenant that shared services read, by key. */
  readonly secrets: readonly NamedValue[];
  readonly rows: ResolvedRows | null;
}

/** Rows that a table of the product's shared database has for a tenant. */
export interface ResolvedRows {
  /** Idempotent SQL that makes them so. */
  readonly sql: string;
  /** Shared backing service that the table lies in. */
  readonly backing: Offer;
  /** Has the engine's client. */
  readonly image: string;
}

export interface Tenant extends Space {
  readonly kind: 'tenant';
  /** File that describes it, relative to the root. */
  readonly file: string;
  readonly displayName: string;
  readonly contact: string;
  readonly createdOn: string;
  readonly state: State;
  readonly planName: string;
  readonly plan: Plan;
  readonly jurisdiction: string;
  readonly features: Readonly<Record<string, boolean>>;
  readonly limits: Readonly<Record<string, number | 'unlimited'>>;
  readonly settings: unknown;
  /** Routes of its hosts that lead to shared services. */
  readonly sharedRoutes: readonly ResolvedRoute[];
  readonly projection: ResolvedProjection | null;
  /** By the name of the backing service. */
  readonly credentials: Readonly<Record<string, ResolvedCredential>>;
  /** Connections that it may hold, by server. */
  readonly connections: Readonly<Record<string, number>>;
  /** Every name that it holds in a space shared by all tenants. */
  readonly claims: readonly Claim[];
}

/**
 * What the rules over the whole set look at. A tenant has it all; for one that has not changed, a cache keeps this much and spares
 * resolving the rest.
 */
export interface TenantFacts
  extends Pick<Tenant, 'id' | 'file' | 'product' | 'state' | 'clusterName' | 'claims' | 'credentials' | 'connections'> {
  readonly routes: readonly Pick<ResolvedRoute, 'hosts'>[];
  readonly sharedRoutes: readonly Pick<ResolvedRoute, 'hosts'>[];
  readonly backup: Pick<ResolvedBackup, 'storeName' | 'minute'> | null;
  readonly plan: { readonly backup: Pick<Plan['backup'], 'window'> };
}

/** Those facts by themselves, as plain data. */
export function factsOf({
  id,
  file,
  product,
  state,
  clusterName,
  claims,
  credentials,
  connections,
  routes,
  sharedRoutes,
  backup,
  plan,
}: TenantFacts): TenantFacts {
  return {
    id,
    file,
    product,
    state,
    clusterName,
    claims,
    credentials,
    connections,
    routes: routes.map(({ hosts }) => ({ hosts })),
    sharedRoutes: sharedRoutes.map(({ hosts }) => ({ hosts })),
    backup: backup === null ? null : { storeName: backup.storeName, minute: backup.minute },
    plan: { backup: { window: plan.backup.window } },
  };
}

export type { Resources };
