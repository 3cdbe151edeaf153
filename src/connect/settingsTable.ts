import type { Table } from './settingsSyntax.ts';

/** The value at a path; undefined when there is none. */
export function readValue(table: unknown, path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (value, key) => (isTable(value) && Object.hasOwn(value, key) ? value[key] : undefined),
    table,
  );
}

/** The table with a value set, or removed when it is undefined. What stands in the way is replaced. */
export function withValue(table: Table, path: readonly string[], value: unknown): Table {
  const [key = '', ...rest] = path;
  if (rest.length > 0) {
    const inner = readValue(table, [key]);
    return value === undefined && !isTable(inner)
      ? table
      : { ...table, [key]: withValue(isTable(inner) ? inner : {}, rest, value) };
  }
  return value === undefined
    ? Object.fromEntries(Object.entries(table).filter(([name]) => name !== key))
    : { ...table, [key]: value };
}

/** A deep copy with plain objects only, whatever classes and prototypes a parser uses. */
export function toPlain(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(toPlain);
  }
  return isTable(value)
    ? Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, toPlain(inner)]))
    : value;
}

export function isEmptyTable(value: unknown): boolean {
  return isTable(value) && Object.keys(value).length === 0;
}

function isTable(value: unknown): value is Table {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !(value instanceof Date);
}
