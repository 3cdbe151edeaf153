import type { Cursor } from './cursors.ts';
import type { FoundFile } from './findTranscripts.ts';
import { importDatabase } from './importDatabase.ts';
import { type FileVisitor, importCompressedLines, importLines } from './importLines.ts';
import { importWhole } from './importWhole.ts';
import { readPlace } from './placeOf.ts';
import { findReader } from './readers.ts';

/** Reads what is new in a file since the cursor, and tells the visitor. Throws what the visitor throws, and the system's errors. */
export type ReadFile = (file: FoundFile, cursor: Cursor | undefined, visitor: FileVisitor) => Promise<void>;

/** Reads a file in this thread. */
export const readFileHere: ReadFile = async (file, cursor, visitor) => {
  const reader = findReader(file.agent, file.path);
  if (!reader) {
    return;
  }
  const place = await readPlace(file);
  if (reader.kind === 'database') {
    await importDatabase(file, place, cursor, visitor);
  } else if (reader.kind === 'whole') {
    await importWhole(file, reader.parse, place, visitor);
  } else if (reader.isCompressed) {
    await importCompressedLines(file, reader.format, place, visitor);
  } else {
    await importLines(file, reader.format, place, cursor, visitor);
  }
};
