import { z } from 'zod';

/** What people write of the place that Terraform keeps its states in. */

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

export const terraformSchema = z.strictObject({
  backend: backend.prefault({ kind: 'local' }),
  /** Stacks of one server that CI may apply at the same time. */
  perServer: z.int().min(1).max(64).default(4),
});
