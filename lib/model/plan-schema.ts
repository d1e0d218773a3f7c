import { z } from 'zod';
import { isTime } from './checks';
import { cpuSchema, gibSchema, keySchema, nameSchema, volumeGibSchema } from './schemas';
import { amounts, replicas, resources } from './service-schema';

/** What a product says about one of its plans. */

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

const orUnlimited = <T extends z.ZodType>(field: T) => z.union([field, z.literal('unlimited')]);

/** As a plan writes it: what the plan's node pool bounds may be `unlimited` by itself. */
const planQuotaSchema = z
  .strictObject({
    ...quotaFields,
    cpu: orUnlimited(quotaFields.cpu),
    memoryGiB: orUnlimited(quotaFields.memoryGiB),
    limitsCpu: orUnlimited(quotaFields.limitsCpu),
    limitsMemoryGiB: orUnlimited(quotaFields.limitsMemoryGiB),
    pods: orUnlimited(quotaFields.pods),
    storageGiB: orUnlimited(quotaFields.storageGiB),
  })
  .partial();

export const sizesSchema = z
  .strictObject({
    replicas,
    resources,
    volumes: z.record(nameSchema, z.strictObject({ sizeGiB: volumeGibSchema })),
    scaling: z
      .strictObject({
        cpuPercent: z.int().min(1).max(100),
        memoryPercent: z.int().min(1).max(100).nullable(),
        downPercent: z.int().min(1).max(100).nullable(),
      })
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

export const alertNameSchema = z
  .string()
  .regex(/^[A-Z][A-Za-z0-9]*$/, 'expected a name such as TenantHighCpuUsage')
  .max(63);

/** Alerts that every cluster with monitoring has, whatever its products. */
export const BUILT_IN_ALERTS: readonly string[] = ['TenantHostDown', 'TenantBackupLate', 'TenantLabelsMissing'];

const alertFields = {
  forMinutes: z.int().min(0).max(1440),
  severity: z.enum(['info', 'warning', 'critical']),
  /** A sentence for whoever is called. */
  summary: z.string().min(1).max(200),
};

/** A condition of a tenant that somebody is told of. */
export const alertSchema = z.union(
  [
    z.strictObject({
      /** Use of what the tenant's quota gives its running pods, or of each of its volumes. */
      of: z.enum(['cpu', 'memory', 'disk']),
      abovePercent: z.number().positive().max(100),
      ...alertFields,
    }),
    /** A service has more replicas than its minimum. */
    z.strictObject({ of: z.literal('scaled-up'), ...alertFields }),
    /** A query of Prometheus, whose series have a label `namespace`. */
    z.strictObject({ query: z.string().min(1), above: z.number(), ...alertFields }),
  ],
  { error: 'expected { of: "cpu" | "memory" | "disk", abovePercent }, { of: "scaled-up" } or { query, above }' },
);

export const planSchema = z.strictObject({
  /**
   * Written, derived (`'derived'`: from maximum replicas, surge, jobs and own servers; the fields written in an object replace derived
   * ones, and must hold), or `'unlimited'`, as a whole or for a field: bounded by the node pool, which must then be named.
   */
  quota: z
    .union([z.literal('derived'), z.literal('unlimited'), planQuotaSchema], {
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
  services: z.record(nameSchema, sizesSchema).default({}),
  /** What differs from the backing services' own options, such as `{ database: { connections: 20 } }`. */
  backing: z.record(nameSchema, z.record(keySchema, z.unknown())).default({}),
  /** Thresholds of alerts that differ. */
  alerts: z.record(alertNameSchema, z.number().positive()).default({}),
});

export type Plan = z.output<typeof planSchema>;
export type Alert = z.output<typeof alertSchema>;
export type QuotaOverride = z.output<typeof quotaSchema>;
export type Quota = { readonly [key in keyof typeof quotaFields]: number };
export type RateLimit = z.output<typeof rateLimitSchema>;
export type KeepPolicy = z.output<typeof backupPolicySchema>['keep'];
