import { z } from 'zod';
import { isCidr } from './checks';
import { labelValue, unspeakable } from './text';
import type { Value } from './values';

/** Building blocks that the schemas of platform, product and tenant share. */

const LABEL_VALUE = 'expected the value of a label: letters, digits, "-", "_" and ".", at most 63';

/** A name inside the platform: product, cluster, server, service, feature. DNS label, so that it can be part of any object's name. */
export const nameSchema = z
  .string()
  .regex(/^[a-z]([a-z0-9-]*[a-z0-9])?$/, 'expected lower-case letters, digits and hyphens, beginning with a letter')
  .max(40, 'expected at most 40 characters')
  .refine(isOwnName, 'expected a name that not every object has already');

/** A name that a map may have as a key and is free otherwise, such as a limit's. */
export const keySchema = z
  .string()
  .min(1)
  .max(100)
  .refine(isOwnName, 'expected a name that not every object has already');

/** A TCP or UDP port. */
export const portSchema = z.int().min(1).max(65535);

/** A number of CPU cores, in steps of a thousandth. */
export const cpuSchema = z
  .number('expected a number of cores')
  .positive('expected a number of cores above 0')
  .max(100_000)
  .refine((cores) => Math.abs(Math.round(cores * 1000) - cores * 1000) < 1e-6, 'expected at most three decimals');

/** A number of mebibytes. */
export const mibSchema = z.int('expected a whole number of MiB, at least 1').positive().max(1_000_000_000);

/** A number of gibibytes; memory may be a fraction in steps of a MiB. */
export const gibSchema = z
  .number('expected a number of GiB above 0')
  .positive()
  .max(1_000_000)
  .refine((gib) => Number.isInteger(gib * 1024), 'expected a whole number of MiB - write eighths, such as 0.125');

/** A number of gibibytes of a volume: whole ones. */
export const volumeGibSchema = z.int('expected a whole number of GiB, at least 1').positive().max(1_000_000);

/** A template with `{placeholders}` for a name; which are known stands at the field. */
export const templateSchema = z.string().min(1).max(200);

/** A path inside a container, in its one spelling, so that equal paths are equal texts. */
export const pathSchema = z
  .string()
  .regex(
    /^(\/(?!\.{0,2}(\/|$))[^/\0:,\u0001-\u001f]+)+$/,
    'expected an absolute path such as /srv/data, without "..", "." and a slash at its end',
  )
  .max(255);

/** The key of a label or annotation (Kubernetes docs, "Labels and Selectors"). */
export const labelKeySchema = z
  .string()
  .regex(
    /^([a-z0-9]([-a-z0-9.]*[a-z0-9])?\/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?$/,
    'expected the key of a label, such as app.kubernetes.io/name',
  )
  .max(253)
  .refine(isOwnName, 'expected a name that not every object has already');

/** Labels that select something. */
export const labelsSchema = z.record(labelKeySchema, z.union([z.literal(''), labelValue], { error: LABEL_VALUE }));

/** Pods that one side of a network opening consists of: always a namespace by its name, and labels in it. */
export const podPeerSchema = z.strictObject({
  namespace: nameSchema.max(63),
  podLabels: labelsSchema.refine(
    (labels) => Object.keys(labels).length > 0,
    'expected at least one label, since without one all pods of the namespace are meant',
  ),
});

/** An IPv4 or IPv6 range, in its one spelling. */
export const cidrSchema = z
  .string()
  .refine(isCidr, 'expected an address range such as 10.0.0.0/16, with no bits beyond its mask');

/** Who answers at the other end: pods of a cluster, or addresses outside. */
export const peerSchema = z.union([z.strictObject({ cidr: cidrSchema }), podPeerSchema], {
  error: 'expected { cidr } or { namespace, podLabels }',
});

export const envNameSchema = z
  .string()
  .regex(/^[A-Za-z_][A-Za-z0-9_]*$/, 'expected the name of an environment variable');

const referenceSchema = z.strictObject({
  kind: z.literal('ref'),
  source: z.enum([
    'tenant',
    'backing',
    'service',
    'shared',
    'public',
    'endpoint',
    'setting',
    'item',
    'limit',
    'feature',
  ]),
  name: z.string(),
  output: z.string(),
});

const textSchema = z
  .string()
  .refine(
    (text) => unspeakable(text) === undefined,
    'expected a text without NUL characters and halves of surrogate pairs',
  );

const partSchema: z.ZodType<Value, Value> = z.lazy(() =>
  z.union([textSchema, referenceSchema, concatSchema, whenSchema], {
    error: 'expected a string, a reference such as database.url, concat(...) or when(...)',
  }),
);

const concatSchema = z.strictObject({ kind: z.literal('concat'), parts: z.array(partSchema).readonly() });

const whenSchema = z.strictObject({
  kind: z.literal('when'),
  feature: z.string(),
  value: partSchema,
  otherwise: partSchema,
});

/** A literal, a reference or a composition; numbers and booleans are written as texts. */
export const valueSchema = z.union(
  [textSchema, z.number().transform(String), z.boolean().transform(String), referenceSchema, concatSchema, whenSchema],
  { error: 'expected a string, a reference such as database.url, concat(...) or when(...)' },
);

/** The name of a table or column, which needs no quotes. */
export const sqlNameSchema = z
  .string()
  .regex(/^[a-z_][a-z0-9_]*$/, 'expected lower-case letters, digits and "_", beginning with a letter')
  .max(63)
  .refine(isOwnName, 'expected a name that not every object has already');

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

// --- internal ---

/** What every object has (`constructor`, `toString`) would be found in maps that nobody put it in. */
function isOwnName(name: string): boolean {
  return !(name in Object.prototype);
}
