import { z } from 'zod';
import { isHost } from './checks';
import type { BackingService } from './offer';
import { alertNameSchema, alertSchema, backupPolicySchema, planSchema, type sizesSchema } from './plan-schema';
import {
  envNameSchema,
  imageSchema,
  keySchema,
  labelKeySchema,
  nameSchema,
  sqlNameSchema,
  templateSchema,
  valueSchema,
} from './schemas';
import { jobSchema, serviceSchema } from './service-schema';

/** What a product is: services, backing services, routes, jobs, roles, settings and plans. */

/** A service of the tenant by its name, or a shared one. */
const target = z.union([nameSchema, z.strictObject({ shared: nameSchema })], {
  error: 'expected the name of a service, or { shared: name }',
});

const healthPath = z
  .string()
  .regex(/^\/[\w\-./~%]*$/, 'expected a path such as /healthz')
  .default('/');

/** Requests to a set of hosts, by path, longest first. */
const route = z.strictObject({
  /** Templates: `{id}` and `{apex}` are known; `{domain}` gives a host for each custom domain, `{settings.path}` one for each value there. */
  hosts: z.array(templateSchema).min(1).default(['{id}.{apex}', '{domain}']),
  /** Service by path prefix: the tenant's own, or a shared one. */
  paths: z.record(z.string().startsWith('/'), target),
  /** Path that answers when a host is well. */
  health: healthPath,
});

const sharedRoute = z.strictObject({
  /** Templates that `{apex}`, `{cluster}` and `{region}` are known in: no two clusters may serve the same host. */
  hosts: z.array(templateSchema).min(1),
  paths: z.record(z.string().startsWith('/'), nameSchema),
  health: healthPath,
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
  /** Name of the ServiceAccount; `{id}` is known, but to shared services. */
  serviceAccount: templateSchema,
  rules: z.array(rule).min(1),
  /** Why it needs more than nothing. A wide one (secrets, pods, roles or any write) is refused without a sentence. */
  reason: z.string().max(300).default(''),
  /** Shared services that act as it, by short-lived tokens; each needs an identity of its own. */
  by: z.array(nameSchema).default([]),
});

/** Rows of a table in a shared database, kept as the registry says: written where they are missing or differ. */
const rowsSchema = z.strictObject({
  /** Shared PostgreSQL or MySQL that the table lies in; the product's own migrations make the table. */
  in: nameSchema,
  table: sqlNameSchema,
  /** List in the settings that has an element for each row; one row a tenant unless given. */
  each: z.string().min(1).nullable().default(null),
  /**
   * Columns with a unique constraint that tell rows apart, and with them tenants: one of them holds `tenant.id` or
   * `tenant.namespace`, or an `item` that is among `uniqueSettings`.
   */
  key: z.array(sqlNameSchema).min(1),
  /** Values by column. Limits are numbers or null for `unlimited`, features true or false, settings what they are. */
  columns: z.record(sqlNameSchema, valueSchema),
  /**
   * What becomes of rows of the tenant that the settings no longer have: `where` finds the tenant's rows by a column that holds
   * `tenant.id` or `tenant.namespace`, `set` is written to those that are not listed. Rows are never deleted.
   */
  retire: z
    .strictObject({ where: z.record(sqlNameSchema, valueSchema), set: z.record(sqlNameSchema, valueSchema) })
    .nullable()
    .default(null),
  /** PostgreSQL settings of the transaction, such as the tenant that row-level security asks for. */
  session: z
    .record(
      z.string().regex(/^[a-z_][a-z0-9_]*\.[a-z_][a-z0-9_]*$/, 'expected a setting such as app.tenant_id'),
      valueSchema,
    )
    .default({}),
  /** Has `psql`, or `mariadb` for MySQL. */
  image: imageSchema,
});

/** What shared services are told of each tenant. */
const projectionSchema = z.strictObject({
  /** Plain facts by name, as JSON in a ConfigMap `tenant.<id>` of the shared namespace. */
  facts: z.record(keySchema, valueSchema).default({}),
  /** Secrets of the tenant that shared services read, by key of the Secret `tenant.<id>` there. */
  secrets: z.record(envNameSchema, valueSchema).default({}),
  rows: rowsSchema.nullable().default(null),
});

const sharedSchema = z.strictObject({
  /** Namespace that they run in. */
  namespace: nameSchema.max(63),
  services: z.record(nameSchema, serviceSchema),
  routes: z.array(sharedRoute).default([]),
  jobs: z.record(nameSchema, jobSchema).default({}),
  /** Accounts that shared services act as towards the API server, in their own namespace. */
  identities: z.record(nameSchema, identity.omit({ by: true })).default({}),
  projection: projectionSchema.nullable().default(null),
  backup: backupPolicySchema.prefault({}),
  priority: z.int().min(0).max(1_000_000).default(100_000),
});

/** Labels that say where a series comes from; alerts and joins go by them. */
const SCRAPED_LABELS = ['namespace', 'pod', 'container', 'job', 'instance', 'service', 'endpoint'];

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
  jobs: z.record(nameSchema, jobSchema).default({}),
  roles: z.record(nameSchema, role).default({}),
  identities: z.record(nameSchema, identity).default({}),
  /** Settings whose values no two tenants of the product may share, by their paths. */
  uniqueSettings: z.array(z.string().min(1)).default([]),
  /** Limits by the paths of settings whose number of values they bound, such as `{ sites: 'sites' }`. */
  settingLimits: z.record(z.string().min(1), keySchema).default({}),
  /** Labels of every series that is scraped from a tenant, besides `product`, `tenant`, `tenant_id` and `plan`, or in their place. */
  metricLabels: z
    .record(
      z
        .string()
        .regex(/^(?!__)[a-zA-Z_][a-zA-Z0-9_]*$/, 'expected the name of a label, such as tier')
        .refine((name) => !SCRAPED_LABELS.includes(name), 'expected a label that no scrape sets itself'),
      valueSchema,
    )
    .default({}),
  alerts: z.record(alertNameSchema, alertSchema).default({}),
  plans: z.record(nameSchema, planSchema),
});

type ProductFields = z.input<typeof productSchema>;
type SharedFields = NonNullable<ProductFields['shared']>;
type Sizes = z.input<typeof sizesSchema>;
type PlanFields = z.input<typeof planSchema>;

export type ProductData = z.output<typeof productSchema>;
export type Shared = z.output<typeof sharedSchema>;
export type Rows = z.output<typeof rowsSchema>;
export type Route = z.output<typeof route>;
export type PolicyRule = z.output<typeof rule>;

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
> = Omit<ProductFields, 'name' | 'plans' | 'services' | 'features' | 'shared'> & {
  readonly name: Name;
  readonly features?: { readonly [name in Feature]: string };
  readonly services: { readonly [name in ServiceName]: ProductFields['services'][string] };
  /** Databases, caches, secrets: what services are given, made by functions such as `postgresql()`. */
  readonly backing?: readonly BackingService[];
  /** What runs once on each cluster, for all tenants there. */
  readonly shared?: SharedFields & {
    /** What shared services are given. */
    readonly backing?: readonly BackingService[];
  };
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
  readonly sharedBacking: readonly BackingService[];
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
  const { backing, settings, shared, ...fields } = (input ?? {}) as typeof input;
  const { backing: sharedBacking, ...sharedFields } = shared ?? {};
  return {
    kind: 'tenantry.product',
    name: fields.name,
    input: shared === undefined || shared === null ? fields : { ...fields, shared: sharedFields },
    backing: backing ?? [],
    sharedBacking: sharedBacking ?? [],
    settings: settings ?? null,
  };
}
