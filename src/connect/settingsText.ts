import { isDeepStrictEqual } from 'node:util';
import { jsonSettings } from './jsonSettings.ts';
import { type SettingsSyntax, type Table, UneditableError } from './settingsSyntax.ts';
import { isEmptyTable, readValue, toPlain, withValue } from './settingsTable.ts';
import { type Splice, TextEdit, undoMovedSplices, undoSplices } from './textEdit.ts';
import { tomlSettings } from './tomlSettings.ts';

/** A value to set, or an item to add to a list, by the keys that lead there. */
export type Assignment = { readonly path: readonly string[] } & (
  | { readonly value: unknown }
  | { readonly item: unknown }
);

export type SyntaxName = 'json' | 'toml';

const syntaxes: Readonly<Record<SyntaxName, SettingsSyntax>> = { json: jsonSettings, toml: tomlSettings };

/** What is needed to take a change of a settings text back. */
export interface Reversal {
  readonly splices: readonly Splice[];
  /** Each assignment with the value that was there before; without one where there was none. */
  readonly assignments: readonly (Assignment & { readonly was?: unknown })[];
  /** Tables that were not there before, outermost first. */
  readonly newTables: readonly (readonly string[])[];
}

/** The table that a text holds. Throws {@link UneditableError}. */
export function parseSettingsText(syntax: SyntaxName, text: string): Table {
  return toPlain(syntaxes[syntax].parse(text.startsWith('\uFEFF') ? text.slice(1) : text)) as Table;
}

/**
 * Makes assignments in a text and touches nothing else. Throws {@link UneditableError}, also when the text would mean anything else
 * than before with these values.
 */
export function assign(
  syntax: SyntaxName,
  before: string,
  assignments: readonly Assignment[],
): Reversal & { readonly text: string } {
  const table = parseSettingsText(syntax, before);
  const edit = new TextEdit(before);
  for (const assignment of assignments) {
    write(syntaxes[syntax], edit, table, assignment);
  }
  requireMeaning(syntax, edit.text, assignments.reduce(withAssignment, table));
  const tables = assignments.flatMap(({ path }) => path.slice(0, -1).map((_, index) => path.slice(0, index + 1)));
  const missing = tables.filter(path => readValue(table, path) === undefined);
  return {
    text: edit.text,
    splices: edit.splices,
    assignments: assignments.map(assignment => ({ ...assignment, was: readValue(table, assignment.path) })),
    newTables: missing.filter((path, index) => missing.findIndex(other => isDeepStrictEqual(other, path)) === index),
  };
}

/** How a change was taken back. */
export interface Reversed {
  readonly text: string;
  /** Whether the text is what it was, to the byte; else ours was taken out of a text that was changed since. */
  readonly isExact: boolean;
  /** Paths whose value is no longer the one that was set, and so was left. */
  readonly kept: readonly (readonly string[])[];
}

/** Takes a change back; `isBefore` knows the text as it was. Throws {@link UneditableError}. */
export function reverse(
  syntax: SyntaxName,
  now: string,
  reversal: Reversal,
  isBefore: (text: string) => boolean,
): Reversed {
  const exact = undoSplices(now, reversal.splices);
  if (exact !== null && isBefore(exact)) {
    return { text: exact, isExact: true, kept: [] };
  }
  const table = parseSettingsText(syntax, now);
  const changed = reversal.assignments.filter(assignment => !isDeepStrictEqual(assignedOf(assignment), assignment.was));
  const own = changed.filter(assignment => holds(table, assignment));
  const kept = changed.flatMap(({ path }) =>
    own.some(assignment => assignment.path === path) || readValue(table, path) === undefined ? [] : [path],
  );
  const inverse = own.map(assignment => ({ path: assignment.path, value: valueWithout(table, assignment) }));
  const values = inverse.reduce(withAssignment, table);
  const expected = reversal.newTables
    .toReversed()
    .reduce((all, path) => (isEmptyTable(readValue(all, path)) ? withValue(all, path, undefined) : all), values);
  const moved = kept.length === 0 ? undoMovedSplices(now, reversal.splices) : null;
  if (moved !== null && means(syntax, moved, expected)) {
    return { text: moved, isExact: false, kept };
  }
  const edit = new TextEdit(now);
  for (const assignment of own.toReversed()) {
    unwrite(syntaxes[syntax], edit, table, assignment);
  }
  for (const path of reversal.newTables.toReversed()) {
    if (isEmptyTable(readValue(parseSettingsText(syntax, edit.text), path))) {
      syntaxes[syntax].set(edit, path, undefined);
    }
  }
  requireMeaning(syntax, edit.text, expected);
  return { text: edit.text, isExact: false, kept };
}

/** Whether a table has what was assigned. */
export function holds(table: Table, assignment: Assignment): boolean {
  const value = readValue(table, assignment.path);
  return 'item' in assignment ? indexOf(value, assignment.item) >= 0 : isDeepStrictEqual(value, assignment.value);
}

function write(syntax: SettingsSyntax, edit: TextEdit, table: Table, assignment: Assignment): void {
  const { path } = assignment;
  if (holds(table, assignment)) {
    return;
  }
  if ('value' in assignment) {
    syntax.set(edit, path, assignment.value);
  } else if (Array.isArray(readValue(table, path))) {
    syntax.addItem(edit, path, assignment.item);
  } else if (readValue(table, path) === undefined) {
    syntax.set(edit, path, [assignment.item]);
  } else {
    throw new UneditableError(`"${path.join('.')}" is no list.`);
  }
}

function unwrite(
  syntax: SettingsSyntax,
  edit: TextEdit,
  table: Table,
  assignment: Reversal['assignments'][number],
): void {
  const value = readValue(table, assignment.path);
  const rest = valueWithout(table, assignment);
  if ('item' in assignment && rest !== undefined) {
    syntax.removeItem(edit, assignment.path, indexOf(value, assignment.item));
  } else {
    syntax.set(edit, assignment.path, rest);
  }
}

/** The value at an assignment's path once it is taken back. */
function valueWithout(table: Table, assignment: Reversal['assignments'][number]): unknown {
  if ('value' in assignment) {
    return assignment.was;
  }
  const list = readValue(table, assignment.path) as readonly unknown[];
  const rest = list.toSpliced(indexOf(list, assignment.item), 1);
  return rest.length === 0 && assignment.was === undefined ? undefined : rest;
}

function assignedOf(assignment: Reversal['assignments'][number]): unknown {
  if ('value' in assignment) {
    return assignment.value;
  }
  const list = Array.isArray(assignment.was) ? assignment.was : [];
  return indexOf(list, assignment.item) >= 0 ? list : [...list, assignment.item];
}

function withAssignment(table: Table, assignment: Assignment): Table {
  const was = readValue(table, assignment.path);
  return withValue(table, assignment.path, assignedOf({ ...assignment, was }));
}

function indexOf(list: unknown, item: unknown): number {
  return Array.isArray(list) ? list.findIndex(other => isDeepStrictEqual(other, item)) : -1;
}

function requireMeaning(syntax: SyntaxName, text: string, expected: Table): void {
  if (!means(syntax, text, expected)) {
    throw new UneditableError('The file is written in a way that can not be changed safely.');
  }
}

function means(syntax: SyntaxName, text: string, expected: Table): boolean {
  try {
    return isDeepStrictEqual(parseSettingsText(syntax, text), expected);
  } catch {
    return false;
  }
}
