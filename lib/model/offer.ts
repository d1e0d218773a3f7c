import type { z } from 'zod';
import type { Credential, LoginUse } from './credentials';
import type { Cluster, Engine, PlatformData, Server } from './platform';
import type { RowSecurity } from './row-security';
import type { Parts, Reference, SecretPart } from './values';

/** What a backing service comes down to for one tenant. An offer carries all that targets, rules and proofs need. */

/** Spaces of names that tenants share. Two tenants that claim the same name in one space are refused. */
export type ClaimSpace =
  | 'id'
  | 'namespace'
  | 'host'
  | 'placement'
  | 'volume'
  | 'postgresql-database'
  | 'postgresql-role'
  | 'mysql-database'
  | 'mysql-user'
  | 'redis-prefix'
  | 'bucket'
  | 's3-user'
  | 'vhost'
  | 'rabbitmq-user'
  | 'rabbitmq-exchange'
  | 'rabbitmq-queue'
  | 'oauth-client'
  | 'oauth-group'
  | 'group'
  | 'secret-path'
  | 'backup-repository'
  | 'state-key'
  | 'argocd'
  | 'setting';

/** A name in a space that all tenants share. */
export interface Claim {
  readonly space: ClaimSpace;
  /** The name after folding and cutting, with what it is unique in, such as `pg-eu-1/nekotab_acme`. */
  readonly name: string;
  /** Whether data is behind it: such a claim may neither vanish nor move without a state that allows it. */
  readonly stateful: boolean;
  /** What may never change (text), and what may never shrink (number), for as long as the claim is held. */
  readonly fixed: Readonly<Record<string, string | number>>;
}

/** An entry in the secret store, written by whoever owns the credential and read by the tenant. */
export interface SecretSpec {
  readonly path: string;
  readonly keys: readonly string[];
  /** Where its value comes from: made once at random, or set by the owner of an external service. */
  readonly origin: 'generated' | 'external';
  /** Length of generated values, in characters of [A-Za-z0-9]. */
  readonly length: number;
  /** Whose value it is, where the backing service has more than one. @default 'value' */
  readonly use?: LoginUse;
  /** How often it was made. @default the version of that login */
  readonly version?: number;
}

/** Where a connection goes: pods by namespace name and labels, or addresses outside the cluster. */
export type Peer =
  | {
      readonly kind: 'pods';
      readonly namespace: string;
      readonly podLabels: Readonly<Record<string, string>>;
      readonly port: number;
    }
  | { readonly kind: 'cidr'; readonly cidr: string; readonly port: number };

/** How the data is copied for a backup. */
export type DumpSpec =
  | {
      readonly tool: 'pg_dump';
      readonly host: string;
      readonly port: number;
      readonly database: string;
      readonly user: string;
      readonly password: SecretPart;
      readonly tls: 'require' | 'verify-full' | 'prefer';
      /** Dumps the rows that policies let the user see, and no others; without it such a table is an error. */
      readonly rowSecurity: boolean;
      /** Tables of schema `app` to dump and no others. @default everything */
      readonly tables?: readonly string[];
      /** Partitions of those tables as well, which takes a pg_dump of 16 or newer. @default false */
      readonly partitions?: boolean;
    }
  | {
      readonly tool: 'mariadb-dump';
      /** Events too, which takes a right to make them. @default false */
      readonly events?: boolean;
      readonly host: string;
      readonly port: number;
      readonly database: string;
      readonly user: string;
      readonly password: SecretPart;
      readonly tls: 'require' | 'prefer';
    };

/** A server for this tenant alone. Its size counts against the tenant's quota, on top of what the plan writes. */
export interface OwnServer {
  /** Base name of its objects in the namespace. */
  readonly name: string;
  readonly image: string;
  readonly instances: number;
  readonly cpu: number;
  readonly memoryMiB: number;
  /** Volume of each instance; 0 for one that keeps nothing. */
  readonly storageGiB: number;
  readonly port: number;
  /** The pods' labels that network policies select. */
  readonly podLabels: Readonly<Record<string, string>>;
}

