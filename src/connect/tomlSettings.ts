import { parse } from 'smol-toml';
import { type SettingsSyntax, type Table, UneditableError } from './settingsSyntax.ts';
import type { TextEdit } from './textEdit.ts';
import { readStatements, type TomlStatement } from './tomlStatements.ts';

/** TOML, edited as text: a library that writes it anew would lose comments and the order. */
export const tomlSettings: SettingsSyntax = {
  parse: text => {
    try {
      return parse(text, { integersAsBigInt: true }) as Table;
    } catch (error) {
      const line = error instanceof Error && 'line' in error ? ` (line ${error.line})` : '';
      throw new UneditableError(`The file is not valid TOML${line}.`);
    }
  },
  set: (edit, path, value) => {
    const mark = edit.text.startsWith('\uFEFF') ? 1 : 0;
    const statements = readOwn(edit.text.slice(mark)).map(statement => shift(statement, mark));
    const known = statements.filter(statement => startsWith(statement.path, path));
    // From the back, so that none moves another.
    for (const { start, end } of known.toReversed()) {
      edit.replace(start, end - start, '');
    }
    if (value !== undefined) {
      insert(edit, mark, path, formatInline(value));
    }
  },
  addItem: refuseItems,
  removeItem: refuseItems,
};

/** No agent with TOML settings needs it. */
function refuseItems(): never {
  throw new UneditableError('Lists in TOML are not edited.');
}

function readOwn(text: string): TomlStatement[] {
  try {
    return readStatements(text);
  } catch {
    throw new UneditableError('The file is written in a way that can not be changed safely.');
  }
}

/** Puts a line into the table's own section, or a new section at the end. */
function insert(edit: TextEdit, mark: number, path: readonly string[], value: string): void {
  const statements = readOwn(edit.text.slice(mark)).map(statement => shift(statement, mark));
  const eol = /\r\n/.test(edit.text) ? '\r\n' : '\n';
  const table = path.slice(0, -1);
  const line = `${formatKey(path.at(-1) ?? '')} = ${value}${eol}`;
  const header = statements.find(({ kind, path: own }) => kind === 'header' && isSame(own, table));
  const dotted = statements.findLast(({ kind, path: own }) => kind === 'value' && startsWith(own, table));
  const ofRoot = statements.findIndex(({ kind }) => kind !== 'value');
  const isDotted = dotted !== undefined && !header && (ofRoot < 0 || statements.indexOf(dotted) < ofRoot);
  if (header || isDotted) {
    const at = (header ?? dotted)?.end ?? 0;
    edit.replace(
      at,
      0,
      `${endsLine(edit.text, at) ? '' : eol}${isDotted ? `${table.map(formatKey).join('.')}.` : ''}${line}`,
    );
    return;
  }
  const end = edit.text.length;
  const gap = end === mark ? '' : endsLine(edit.text, end) ? eol : eol + eol;
  edit.replace(end, 0, `${gap}[${table.map(formatKey).join('.')}]${eol}${line}`);
}

function endsLine(text: string, at: number): boolean {
  return at === 0 || text[at - 1] === '\n';
}

function shift(statement: TomlStatement, by: number): TomlStatement {
  const { start, end, from, to } = statement;
  return { ...statement, start: start + by, end: end + by, from: from + by, to: to + by };
}

function startsWith(path: readonly string[], beginning: readonly string[]): boolean {
  return beginning.every((key, index) => path[index] === key);
}

function isSame(a: readonly string[], b: readonly string[]): boolean {
  return a.length === b.length && startsWith(a, b);
}

function formatKey(key: string): string {
  return /^[A-Za-z0-9_-]+$/.test(key) ? key : JSON.stringify(key);
}

/** A value in one line. A JSON string is a basic string of TOML. */
function formatInline(value: unknown): string {
  if (Array.isArray(value)) {
    return `[${value.map(formatInline).join(', ')}]`;
  }
  if (value instanceof Date) {
    return value.toISOString();
  }
  if (typeof value === 'object' && value !== null) {
    const entries = Object.entries(value).map(([key, inner]) => `${formatKey(key)} = ${formatInline(inner)}`);
    return entries.length === 0 ? '{}' : `{ ${entries.join(', ')} }`;
  }
  return typeof value === 'string' ? JSON.stringify(value) : String(value);
}
