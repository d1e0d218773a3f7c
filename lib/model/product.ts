import { z } from 'zod';
import { isCidr, isHost, isTime } from './checks';
import type { BackingService } from './offer';
import {
  cpuSchema,
  envNameSchema,
  gibSchema,
  imageSchema,
  keySchema,
  labelKeySchema,
  mibSchema,
  nameSchema,
  pathSchema,
  portSchema,
  templateSchema,
  valueSchema,
  volumeGibSchema,
} from './schemas';

/** What a product is: services, backing services, routes, jobs, roles, settings and plans. */

const probe = z.union(
  [
    z.strictObject({
      http: z.string().startsWith('/'),
      port: portSchema.nullable().default(null),
      periodSeconds: z.int().positive().default(10),
      timeoutSeconds: z.int().positive().default(3),
      failures: z.int().positive().default(3),
    }),
    z.strictObject({
      tcp: portSchema,
      periodSeconds: z.int().positive().default(10),
      timeoutSeconds: z.int().positive().default(3),
      failures: z.int().positive().default(3),
    }),
    z.strictObject({
      command: z.array(z.string()).min(1),
      periodSeconds: z.int().positive().default(10),
      timeoutSeconds: z.int().positive().default(3),
      failures: z.int().positive().default(3),
    }),
  ],
  { error: 'expected { http: "/path" }, { tcp: port } or { command: [...] }' },
);

const amounts = z.strictObject({
  cpu: cpuSchema,
  memoryMiB: mibSchema,
  /** Container file system, logs and scratch folders. */
  ephemeralMiB: mibSchema.optional(),
});

const resources = z.strictObject({ requests: amounts, limits: amounts });

const replicas = z
  .strictObject({ min: z.int().min(1).max(1000), max: z.int().min(1).max(1000) })
  .refine((range) => range.min <= range.max, 'expected min to be at most max');

const volume = z
  .strictObject({
    path: pathSchema,
    sizeGiB: volumeGibSchema,
    /** `files`: copied as they are; `sqlite`: the named databases are copied consistently while in use, the rest as it is; `none`: can be made again. */
    backup: z.enum(['files', 'sqlite', 'none']).default('files'),
    /** Database files, relative to the volume, for `sqlite`. */
    databases: z
      .array(
        z
          .string()
          .regex(
            /^(?!\.\.?(\/|$))[A-Za-z0-9._-]+(\/(?!\.\.?(\/|$))[A-Za-z0-9._-]+)*$/,
            'expected a file of the volume, such as data/app.db',
          ),
      )
      .default([]),
  })
  .refine(
    ({ backup, databases }) => (backup === 'sqlite') === databases.length > 0,
    'expected databases exactly where backup is "sqlite" - write the database files, relative to the volume',
  );

/** Traffic to the world outside, with its reason. Addresses of clouds' metadata, of pods and of services stay closed. */
const egress = z.strictObject({
  /** An address range; `internet` is everything that is public. */
  to: z.union([
    z.literal('internet'),
    z.string().refine(isCidr, 'expected "internet" or an address range such as 203.0.113.0/24'),
  ]),
  ports: z.array(portSchema).min(1),
  reason: z.string().min(1).max(200),
});

