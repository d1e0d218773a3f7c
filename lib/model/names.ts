import { createHash } from 'node:crypto';

/**
 * The one table of name lengths, in bytes of UTF-8 (valid names are ASCII in every space here, so characters too).
 * A number that is shorter than what the API accepts is so because something else is derived from the name.
 */
export const LIMITS = {
  /** RFC 1123 DNS label; Kubernetes `ValidateNamespaceName`. */
  namespace: 63,
  /** Kubernetes docs, "Labels and Selectors", syntax and character set. */
  labelValue: 63,
  /** RFC 1035 2.3.4 and RFC 1123: Service, container, volume, hostname. */
  dnsLabel: 63,
  /** RFC 1035 2.3.4 less the root label: a whole host name. */
  host: 253,
  /** RFC 6335 5.1 (IANA_SVC_NAME): a container's named port. */
  portName: 15,
  /** RFC 1123 DNS subdomain: ConfigMap, Secret and every kind that has no line of its own here. */
  kubernetesName: 253,
  /**
   * The API takes 253, and generated pod names are cut at 63: 63 - 11 (`-` and up to 10 characters of
   * pod-template-hash) - 6 (`-` and 5 random ones) keeps the Deployment readable in its pods (kubernetes#116447).
   */
  deployment: 46,
  /** 63 - 11: the pods' label controller-revision-hash is `<name>-<10 characters>` (kubernetes#64023). */
  statefulSet: 52,
  /** 63 - 11: its Jobs are `<name>-<8 digits of the minute>`, with room (Kubernetes `ValidateCronJobCreate`). */
  cronJob: 52,
  /** The pods' label batch.kubernetes.io/job-name is the name (Kubernetes docs, "Jobs"). */
  job: 63,
  /** The API takes 253; 63 so that the name can be a label's value too, where backup tools and drivers put it. */
  persistentVolumeClaim: 63,
  /** NAMEDATALEN 64 less the closing zero; the rest is cut off silently (PostgreSQL docs, 4.1.1). */
  postgresIdentifier: 63,
  /** MySQL 8.4 manual, 11.2.1 Identifier Length Limits. */
  mysqlDatabase: 64,
  /** MySQL 8.4 manual, 8.2.1 Account User Names and Passwords (MariaDB takes more). */
  mysqlUser: 32,
  /** Amazon S3 user guide, "General purpose bucket naming rules": 3 to 63. */
  s3Bucket: 63,
  /** AMQP 0-9-1 carries `path = shortstr` in connection.open: one byte of length. */
  rabbitmqVhost: 255,
  /** With label tracking the name is a label's value on every object (argo-cd#5594, #4045). */
  argoApplication: 63,
  /** Helm `validateReleaseName`: 63 less 10 for what charts append. */
  helmRelease: 53,
} as const;

/** A space that {@link LIMITS} knows. */
export type Space = keyof typeof LIMITS;

/** Spaces in which an unquoted name cannot hold a hyphen. */
const SQL: ReadonlySet<number | Space> = new Set<Space>(['postgresIdentifier', 'mysqlDatabase', 'mysqlUser']);

/** 36^8 is 41 bits: with 10,000 names that share one cut head, two meet with a chance of about 1 in 50,000. */
const HASH_LENGTH = 8;

function sha256(text: string): Buffer {
  return createHash('sha256').update(text, 'utf8').digest();
}

/** A stable unsigned 32-bit hash (0 to 2^32 - 1) whose bits are evenly spread: the first four bytes of SHA-256. */
export function hash32(text: string): number {
  return sha256(text).readUInt32BE();
}

function suffixOf(name: string): string {
  const space = 36n ** BigInt(HASH_LENGTH);
  return (sha256(name).readBigUInt64BE() % space).toString(36).padStart(HASH_LENGTH, '0');
}

/** The longest head of whole code points that fits, without separators at its end. */
function headOf(name: string, bytes: number): string {
  let head = '';
  let size = 0;
  for (const character of name) {
    size += Buffer.byteLength(character);
    if (size > bytes) break;
    head += character;
  }
  return head.replace(/[-_.]+$/, '');
}

/**
 * Fits a name into a limit: unchanged where it fits, else its head, a separator and eight base-36 characters of the
 * hash of the whole name. The separator is `_` in SQL spaces and in names that use it, else `-`.
 * @param limit a space of {@link LIMITS}, or a number of bytes, at least 10
 */
export function cut(name: string, limit: number | Space): string {
  const max = typeof limit === 'number' ? limit : LIMITS[limit];
  const room = max - HASH_LENGTH - 1;
  if (!Number.isInteger(max) || room < 1) throw new Error(`expected a limit of at least 10 bytes, got ${max}`);
  if (Buffer.byteLength(name) <= max) return name;
  const separator = SQL.has(limit) || name.includes('_') ? '_' : '-';
  const head = headOf(name, room);
  // A head of nothing but separators is gone by now; the hash alone is still unique.
  return head === '' ? suffixOf(name) : `${head}${separator}${suffixOf(name)}`;
}

/**
 * Turns an id into an SQL identifier that is safe unquoted as far as characters go (`-` becomes `_`). Ids hold no `_`,
 * so two ids never fold to one. Keywords stay what they are (`user` is a valid id): SQL text still quotes.
 */
export function fold(name: string): string {
  const folded = name.replaceAll('-', '_');
  if (!/^[a-z][a-z0-9_]*$/.test(folded)) {
    throw new Error(
      `expected lower-case letters, digits and hyphens after a first letter, got ${JSON.stringify(name)}`,
    );
  }
  return folded;
}

const PLACEHOLDER = /\{([A-Za-z][A-Za-z0-9_.]*)\}/g;

/** The names in a template's `{placeholders}`, each once, in order of appearance. Other braces are plain text. */
export function placeholders(template: string): string[] {
  return [...new Set(Array.from(template.matchAll(PLACEHOLDER), ([, name = '']) => name))];
}

/** Replaces each `{placeholder}` by its variable, once: braces in a value stay. Throws on one that is not known. */
export function expand(template: string, variables: Readonly<Record<string, string | number>>): string {
  return template.replace(PLACEHOLDER, (_, name: string) => {
    // Own properties only: {constructor} is no placeholder that anyone gave.
    const value = Object.hasOwn(variables, name) ? variables[name] : undefined;
    if (value !== undefined) return String(value);
    const known = Object.keys(variables).map((key) => `{${key}}`);
    throw new Error(
      `unknown placeholder {${name}} in ${JSON.stringify(template)} - ` +
        (known.length === 0 ? 'none is known here' : `write one of ${known.join(', ')}`),
    );
  });
}
