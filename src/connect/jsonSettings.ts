import {
  type Edit,
  type FormattingOptions,
  findNodeAtLocation,
  type JSONPath,
  modify,
  type Node,
  type ParseError,
  parse,
  parseTree,
  printParseErrorCode,
} from 'jsonc-parser';
import { removeFrom } from './jsonRemoval.ts';
import { type SettingsSyntax, type Table, UneditableError } from './settingsSyntax.ts';
import type { TextEdit } from './textEdit.ts';

/** JSON as agents' settings have it: with comments and trailing commas, which stay. */
export const jsonSettings: SettingsSyntax = {
  parse: text => {
    if (text.trim() === '') {
      return {};
    }
    const errors: ParseError[] = [];
    const value: unknown = parse(text, errors, { allowTrailingComma: true, disallowComments: false });
    const [error] = errors;
    if (error) {
      const line = text.slice(0, error.offset).split('\n').length;
      throw new UneditableError(`The file is not valid JSON (line ${line}: ${printParseErrorCode(error.error)}).`);
    }
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      throw new UneditableError('The file holds no JSON object.');
    }
    return value as Table;
  },
  set: (edit, path, value) => {
    if (value === undefined) {
      remove(edit, path);
      return;
    }
    const mark = edit.text.startsWith('\uFEFF') ? 1 : 0;
    const text = edit.text.slice(mark);
    const format = readFormat(text);
    const isNew = text.trim() === '';
    for (const { offset, length, content } of addBehindComment(text, path, value, format) ??
      change(text, path, value, format)) {
      edit.replace(offset + mark, length, content);
    }
    if (isNew) {
      edit.replace(edit.text.length, 0, edit.text.endsWith('\n') ? '' : format.eol);
    }
  },
  addItem: (edit, path, item) => {
    const mark = edit.text.startsWith('\uFEFF') ? 1 : 0;
    const text = edit.text.slice(mark);
    for (const { offset, length, content } of change(text, [...path, -1], item, readFormat(text))) {
      edit.replace(offset + mark, length, content);
    }
  },
  removeItem: (edit, path, index) => remove(edit, [...path, index]),
};

function remove(edit: TextEdit, path: Readonly<JSONPath>): void {
  const mark = edit.text.startsWith('\uFEFF') ? 1 : 0;
  for (const { offset, length, content } of removeFrom(edit.text.slice(mark), path)) {
    edit.replace(offset + mark, length, content);
  }
}

type Format = Required<Pick<FormattingOptions, 'insertSpaces' | 'tabSize' | 'eol'>>;

/** The format that a text has, else two spaces and line feeds. */
function readFormat(text: string): Format {
  const indent = /^([ \t]+)["/]/m.exec(text)?.[1] ?? '  ';
  const isTab = indent.includes('\t');
  return { insertSpaces: !isTab, tabSize: isTab ? 1 : indent.length, eol: /\r\n/.test(text) ? '\r\n' : '\n' };
}

/** The edits, the last one first, so that none moves another. Throws {@link UneditableError} where a parent is no object. */
function change(text: string, path: Readonly<JSONPath>, value: unknown, format: Format): Edit[] {
  // What was written in one line stays in one.
  const isOneLine = !/[\r\n]/.test(text.trim()) && !/^(\{\s*\})?$/.test(text.trim());
  try {
    const edits = modify(text, [...path], value, isOneLine ? {} : { formattingOptions: format });
    return edits.toSorted((a, b) => b.offset - a.offset);
  } catch {
    throw new UneditableError(
      `"${path.slice(0, -1).join('.')}" is no object, so "${path.join('.')}" can't be set in it.`,
    );
  }
}

/**
 * Adds a property behind a last one that has a comment in its line: jsonc-parser would put it between the two, so that the comment seemed to
 * be about the new one. Null where that is not so.
 */
function addBehindComment(text: string, path: readonly string[], value: unknown, format: Format): Edit[] | null {
  const root = parseTree(text, [], { allowTrailingComma: true, disallowComments: false });
  const depth = path.findIndex((_, index) => !root || !findNodeAtLocation(root, path.slice(0, index + 1)));
  const parent = root && depth >= 0 ? findNodeAtLocation(root, path.slice(0, depth)) : undefined;
  const last = parent?.type === 'object' ? parent.children?.at(-1) : undefined;
  if (!parent || !last) {
    return null;
  }
  const end = last.offset + last.length;
  const tail = /^(\s*,)?[ \t]*(\/\/[^\r\n]*|\/\*[^\r\n]*?\*\/[ \t]*)(?=\r?\n)/.exec(text.slice(end));
  if (!tail) {
    return null;
  }
  const nested = path.slice(depth + 1).reduceRight<unknown>((inner, key) => ({ [key]: inner }), value);
  const property = `${JSON.stringify(path[depth])}: ${print(nested, text, last, format)}`;
  const added = `${format.eol}${indentOf(text, last)}${property}${tail[1] ? ',' : ''}`;
  const comma: Edit[] = tail[1] ? [] : [{ offset: end, length: 0, content: ',' }];
  return [{ offset: end + tail[0].length, length: 0, content: added }, ...comma];
}

function print(value: unknown, text: string, sibling: Node, { insertSpaces, tabSize, eol }: Format): string {
  const unit = insertSpaces ? ' '.repeat(tabSize) : '\t';
  return JSON.stringify(value, null, unit).replaceAll('\n', eol + indentOf(text, sibling));
}

/** The spaces before a node in its line. */
function indentOf(text: string, node: Node): string {
  return /[ \t]*$/.exec(text.slice(0, node.offset))?.[0] ?? '';
}
