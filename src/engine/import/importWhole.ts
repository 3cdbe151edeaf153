import { readFile } from 'node:fs/promises';
import { UsageError } from '../../capture/json.ts';
import type { TranscriptPlace, WholeParser } from '../../capture/transcripts/transcript.ts';
import type { FoundFile } from './findTranscripts.ts';
import type { FileVisitor } from './importLines.ts';

/** Larger files are no transcripts, bytes. */
const maxBytes = 256 * 1024 * 1024;

/** Reads a file that its agent rewrites as a whole. */
export async function importWhole(
  file: FoundFile,
  parse: WholeParser,
  place: TranscriptPlace,
  visitor: FileVisitor,
): Promise<void> {
  const { agent, size, mtimeMs, inode } = file;
  try {
    if (size > maxBytes) {
      throw new UsageError(null, 'The file is too large.');
    }
    const text = await readFile(file.path, 'utf8');
    const { records, skipped } = parse(JSON.parse(text.replace(/^\uFEFF/, '')), place);
    records.forEach(visitor.onRecord);
    for (let count = 0; count < skipped; count += 1) {
      visitor.onSkipped();
    }
  } catch (error) {
    if (!(error instanceof UsageError || error instanceof SyntaxError)) {
      throw error;
    }
    visitor.onSkipped();
  }
  await visitor.onEnd({ agent, size, mtimeMs, inode, offset: null, tail: 0, state: null });
}
