import { z } from 'zod';
import type { Value } from './values';

/** Building blocks that the schemas of platform, product and tenant share. */

/** A name inside the platform: product, cluster, server, service, feature. DNS label, so that it can be part of any object's name. */
export const nameSchema = z
  .string()
  .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, 'expected lower-case letters, digits and hyphens, beginning with a letter')
  .max(40, 'expected at most 40 characters');

/** A TCP or UDP port. */
export const portSchema = z.int().min(1).max(65535);

/** A number of CPU cores, in steps of a thousandth. */
export const cpuSchema = z
  .number('expected a number of cores')
  .positive('expected a number of cores above 0')
  .max(100_000)
  .refine((cores) => Math.abs(Math.round(cores * 1000) - cores * 1000) < 1e-6, 'expected at most three decimals');

/** A number of mebibytes. */
export const mibSchema = z.int('expected a whole number of MiB').positive().max(1_000_000_000);

/** A number of gibibytes; memory may be a fraction in steps of a MiB. */
export const gibSchema = z.number('expected a number of GiB').positive().max(1_000_000);

/** A number of gibibytes of a volume: whole ones. */
export const volumeGibSchema = z.int('expected a whole number of GiB').positive().max(1_000_000);

/** A template with `{placeholders}` for a name; which are known stands at the field. */
export const templateSchema = z.string().min(1).max(200);

/** A path inside a container. */
export const pathSchema = z
  .string()
  .regex(/^\/[^\0:,\u0001-\u001f]*$/, 'expected an absolute path')
  .max(255);

/** Pods that one side of a network opening consists of: always a namespace by its name, and labels in it. */
export const podPeerSchema = z.strictObject({
  namespace: nameSchema.max(63),
  podLabels: z.record(z.string().min(1), z.string()).default({}),
});

/** Who answers at the other end: pods of a cluster, or addresses outside. */
export const peerSchema = z.union([z.strictObject({ cidr: z.string() }), podPeerSchema], {
  error: 'expected { cidr } or { namespace, podLabels }',
});

export const envNameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable');

const referenceSchema = z.strictObject({
  kind: z.literal('ref'),
  source: z.enum(['tenant', 'backing', 'service', 'shared', 'setting', 'limit', 'feature']),
  name: z.string(),
  output: z.string(),
});

const textSchema = z.string().refine((text) => !text.includes('\0'), 'expected a text without NUL characters');

const partSchema: z.ZodType<Value, Value> = z.lazy(() => z.union([textSchema, referenceSchema, concatSchema]));

const concatSchema = z.strictObject({ kind: z.literal('concat'), parts: z.array(partSchema).readonly() });

/** A literal, a reference or a composition; numbers and booleans are written as texts. */
export const valueSchema = z.union(
  [textSchema, z.number().transform(String), z.boolean().transform(String), referenceSchema, concatSchema],
  { error: 'expected a string, a reference such as database.url, or concat(...)' },
);

/** Container images are references with a tag, a digest, or both; `latest` says nothing and is refused. */
export const imageSchema = z
  .string()
  .max(400)
  .regex(
    /^[a-z0-9][a-z0-9._-]*(:[0-9]+)?(\/[a-z0-9._-]+)*(:[A-Za-z0-9_][A-Za-z0-9_.-]{0,127})?(@sha256:[0-9a-f]{64})?$/,
    'expected an image such as registry.example/team/app:1.4.2',
  )
  .refine((image) => image.includes('@sha256:') || /:[^:/]+$/.test(image), 'expected an image with a tag or a digest')
  .refine((image) => !/:latest(@|$)/.test(image), 'expected a tag other than latest, which says nothing');
