/**
 * Values: what products say about configuration before a tenant is known. A value is plain data; resolving it for a tenant
 * gives parts, each a text or a reference to a key in the secret store. A value with a secret part is assembled where the
 * secret arrives (an ExternalSecret's template, an env file), never in a manifest.
 */

/** A literal, a reference to something that is known per tenant, a composition of values, or one of two. */
export type Value = string | Reference | Concat | When;

/** Where a reference points. */
export type Source =
  | 'tenant'
  | 'backing'
  | 'service'
  | 'shared'
  | 'public'
  | 'endpoint'
  | 'setting'
  | 'item'
  | 'limit'
  | 'feature';

/** A reference, such as `database.url` or `setting('language')`. */
export interface Reference {
  readonly kind: 'ref';
  readonly source: Source;
  /** The backing service, service, setting, limit or feature; for the tenant itself, its field. */
  readonly name: string;
  /** What is wanted of it, such as `url`; empty where there is one thing only. */
  readonly output: string;
}

/** Values written one after the other. */
export interface Concat {
  readonly kind: 'concat';
  readonly parts: readonly Value[];
}

/** One value where a feature is on, another where it is off. */
export interface When {
  readonly kind: 'when';
  readonly feature: string;
  readonly value: Value;
  readonly otherwise: Value;
}

/** A feature that is on, or off, wherever a value counts. */
export interface Condition {
  readonly feature: string;
  readonly on: boolean;
}

/** A reference to one key of one entry in the secret store. */
export interface SecretPart {
  /** Path of the entry in the store. */
  readonly path: string;
  /** Key inside the entry. */
  readonly key: string;
  /** `url` where the text around it is a URL, so that the value is percent-encoded on arrival. */
  readonly encode: 'none' | 'url';
}

/** A value resolved for one tenant. */
export type Parts = readonly (string | SecretPart)[];

/** Facts of the tenant that values may refer to. */
export const TENANT_FIELDS = [
  'id',
  'displayName',
  'product',
  'plan',
  'environment',
  'region',
  'jurisdiction',
  'namespace',
  'contact',
  'createdOn',
  'status',
  'billingId',
  'costCenter',
  'department',
  'host',
  'hosts',
  'url',
  'urls',
] as const;

export type TenantField = (typeof TENANT_FIELDS)[number];

function reference(source: Source, name: string, output = ''): Reference {
  return { kind: 'ref', source, name, output };
}

/** The tenant's own facts; `host` is its first host, `hosts` all of them joined by commas, `url` and `urls` the same with `https://`. */
export const tenant = Object.freeze(
  Object.fromEntries(TENANT_FIELDS.map((field) => [field, reference('tenant', field)])),
) as Readonly<Record<TenantField, Reference>>;

/** A setting of the tenant, by its path, such as `setting('mail.from')`. What is not a string arrives as JSON. */
export const setting = (path: string): Reference => reference('setting', path);

/** A limit of the plan, such as `limit('users')`: a number, or `unlimited`. */
export const limit = (name: string): Reference => reference('limit', name);

/** Whether a feature is on: `true` or `false`. */
export const feature = (name: string): Reference => reference('feature', name);

/** The value of a generated secret of the product, by its name. */
export const secret = (name: string): Reference => reference('backing', name, 'value');

/** An output of a backing service, by the names of both. */
export const output = (backing: string, name: string): Reference => reference('backing', backing, name);

/** The address of another service of the tenant, such as `http://backend:8000`. Referring to it opens the way there. */
export const serviceUrl = (service: string): Reference => reference('service', service, 'url');

/** The host name of another service of the tenant, without scheme and port. */
export const serviceHost = (service: string): Reference => reference('service', service, 'host');

/** The address of a shared service of the product, as pods of a tenant reach it. */
export const sharedUrl = (service: string): Reference => reference('shared', service, 'url');

/** The address of a shared service of the product as browsers reach it, such as `https://chat-eu.shop.example`. Opens no way there. */
export const publicUrl = (service: string): Reference => reference('public', service, 'url');

/** The address of something that the platform offers on each cluster by this name, such as a collector of traces. Opens the way there. */
export const endpoint = (name: string): Reference => reference('endpoint', name, 'url');

/** A field of the element that a row is made for, by its path; in `projection.rows` with `each` only. */
export const item = (path: string): Reference => reference('item', path);

/** One value where a feature is on, another where it is off: `when('postgresql', database.url, 'sqlite:///data/app.db')`. */
export const when = (featureName: string, value: Value, otherwise: Value): When => ({
  kind: 'when',
  feature: featureName,
  value,
  otherwise,
});

/** Values one after the other: `concat('https://', tenant.host, '/callback')`. */
export const concat = (...parts: readonly Value[]): Concat => ({ kind: 'concat', parts });

/** Calls `visit` for each reference in a value, with the conditions under which it counts. */
export function references(
  value: Value,
  visit: (reference: Reference, conditions: readonly Condition[]) => void,
  conditions: readonly Condition[] = [],
): void {
  if (typeof value === 'string') return;
  if (value.kind === 'ref') visit(value, conditions);
  else if (value.kind === 'concat') for (const part of value.parts) references(part, visit, conditions);
  else {
    visit(feature(value.feature), conditions);
    references(value.value, visit, [...conditions, { feature: value.feature, on: true }]);
    references(value.otherwise, visit, [...conditions, { feature: value.feature, on: false }]);
  }
}

/** Resolves a value; neighbouring texts are joined. */
export function resolveValue(value: Value, lookup: (reference: Reference) => Parts): Parts {
  if (typeof value === 'string') return [value];
  switch (value.kind) {
    case 'ref':
      return lookup(value);
    case 'concat':
      return join(value.parts.flatMap((part) => resolveValue(part, lookup)));
    case 'when':
      return resolveValue(chosen(value, lookup), lookup);
  }
}

/** The one of the two values that holds. */
export function chosen({ feature: name, value, otherwise }: When, lookup: (reference: Reference) => Parts): Value {
  return lookup(feature(name))[0] === 'true' ? value : otherwise;
}

/** Joins neighbouring texts. */
export function join(parts: Parts): Parts {
  const joined: (string | SecretPart)[] = [];
  for (const part of parts) {
    const last = joined.at(-1);
    if (typeof part === 'string' && typeof last === 'string') joined[joined.length - 1] = last + part;
    else joined.push(part);
  }
  return joined.length === 0 ? [''] : joined;
}

/** Whether any part comes from the secret store. */
export function isSecret(parts: Parts): boolean {
  return parts.some((part) => typeof part !== 'string');
}

/** The text of a value without secrets; throws for one that has any, since no manifest may hold it. */
export function plainText(parts: Parts): string {
  if (isSecret(parts)) throw new Error('a secret value has no plain text');
  return parts.join('');
}