export const serviceSchema = z.strictObject({
  /** Reference with a tag or a digest. */
  image: imageSchema,
  command: z.array(valueSchema).default([]),
  args: z.array(valueSchema).default([]),
  /** Port that the service answers on; none for a worker. */
  port: portSchema.nullable().default(null),
  /** Further ports by name. */
  ports: z.record(nameSchema.max(15), portSchema).default({}),
  probes: z
    .strictObject({
      readiness: probe.nullable().default(null),
      liveness: probe.nullable().default(null),
      startup: probe.nullable().default(null),
    })
    .prefault({}),
  /** Environment: literals, references such as `database.url`, compositions with `concat`. */
  env: z.record(envNameSchema, valueSchema).default({}),
  /** Files by absolute path, read-only. */
  files: z.record(pathSchema, valueSchema).default({}),
  /** Volumes that outlive pods, by name. A service with one runs once and is replaced, not rolled. */
  volumes: z.record(nameSchema, volume).default({}),
  /** Folders that may be written and are lost with the pod; the root file system is read-only. */
  scratch: z.array(pathSchema).default(['/tmp']),
  replicas: replicas.default({ min: 1, max: 1 }),
  resources,
  /** Average use of requests at which replicas are added. */
  scaling: z
    .strictObject({
      cpuPercent: z.int().min(1).max(100).default(80),
      memoryPercent: z.int().min(1).max(100).nullable().default(null),
    })
    .prefault({}),
  /** User and group of the process; 10000 and above, as scanners ask. */
  user: z.int().min(1).max(65534).default(10001),
  /** Time a pod has to end after it was asked to. */
  stopSeconds: z.int().min(1).max(600).default(15),
  /** Other services that it calls, besides those that its values refer to. */
  calls: z.array(nameSchema).default([]),
  /** Shared services of the product that it calls, besides those that its values refer to. */
  callsShared: z.array(nameSchema).default([]),
  /** Backing services that it connects to, besides those that its values refer to. */
  uses: z.array(nameSchema).default([]),
  egress: z.array(egress).default([]),
  /** Where Prometheus scrapes it. */
  metrics: z
    .strictObject({ port: portSchema, path: z.string().startsWith('/').default('/metrics') })
    .nullable()
    .default(null),
  /** Identity of the product that its pods act as towards the API server; none is mounted otherwise. */
  identity: nameSchema.nullable().default(null),
  /** Feature that switches it on; it always runs where none is named. */
  feature: nameSchema.nullable().default(null),
});

const job = z.strictObject({
  /** Service whose image, environment and connections it takes. */
  service: nameSchema,
  command: z.array(valueSchema).min(1),
  env: z.record(envNameSchema, valueSchema).default({}),
  deadlineSeconds: z.int().min(10).max(86_400).default(600),
  resources: resources.nullable().default(null),
});

/** Requests to a set of hosts, by path, longest first. */
const route = z.strictObject({
  /** Templates: `{id}` and `{apex}` are known; `{domain}` gives a host for each custom domain, `{settings.path}` one for each value there. */
  hosts: z.array(templateSchema).min(1).default(['{id}.{apex}', '{domain}']),
  /** Service by path prefix. */
  paths: z.record(z.string().startsWith('/'), nameSchema),
});

const rule = z.strictObject({
  apiGroups: z.array(z.string()).default(['']),
  resources: z.array(z.string().min(1)).min(1),
  verbs: z.array(z.enum(['get', 'list', 'watch', 'create', 'update', 'patch', 'delete'])).min(1),
});

const role = z.strictObject({
  rules: z.array(rule).min(1),
  /** Groups of the identity provider; `{id}`, `{namespace}` and `{product}` are known. */
  groups: z.array(templateSchema).min(1).default(['{namespace}:{role}']),
});

const identity = z.strictObject({
  /** Name of the ServiceAccount; `{id}` is known. */
  serviceAccount: templateSchema,
  rules: z.array(rule).min(1),
  /** Why it needs more than nothing. A wide one (secrets, pods, roles or any write) is refused without a sentence. */
  reason: z.string().max(300).default(''),
});

/** How much a namespace may hold. Requests and limits of running pods; jobs have a quota of their own. */
const quotaFields = {
  cpu: cpuSchema,
  memoryGiB: gibSchema,
  limitsCpu: cpuSchema,
  limitsMemoryGiB: gibSchema,
  pods: z.int('expected a whole number of pods, at least 1').positive(),
  storageGiB: volumeGibSchema,
  persistentVolumeClaims: z.int().min(0),
  services: z.int().min(0),
  secrets: z.int().min(0),
  configMaps: z.int().min(0),
  loadBalancers: z.int().min(0),
  nodePorts: z.int().min(0),
};
export const quotaSchema = z.strictObject(quotaFields).partial();

const sizes = z
  .strictObject({
    replicas,
    resources,
    volumes: z.record(nameSchema, z.strictObject({ sizeGiB: volumeGibSchema })),
    scaling: z
      .strictObject({ cpuPercent: z.int().min(1).max(100), memoryPercent: z.int().min(1).max(100).nullable() })
      .partial(),
  })
  .partial();

