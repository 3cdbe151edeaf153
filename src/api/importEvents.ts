import { type Json, parseObject, requireThat } from './answerShape.ts';
import { parseEventLines } from './eventLines.ts';
import type { FoundTranscripts, ImportEvent } from './importContract.ts';

const counts = ['files', 'records', 'new', 'duplicates', 'skipped'];
const progress = ['files_read', 'files_to_read', 'bytes_read', 'bytes_to_read'];

/** The events of the answer of `POST /v1/import`. Throws `UnexpectedAnswerError`, and whatever the stream throws. */
export function parseImportEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<ImportEvent, void, undefined> {
  return parseEventLines(body, parseImportEvent);
}

/** The answer of `GET /v1/import`. Throws `UnexpectedAnswerError`. */
export function parseFoundTranscripts(value: unknown): FoundTranscripts {
  requireFolders(parseObject(value, 'import').folders, ['files', 'bytes', 'changed_files']);
  return value as FoundTranscripts;
}

function parseImportEvent(line: unknown): ImportEvent | null {
  const event = parseObject(line, 'import');
  switch (event.type) {
    case 'found':
      requireFolders(event.folders, ['files', 'bytes']);
      break;
    case 'progress':
      requireThat(typeof event.agent === 'string', 'import progress.agent');
      requireNumbers(event, [...counts, ...progress]);
      break;
    case 'done':
      requireNumbers(event, counts);
      break;
    case 'failed':
      requireThat(typeof event.detail === 'string', 'import failed.detail');
      break;
    default:
      requireThat(typeof event.type === 'string', 'import event.type');
      return null;
  }
  return event as unknown as ImportEvent;
}

function requireFolders(value: unknown, numbers: readonly string[]): void {
  requireThat(Array.isArray(value), 'import folders');
  for (const item of value as unknown[]) {
    const folder = parseObject(item, 'import folders');
    requireThat(typeof folder.agent === 'string' && typeof folder.folder === 'string', 'import folders');
    requireNumbers(folder, numbers);
  }
}

function requireNumbers(object: Json, names: readonly string[]): void {
  for (const name of names) {
    requireThat(typeof object[name] === 'number', `import ${name}`);
  }
}
