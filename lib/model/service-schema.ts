import { z } from 'zod';
import { isCidr } from './checks';
import {
  cpuSchema,
  envNameSchema,
  imageSchema,
  mibSchema,
  nameSchema,
  pathSchema,
  portSchema,
  valueSchema,
  volumeGibSchema,
} from './schemas';

/** What a product says about one of its services or jobs. */

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

export const amounts = z.strictObject({
  cpu: cpuSchema,
  memoryMiB: mibSchema,
  /** Container file system, logs and scratch folders. */
  ephemeralMiB: mibSchema.optional(),
});

export const resources = z.strictObject({ requests: amounts, limits: amounts });

export const replicas = z
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
      /** Replicas go again only when the use of each is below this; as soon as fewer would do unless given. */
      downPercent: z.int().min(1).max(100).nullable().default(null),
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
  /** Endpoints of the cluster that it calls, besides those that its values refer to. */
  callsEndpoints: z.array(nameSchema).default([]),
  /** Services of the tenants that a shared service calls. */
  callsTenants: z.array(nameSchema).default([]),
  /** Services that must be ready before it is rolled out; each needs a readiness probe. */
  startsAfter: z.array(nameSchema).default([]),
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

export const jobSchema = z.strictObject({
  /** Service whose image, environment and connections it takes. */
  service: nameSchema,
  command: z.array(valueSchema).min(1),
  env: z.record(envNameSchema, valueSchema).default({}),
  deadlineSeconds: z.int().min(10).max(86_400).default(600),
  resources: resources.nullable().default(null),
});

export type Service = z.output<typeof serviceSchema>;
export type Job = z.output<typeof jobSchema>;
export type Probe = z.output<typeof probe>;
export type Resources = z.output<typeof resources>;
export type Amounts = z.output<typeof amounts>;
export type Volume = z.output<typeof volume>;
export type Egress = z.output<typeof egress>;
