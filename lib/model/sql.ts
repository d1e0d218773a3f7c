/** SQL whose names and values are data, whatever they hold: for PostgreSQL, and for MySQL and MariaDB. */

export type SqlEngine = 'postgresql' | 'mysql';
export type SqlValue = string | number | boolean | null;

/** A name between quotes. */
export function sqlName(engine: SqlEngine, name: string): string {
  return engine === 'postgresql' ? `"${name.replaceAll('"', '""')}"` : `\`${name.replaceAll('`', '``')}\``;
}

/**
 * A value. Texts of MySQL are hexadecimal, since what a backslash means there is a setting of the server; those of PostgreSQL need
 * `standard_conforming_strings`, which is its default.
 */
export function sqlValue(engine: SqlEngine, value: SqlValue): string {
  if (value === null) return 'NULL';
  if (typeof value === 'number') return String(value);
  if (typeof value === 'boolean') return engine === 'postgresql' ? String(value) : value ? '1' : '0';
  if (engine === 'postgresql') return `'${value.replaceAll("'", "''")}'`;
  const bytes = Buffer.from(value, 'utf8').toString('hex');
  return bytes === '' ? "''" : `_utf8mb4 X'${bytes}'`;
}

/** A row that is there afterwards, and is as given. */
export interface Upsert {
  readonly table: string;
  /** Columns with a unique constraint; all are among `columns`. */
  readonly key: readonly string[];
  readonly columns: Readonly<Record<string, SqlValue>>;
}

/**
 * Inserts a row or brings it up to date. MySQL's ON DUPLICATE KEY matches any unique index of the table, not the key alone: a row that
 * meets another's in a second unique column writes over that one.
 */
export function upsert(engine: SqlEngine, { table, key, columns }: Upsert): string {
  const name = (column: string) => sqlName(engine, column);
  const names = Object.keys(columns);
  const values = Object.values(columns).map((value) => sqlValue(engine, value));
  const others = names.filter((column) => !key.includes(column));
  const insert = `INSERT INTO ${name(table)} (${names.map(name).join(', ')}) VALUES (${values.join(', ')})`;
  if (engine === 'mysql') {
    // A row of nothing but its key is written over with itself.
    const set = (others.length === 0 ? names : others).map((column) => `${name(column)} = VALUES(${name(column)})`);
    return `${insert} ON DUPLICATE KEY UPDATE ${set.join(', ')};`;
  }
  const set = others.map((column) => `${name(column)} = EXCLUDED.${name(column)}`);
  const action = set.length === 0 ? 'DO NOTHING' : `DO UPDATE SET ${set.join(', ')}`;
  return `${insert} ON CONFLICT (${key.map(name).join(', ')}) ${action};`;
}

/** Rows that are found by some columns and are none of those that are kept. */
export interface Retire {
  readonly table: string;
  readonly where: Readonly<Record<string, SqlValue>>;
  readonly set: Readonly<Record<string, SqlValue>>;
  /** Keys of the rows that stay as they are. */
  readonly keep: readonly Readonly<Record<string, SqlValue>>[];
}

/** Marks rows without deleting any. */
export function retire(engine: SqlEngine, { table, where, set, keep }: Retire): string {
  const equals = ([column, value]: [string, SqlValue]) => {
    const name = sqlName(engine, column);
    return value === null ? `${name} IS NULL` : `${name} = ${sqlValue(engine, value)}`;
  };
  const assignments = Object.entries(set).map(([c, v]) => `${sqlName(engine, c)} = ${sqlValue(engine, v)}`);
  const conditions = [
    ...Object.entries(where).map(equals),
    ...keep.map((key) => `NOT (${Object.entries(key).map(equals).join(' AND ')})`),
  ];
  return `UPDATE ${sqlName(engine, table)} SET ${assignments.join(', ')} WHERE ${conditions.join(' AND ')};`;
}