export type Provision = 'shared' | 'own' | 'external';

export interface Offer {
  readonly kind: string;
  /** Name of the backing service in the product. */
  readonly name: string;
  readonly provision: Provision;
  /** Name of the platform's server, for shared ones. */
  readonly server: string | null;
  readonly jurisdiction: string;
  readonly claims: readonly Claim[];
  /** What references can name: `host`, `port`, `user`, `url`. */
  readonly outputs: Readonly<Record<string, Parts>>;
  readonly secrets: readonly SecretSpec[];
  readonly peers: readonly Peer[];
  readonly dump: DumpSpec | null;
  readonly own: OwnServer | null;
  /** Connections to a server of the platform that it may hold at once. @default 0 */
  readonly connections?: number;
  /** What this kind's parts in the targets need besides; plain data, typed where the kind is defined. */
  readonly details: Readonly<Record<string, unknown>>;
}

/** What a backing service is told about the tenant it is resolved for, or about the product's shared namespace on a cluster. */
export interface OfferContext {
  /** The tenant's; `shared-<cluster>` for the shared services of every product, which no tenant may be called. */
  readonly id: string;
  readonly product: string;
  readonly environment: string;
  readonly namespace: string;
  readonly platform: PlatformData;
  readonly clusterName: string;
  readonly cluster: Cluster;
  readonly jurisdiction: string;
  /** Zone of the product. */
  readonly apex: string;
  /** Custom domains of the tenant, canonical. */
  readonly domains: readonly string[];
  /** Hosts by the service that their routes lead to at `/`; shared services are among them. */
  readonly hosts: Readonly<Record<string, readonly string[]>>;
  /** Hosts of the product's shared services that are the same for every tenant. */
  readonly sharedHosts: readonly string[];
  readonly settings: unknown;
  readonly features: Readonly<Record<string, boolean>>;
  readonly limits: Readonly<Record<string, number | 'unlimited'>>;
  /** What a backing service of the product's shared services came to on this cluster, by its name; a refusal where there is none. */
  readonly shared: (name: string) => Offer;
  /** Server that the tenant's file names for this backing service. */
  readonly pinnedServer: string | null;
  /** Which login of this backing service is in use, and the version of each. */
  readonly credential: Credential;
  readonly secretPath: (name: string) => string;
  /** The server to use: the pinned one, or the cluster's for this engine; a refusal where there is none that fits. */
  readonly server: <E extends Engine>(
    engine: E,
  ) => { readonly name: string; readonly server: Extract<Server, { readonly engine: E }> };
  /**
   * Ends the resolution of this backing service with a problem: of the tenant's placement or of the server that it names, or of an option
   * that the product wrote. What is said of an option holds for every tenant, and should read the same for each.
   */
  readonly refuse: (found: string, fix: string, option?: string) => never;
}

/** One thing that a product asks for. Made by functions such as `postgresql()`; write your own by implementing this. */
export interface BackingService<Name extends string = string> {
  readonly kind: string;
  readonly name: Name;
  /** Feature that switches it on, or null. */
  readonly feature: string | null;
  /** Options as the product wrote them. */
  readonly options: Readonly<Record<string, unknown>>;
  readonly schema: z.ZodType;
  /** Names that references may use, each as `name.output`. */
  readonly outputs: readonly string[];
  /** Resolves it for one tenant; `options` went through `schema`. */
  readonly offer: (options: unknown, context: OfferContext) => Offer;
  /** How rows of a shared database are kept apart, for a kind whose tenants have rows there. */
  readonly rowSecurity?: (options: unknown, product: string) => RowSecurity;
}

/** A backing service with its outputs as members, such as `database.url`. */
export type WithOutputs<Name extends string, Output extends string> = BackingService<Name> & {
  readonly [name in Output]: Reference;
};
