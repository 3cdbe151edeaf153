import type { TextEdit } from './textEdit.ts';

/** A table of settings, as its format parses it. */
export type Table = Readonly<Record<string, unknown>>;

/** What a settings text can't be edited for; the message is for people. */
export class UneditableError extends Error {
  override readonly name = 'UneditableError';
}

/** How settings are read and written in one syntax, everything else in the text kept as it is. */
export interface SettingsSyntax {
  /** Throws {@link UneditableError} for what is no table of this syntax. An empty text is an empty table. */
  parse(text: string): Table;
  /** Sets a value, or removes it when it is undefined. May throw {@link UneditableError}. */
  set(edit: TextEdit, path: readonly string[], value: unknown): void;
  /** Adds an item at the end of a list that is there. May throw {@link UneditableError}. */
  addItem(edit: TextEdit, path: readonly string[], item: unknown): void;
  removeItem(edit: TextEdit, path: readonly string[], index: number): void;
}
