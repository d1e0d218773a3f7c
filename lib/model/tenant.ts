import { z } from 'zod';
import { isTime } from './checks';
import { credentialsSchema } from './credentials';
import { limitSchema, quotaSchema, rateLimitSchema } from './plan-schema';
import type { Named, Product } from './product';
import { cpuSchema, mibSchema, nameSchema, volumeGibSchema } from './schemas';
import { email, freeText, isoDate, labelValue, tenantId } from './text';

/** What people write in a tenant file. */

const amounts = z.strictObject({ cpu: cpuSchema, memoryMiB: mibSchema, ephemeralMiB: mibSchema }).partial();

const serviceOverride = z
  .strictObject({
    replicas: z.strictObject({ min: z.int().min(1).max(1000), max: z.int().min(1).max(1000) }).partial(),
    requests: amounts,
    limits: amounts,
    volumes: z.record(nameSchema, z.strictObject({ sizeGiB: volumeGibSchema })),
  })
  .partial();

const fields = z.strictObject({
  /** Equals the file's name; 2 to 32 lower-case letters, digits and hyphens, beginning with a letter. */
  id: tenantId,
  displayName: freeText(100),
  product: z.string(),
  plan: z.string(),
  /** A cluster of the platform. */
  placement: z.string(),
  contact: email,
  createdOn: isoDate,
  /** Custom domains, as many as the plan allows. */
  domains: z.array(z.string()).max(100).default([]),
  /** Jurisdiction that all data must stay in; that of the placement unless given. */
  residency: nameSchema.nullable().default(null),
  /** What the product asks of a tenant; checked by its own schema. */
  settings: z.unknown().optional(),
  /** Where the bill goes: all end up as labels. */
  billing: z
    .strictObject({
      id: labelValue.nullable().default(null),
      costCenter: labelValue.nullable().default(null),
      department: labelValue.nullable().default(null),
    })
    .prefault({}),
  /** Optional features of the plan that are wanted. */
  features: z.record(z.string(), z.boolean()).default({}),
  /** Servers of backing services where the cluster's own are not meant, such as `{ database: 'pg-eu-2' }`. */
  servers: z.record(z.string(), z.string()).default({}),
  /** Which logins of backing services are in use, and how often and when each got its password; `tenantry rotate` writes it. */
  credentials: credentialsSchema.default({}),
  backup: z
    .strictObject({ at: z.string().refine(isTime, 'expected a time in UTC such as 03:17').nullable().default(null) })
    .prefault({}),
  /** What differs from the plan, always with a reason and an end. */
  overrides: z
    .strictObject({
      quota: quotaSchema.default({}),
      services: z.record(z.string(), serviceOverride).default({}),
      /** Options of backing services, such as `{ database: { own: { storageGiB: 100 } } }`. */
      backing: z.record(z.string(), z.record(z.string(), z.unknown())).default({}),
      limits: z.record(z.string(), limitSchema).default({}),
      rateLimit: rateLimitSchema.nullable().default(null),
      reason: freeText(500),
      until: isoDate,
    })
    .nullable()
    .default(null),
  lifecycle: z.strictObject({ state: z.enum(['active', 'suspended', 'purged']) }).default({ state: 'active' }),
});

export const tenantSchema = fields.superRefine(({ createdOn, overrides }, context) => {
  // Told of days only: whatever else they are was found already.
  const areDays = [createdOn, overrides?.until].every((day) => isoDate.safeParse(day).success);
  if (!areDays || overrides === null || overrides.until >= createdOn) return;
  const message = `expected a day on or after createdOn, ${createdOn}`;
  context.addIssue({ code: 'custom', path: ['overrides', 'until'], message });
});

type TenantFields = z.input<typeof tenantSchema>;
type Overrides = NonNullable<TenantFields['overrides']>;

export type TenantData = z.output<typeof tenantSchema>;
export type State = TenantData['lifecycle']['state'];

type PlanOf<P> = P extends { readonly types?: { readonly plan: infer Plan } } ? Plan & string : never;
type ServiceOf<P> = P extends { readonly types?: { readonly service: infer Name } } ? Name & string : never;
type FeatureOf<P> = P extends { readonly types?: { readonly feature: infer Name } } ? Name & string : never;
type SettingsOf<P> = P extends { readonly settings: infer S } ? (S extends z.ZodType ? z.input<S> : never) : never;

/** Settings are required exactly where the product's schema requires one. */
type Settings<S> = Record<never, never> extends S ? { readonly settings?: S } : { readonly settings: S };

type OneTenant<P extends Product, Placement extends string> = Omit<
  TenantFields,
  'product' | 'plan' | 'placement' | 'settings' | 'features' | 'overrides'
> & {
  readonly product: P['name'];
  readonly plan: PlanOf<P>;
  readonly placement: Placement;
  readonly features?: Named<FeatureOf<P>, boolean>;
  readonly overrides?:
    | (Omit<Overrides, 'services'> & {
        readonly services?: Named<ServiceOf<P>, NonNullable<Overrides['services']>[string]>;
      })
    | null;
} & Settings<SettingsOf<P>>;

/** A tenant of any of the products: the union over them, so that plans, features and settings are those of its product. */
export type TenantInput<Products extends readonly Product[], Placement extends string> = {
  [I in keyof Products]: Products[I] extends Product ? OneTenant<Products[I], Placement> : never;
}[number];

/** A tenant as written; the registry parses it. */
export interface TenantFile {
  readonly kind: 'tenantry.tenant';
  readonly input: unknown;
}

/** Types a tenant file; does nothing else. */
export type DefineTenant<Products extends readonly Product[], Placement extends string> = (
  tenant: TenantInput<Products, Placement>,
) => TenantFile;
