import { type ExportTable, exportFormats, type FromPage, pageCommands } from '../../../webview-ui/messages.ts';
import { defaultPlace, maxText, parsePlace } from '../../../webview-ui/state.ts';

/** A page shows fewer tables, and tables have fewer columns. */
const mostTables = 20;
const mostColumns = 100;

/** A message of the page; null for anything that is none. */
export function parseFromPage(value: unknown): FromPage | null {
  const message = asRecord(value);
  switch (message.type) {
    case 'ready':
      return { type: 'ready' };
    case 'load': {
      const { request } = message;
      const place = parseWholePlace(message.place);
      return place && typeof request === 'number' && Number.isSafeInteger(request)
        ? { type: 'load', request, place }
        : null;
    }
    case 'export': {
      const format = exportFormats.find(known => known === message.format);
      const { title, tables } = message;
      const isList = Array.isArray(tables) && tables.length <= mostTables && tables.every(isTable);
      return format && isText(title) && isList ? { type: 'export', format, title, tables } : null;
    }
    case 'run': {
      const command = pageCommands.find(known => known === message.command);
      const { model } = message;
      if (!command || (model !== undefined && !isText(model))) {
        return null;
      }
      return model === undefined ? { type: 'run', command } : { type: 'run', command, model };
    }
    default:
      return null;
  }
}

/** A place of which every part is one. */
function parseWholePlace(value: unknown) {
  const place = parsePlace(value);
  return Object.keys(defaultPlace).every(key => key in place) ? { ...defaultPlace, ...place } : null;
}

function isTable(value: unknown): value is ExportTable {
  const { title, columns, rows, texts } = asRecord(value);
  if (!isText(title) || !Array.isArray(columns) || columns.length > mostColumns) {
    return false;
  }
  const isColumn = (column: unknown) => {
    const { id, title: name, isNumber } = asRecord(column);
    return typeof id === 'string' && typeof name === 'string' && typeof isNumber === 'boolean';
  };
  const isLine = (line: unknown, isCell: (cell: unknown) => boolean) =>
    Array.isArray(line) && line.length === columns.length && line.every(isCell);
  const isValue = (cell: unknown) => cell === null || typeof cell === 'string' || typeof cell === 'number';
  return (
    columns.every(isColumn) &&
    Array.isArray(rows) &&
    rows.every(row => isLine(row, isValue)) &&
    Array.isArray(texts) &&
    texts.length === rows.length &&
    texts.every(row => isLine(row, cell => typeof cell === 'string'))
  );
}

function isText(value: unknown): value is string {
  return typeof value === 'string' && value.length <= maxText;
}

function asRecord(value: unknown): Record<string, unknown> {
  return typeof value === 'object' && value !== null ? (value as Record<string, unknown>) : {};
}
