import type { Rows } from './product';
import type { Reference, Value } from './values';

/** What tells the rows of tenants apart in a table that all of them share. */

/**
 * Whether no two tenants have the same value here: it is the id or the namespace, alone or composed. What differs between tenants may
 * follow only after a character that neither can hold, and none may hang on a feature, or two tenants could come to the same text.
 */
export function holdsTenant(value: Value | undefined): boolean {
  const [first, ...rest] = varyingParts(value);
  if (!isTenants(first, ['id', 'namespace'])) return false;
  const [next] = rest;
  return rest.every(isText) || (isText(next) && /^[^a-z0-9-]/.test(next));
}

/** Path of the setting that makes a column of the key unique among all rows of all tenants; undefined where none does. */
export function uniqueItemIn(
  { uniqueSettings }: { readonly uniqueSettings: readonly string[] },
  { each, columns }: Pick<Rows, 'each' | 'columns'>,
  column: string,
): string | undefined {
  const [first, ...rest] = varyingParts(Object.hasOwn(columns, column) ? columns[column] : undefined);
  if (each === null || first === undefined || isText(first) || first.kind !== 'ref') return undefined;
  if (first.source !== 'item' || !rest.every(isText)) return undefined;
  const setting = first.name === '' ? each : `${each}.${first.name}`;
  return uniqueSettings.includes(setting) ? setting : undefined;
}

// --- internal ---

type Part = Exclude<Value, { readonly kind: 'concat' }>;

/** The parts of a value, without those before the first that differs between tenants. */
function varyingParts(value: Value | undefined): Part[] {
  const parts = partsOf(value);
  const at = parts.findIndex((part) => !isText(part) && !isTenants(part, ['product', 'environment']));
  return at === -1 ? [] : parts.slice(at);
}

function partsOf(value: Value | undefined): Part[] {
  if (value === undefined) return [];
  return typeof value !== 'string' && value.kind === 'concat' ? value.parts.flatMap(partsOf) : [value];
}

function isText(part: Part | undefined): part is string {
  return typeof part === 'string';
}

function isTenants(part: Part | undefined, fields: readonly Reference['name'][]): boolean {
  return typeof part === 'object' && part.kind === 'ref' && part.source === 'tenant' && fields.includes(part.name);
}