export const limitSchema = z.union([z.int().min(0), z.literal('unlimited')], {
  error: 'expected a whole number or "unlimited"',
});
export const rateLimitSchema = z.strictObject({
  requests: z.int().positive(),
  per: z.enum(['second', 'minute', 'hour']),
});

const containerLimits = z
  .strictObject({ max: amounts, min: amounts, default: amounts, defaultRequest: amounts })
  .partial();

export const backupPolicySchema = z.strictObject({
  /** When the daily backup starts, UTC; the platform's window unless given. */
  window: z
    .strictObject({
      from: z.string().refine(isTime, 'expected a time such as 02:00'),
      to: z.string().refine(isTime, 'expected a time such as 04:00'),
    })
    .nullable()
    .default(null),
  keep: z
    .strictObject({
      daily: z.int().positive().default(30),
      weekly: z.int().min(0).default(12),
      monthly: z.int().min(0).default(12),
    })
    .prefault({}),
});

export const planSchema = z.strictObject({
  /**
   * Written, derived (`'derived'`: from maximum replicas, surge, jobs and own servers; the fields written in an object replace derived
   * ones, and must hold), or `'unlimited'`: bounded by the node pool, which must then be named.
   */
  quota: z
    .union([z.literal('derived'), z.literal('unlimited'), quotaSchema], {
      error: 'expected "derived", "unlimited" or an object',
    })
    .default('derived'),
  /** Bounds and defaults of a single container. */
  containers: containerLimits.default({}),
  /** What Kubernetes cannot enforce reaches the application as configuration, by `limit('users')`. */
  limits: z.record(keySchema, limitSchema).default({}),
  /** Features: on unless the tenant switches them off, or on where it asks. Those not named are not to be had on this plan. */
  features: z.record(nameSchema, z.enum(['included', 'optional'])).default({}),
  customDomains: limitSchema.default(0),
  rateLimit: rateLimitSchema.nullable().default(null),
  /** Monthly list price. */
  price: z
    .strictObject({
      currency: z.string().regex(/^[A-Z]{3}$/, 'expected a currency such as EUR'),
      perMonth: z.number().min(0),
    })
    .nullable()
    .default(null),
  backup: backupPolicySchema.prefault({}),
  /** Who is evicted last when nodes are short: 0 to 1,000,000. */
  priority: z.int().min(0).max(1_000_000).default(1000),
  /** Node pool of the cluster that the plan's pods run on. */
  nodePool: nameSchema.nullable().default(null),
  /** What differs from the services' own sizes. */
  services: z.record(nameSchema, sizes).default({}),
  /** What differs from the backing services' own options, such as `{ database: { connections: 20 } }`. */
  backing: z.record(nameSchema, z.record(keySchema, z.unknown())).default({}),
});

const sharedSchema = z.strictObject({
  /** Namespace that they run in. */
  namespace: nameSchema.max(63),
  services: z.record(nameSchema, serviceSchema),
  routes: z.array(route.extend({ hosts: z.array(templateSchema).min(1) })).default([]),
  priority: z.int().min(0).max(1_000_000).default(100_000),
});

export const productSchema = z.strictObject({
  name: nameSchema,
  displayName: z.string().min(1).max(100),
  /** Zone below which tenants get their hosts, such as `nekotab.app`. Its wildcard certificate is the platform's. */
  apex: z.string().refine((apex) => isHost(apex) && !apex.startsWith('*'), 'expected a domain such as nekotab.app'),
  /** Templates of names; `{id}`, `{product}` and `{environment}` are known, `{name}` in the secret path. */
  names: z
    .strictObject({
      namespace: templateSchema.default('{product}-{id}'),
      secretPath: templateSchema.default('{environment}/{product}/{id}/{name}'),
    })
    .prefault({}),
  /** Labels and annotations of the namespace besides the usual ones; values may refer to the tenant. */
  labels: z.record(labelKeySchema, valueSchema).default({}),
  annotations: z.record(labelKeySchema, valueSchema).default({}),
  /** Features by name, with a sentence each. */
  features: z.record(nameSchema, z.string().min(1)).default({}),
  services: z.record(nameSchema, serviceSchema),
  shared: sharedSchema.nullable().default(null),
  routes: z.array(route).default([]),
  /** Jobs that must succeed before a rollout goes on, such as migrations. */
  jobs: z.record(nameSchema, job).default({}),
  roles: z.record(nameSchema, role).default({}),
  identities: z.record(nameSchema, identity).default({}),
  /** Settings whose values no two tenants of the product may share, by their paths. */
  uniqueSettings: z.array(z.string().min(1)).default([]),
  plans: z.record(nameSchema, planSchema),
});

