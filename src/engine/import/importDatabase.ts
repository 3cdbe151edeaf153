import { setImmediate as breathe } from 'node:timers/promises';
import { asObject, UsageError } from '../../capture/json.ts';
import { type OpenCodeRow, parseOpenCodeRow } from '../../capture/transcripts/openCode.ts';
import type { TranscriptPlace } from '../../capture/transcripts/transcript.ts';
import type { Cursor } from './cursors.ts';
import type { FoundFile } from './findTranscripts.ts';
import type { FileVisitor } from './importLines.ts';

/** Rows of parallel sessions may be stored a little out of order, ms. */
const overlapMs = 10_000;
const rowsAtOnce = 500;

/**
 * Reads the messages of OpenCode's database that changed since the cursor. `node:sqlite` sees the write-ahead log, which sql.js can't;
 * the database is opened read-only.
 */
export async function importDatabase(
  file: FoundFile,
  place: TranscriptPlace,
  cursor: Cursor | undefined,
  visitor: FileVisitor,
): Promise<void> {
  const { agent, size, mtimeMs, inode } = file;
  const before = asObject(cursor?.inode === inode ? cursor.state : null)?.updated;
  let updated = typeof before === 'number' ? before : 0;
  const from = updated - overlapMs;
  const { DatabaseSync } = await import('node:sqlite');
  const database = new DatabaseSync(file.path, { readOnly: true });
  try {
    const rows = database
      .prepare(
        'SELECT id, session_id, time_created, time_updated, data FROM message WHERE time_updated >= ? ORDER BY time_updated, id',
      )
      .iterate(from);
    let count = 0;
    for (const row of rows) {
      const message = row as unknown as OpenCodeRow & { readonly time_updated: number };
      updated = Math.max(updated, Number(message.time_updated));
      readRow(message, place, visitor);
      count += 1;
      if (count % rowsAtOnce === 0) {
        const reached: Cursor = { agent, size: -1, mtimeMs, inode, offset: null, tail: 0, state: { updated } };
        await visitor.onPiece(async () => reached, 0);
        await breathe();
      }
    }
  } finally {
    database.close();
  }
  await visitor.onEnd({ agent, size, mtimeMs, inode, offset: null, tail: 0, state: { updated } });
}

function readRow(row: OpenCodeRow, place: TranscriptPlace, visitor: FileVisitor): void {
  try {
    parseOpenCodeRow(row, place).forEach(visitor.onRecord);
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof SyntaxError)) {
      throw error;
    }
    visitor.onSkipped();
  }
}
