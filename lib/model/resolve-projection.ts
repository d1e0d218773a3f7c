import { show } from './errors';
import { formatPath } from './explain';
import type { JsonValue } from './json';
import type { Offer } from './offer';
import type { ProductModel } from './parse-product';
import type { Rows } from './product';
import type { Report } from './report';
import { valueAt } from './resolve-lookup';
import { type SettingValue, valuesAt } from './resolve-routes';
import type { NamedValue, ResolvedProjection } from './resolved';
import { uniqueItemIn } from './row-keys';
import { retire, type SqlEngine, type SqlValue, sqlValue, upsert } from './sql';
import {
  chosen,
  isSecret,
  type Parts,
  plainText,
  type Reference,
  references,
  resolveValue,
  type Value,
} from './values';

/** What a product's shared services are told of a tenant: facts, secrets, rows. */

export interface ProjectionContext {
  readonly product: ProductModel;
  readonly platformFile: string;
  readonly lookup: (reference: Reference) => Parts;
  readonly settings: unknown;
  readonly limits: Readonly<Record<string, number | 'unlimited'>>;
  /** What the shared services have on this cluster. */
  readonly shared: readonly Offer[];
  readonly report: Report;
}

/** Null where the shared services want to know nothing. */
export function resolveProjection(context: ProjectionContext): ResolvedProjection | null {
  const projection = context.product.shared?.projection ?? null;
  if (projection === null) return null;
  const facts = eachValue(projection.facts, (value, name) => typed(value, context, `facts.${name}`));
  const secrets: NamedValue[] = Object.entries(projection.secrets).map(([name, value]) => ({
    name,
    parts: resolveValue(value, context.lookup),
  }));
  return { facts, secrets, rows: projection.rows === null ? null : rowsOf(projection.rows, context) };
}

// --- internal ---

function rowsOf(rows: Rows, context: ProjectionContext): ResolvedProjection['rows'] {
  const backing = context.shared.find(({ name }) => name === rows.in);
  // One that could not be provided has its own problem already.
  if (backing === undefined) return null;
  const engine: SqlEngine = backing.kind === 'mysql' ? 'mysql' : 'postgresql';
  const elements = rows.each === null ? [null] : valuesAt(context.settings, rows.each);
  const columns = (values: Readonly<Record<string, Value>>, item?: unknown) =>
    eachValue(values, (value, name) => scalar(typed(value, context, `rows.columns.${name}`, item)));
  const written = elements.map((element) => columns(rows.columns, element?.value));
  checkKeys(rows, written, elements, context);
  const session = Object.entries(columns(rows.session)).map(
    ([name, value]) =>
      `SELECT set_config(${sqlValue(engine, name)}, ${sqlValue(engine, value === null ? '' : String(value))}, true);`,
  );
  const statements = [
    ...(engine === 'mysql' ? ["SET NAMES 'utf8mb4';"] : ['SET standard_conforming_strings = on;', ...session]),
    ...written.map((row) => upsert(engine, { table: rows.table, key: rows.key, columns: row })),
    ...(rows.retire === null
      ? []
      : [
          retire(engine, {
            table: rows.table,
            where: columns(rows.retire.where),
            set: columns(rows.retire.set),
            keep: written.map((row) => Object.fromEntries(rows.key.map((key) => [key, row[key] ?? null]))),
          }),
        ]),
  ];
  return { sql: `${statements.join('\n')}\n`, backing, image: rows.image };
}

/** The same key twice would be one row, written twice. */
function checkKeys(
  rows: Rows,
  written: readonly Readonly<Record<string, SqlValue>>[],
  elements: readonly (SettingValue | null)[],
  { product, report }: ProjectionContext,
): void {
  // Unique settings that are equal have their own problem already.
  if (rows.key.some((column) => uniqueItemIn(product, rows, column) !== undefined)) return;
  const seen = new Map<string, string>();
  for (const [i, row] of written.entries()) {
    const element = elements[i] ?? null;
    if (element === null) continue;
    // Columns know no difference between 7 and "7".
    const key = rows.key.map((column) => row[column] ?? null).map((value) => (value === null ? null : String(value)));
    const path = pathOf(rows, element);
    const before = seen.get(JSON.stringify(key));
    if (before === undefined) seen.set(JSON.stringify(key), path);
    else report('E_CLAIM', path, `${show(key.join(', '))} is the row of ${before} already`, 'write another');
  }
}

/** Where the tenant wrote what tells a row apart: a field of the element if one alone does. */
function pathOf({ key, columns }: Rows, { path }: SettingValue): string {
  const fields = new Set<string>();
  for (const column of key)
    references(columns[column] ?? '', ({ source, name }) => {
      if (source === 'item') fields.add(name);
    });
  const [field = '', ...more] = fields;
  return field === '' || more.length > 0 ? path : formatPath(path, field.split('.'));
}

/** A value as what it is: limits are numbers, features true or false, settings as they were written; compositions are texts. */
function typed(value: Value, context: ProjectionContext, place: string, item?: unknown): JsonValue {
  if (typeof value === 'string') return value;
  if (value.kind === 'when') return typed(chosen(value, context.lookup), context, place, item);
  if (value.kind === 'ref') {
    const { source, name } = value;
    if (source === 'limit') return unlimited(context.limits[name]);
    if (source === 'feature') return plainText(context.lookup(value)) === 'true';
    if (source === 'setting') return (valueAt(context.settings, name) ?? null) as JsonValue;
    if (source === 'item') return (name === '' ? item : (valueAt(item, name) ?? null)) as JsonValue;
  }
  const parts = resolveValue(value, (reference) =>
    reference.source === 'item' ? [text(typed(reference, context, place, item))] : context.lookup(reference),
  );
  if (!isSecret(parts)) return plainText(parts);
  const path = `products.${context.product.name}.shared.projection.${place}`;
  context.report(
    'E_PRODUCT_FIELD',
    path,
    'a secret among what everybody may read',
    'move it to secrets',
    context.platformFile,
  );
  return '';
}

function unlimited(amount: number | 'unlimited' | undefined): number | null {
  return typeof amount === 'number' ? amount : null;
}

/** What a column can hold; lists and objects are JSON. */
function scalar(value: JsonValue): SqlValue {
  return typeof value === 'object' && value !== null ? JSON.stringify(value) : value;
}

function text(value: JsonValue): string {
  return typeof value === 'string' ? value : JSON.stringify(value);
}

function eachValue<T>(
  values: Readonly<Record<string, Value>>,
  of: (value: Value, name: string) => T,
): Record<string, T> {
  return Object.fromEntries(Object.entries(values).map(([name, value]) => [name, of(value, name)]));
}