type ProductFields = z.input<typeof productSchema>;
type Sizes = z.input<typeof sizes>;
type PlanFields = z.input<typeof planSchema>;

export type ProductData = z.output<typeof productSchema>;
export type Service = z.output<typeof serviceSchema>;
export type Plan = z.output<typeof planSchema>;
export type Probe = z.output<typeof probe>;
export type Resources = z.output<typeof resources>;
export type Amounts = z.output<typeof amounts>;
export type Volume = z.output<typeof volume>;
export type Egress = z.output<typeof egress>;
export type PolicyRule = z.output<typeof rule>;
export type QuotaOverride = z.output<typeof quotaSchema>;
export type Quota = { readonly [key in keyof typeof quotaFields]: number };
export type RateLimit = z.output<typeof rateLimitSchema>;
export type KeepPolicy = z.output<typeof backupPolicySchema>['keep'];

/** Literal keys, each optional; without any, an object in which whatever is written is a mistake. */
export type Named<Names extends string, T> = [Names] extends [never]
  ? Readonly<Record<string, never>>
  : { readonly [name in Names]?: T };

/** What `planSchema` takes, with the product's own services and features as keys. */
export type PlanInput<ServiceName extends string, Feature extends string> = Omit<
  PlanFields,
  'services' | 'features'
> & {
  readonly services?: Named<ServiceName, Sizes>;
  readonly features?: Named<Feature, 'included' | 'optional'>;
};

/** What `defineProduct` takes. */
export type ProductInput<
  Name extends string,
  Plan extends string,
  ServiceName extends string,
  Feature extends string,
  Settings extends z.ZodType,
> = Omit<ProductFields, 'name' | 'plans' | 'services' | 'features'> & {
  readonly name: Name;
  readonly features?: { readonly [name in Feature]: string };
  readonly services: { readonly [name in ServiceName]: ProductFields['services'][string] };
  /** Databases, caches, secrets: what services are given, made by functions such as `postgresql()`. */
  readonly backing?: readonly BackingService[];
  /** What the product asks of a tenant, as a strict zod object. */
  readonly settings?: Settings;
  readonly plans: { readonly [name in Plan]: PlanInput<NoInfer<ServiceName>, NoInfer<Feature>> };
};

/** A product, as written; `parseProduct` checks it and applies the defaults. */
export interface Product<
  Name extends string = string,
  Plan extends string = string,
  ServiceName extends string = string,
  Feature extends string = string,
  Settings extends z.ZodType = z.ZodType,
> {
  readonly kind: 'tenantry.product';
  readonly name: Name;
  readonly input: unknown;
  readonly backing: readonly BackingService[];
  readonly settings: Settings | null;
  /** Types only; absent at run time. */
  readonly types?: { readonly plan: Plan; readonly service: ServiceName; readonly feature: Feature };
}

/** Describes what is sold. Checked when a platform with it is parsed, so that all its mistakes are listed at once. */
export function defineProduct<
  const Name extends string,
  const Plan extends string,
  const ServiceName extends string,
  const Feature extends string = never,
  Settings extends z.ZodType = z.ZodObject<Record<never, never>, z.core.$strict>,
>(
  input: ProductInput<Name, Plan, ServiceName, Feature, Settings>,
): Product<Name, Plan, ServiceName, Feature, Settings> {
  // Registries may be plain JavaScript: whatever was given, parseProduct says what is wrong with it.
  const { backing, settings, ...fields } = (input ?? {}) as typeof input;
  return {
    kind: 'tenantry.product',
    name: fields.name,
    input: fields,
    backing: backing ?? [],
    settings: settings ?? null,
  };
}
