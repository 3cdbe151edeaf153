import type { TranscriptAgent } from '../../capture/transcripts/transcript.ts';
import { isUnchanged } from './cursors.ts';
import { type FoundFolder, findTranscripts } from './findTranscripts.ts';
import { type ImportHome, searchFolders } from './homes.ts';
import { type FilesImport, importFiles } from './importFiles.ts';
import type { ImportCounts } from './recordBatch.ts';

export interface ImportOptions extends Omit<FilesImport, 'counts' | 'saveMs'> {
  /** How often cursors are stored while it goes on, ms; every two seconds when left out. */
  readonly saveMs?: number;
  readonly agents: readonly TranscriptAgent[];
  readonly home: ImportHome;
  readonly onFound?: ((folders: readonly FoundFolder[]) => void) | undefined;
  /** Called for each folder before it is looked into. */
  readonly onFolder?: ((path: string) => void) | undefined;
}

const usualSaveMs = 2_000;

/**
 * Imports what is new in the transcripts of agents. Throws `StorageError`, and the signal's reason when cancelled; what was stored until
 * then stays.
 */
export async function runImport(options: ImportOptions): Promise<ImportCounts> {
  const { agents, home, signal, cursors, onFolder } = options;
  const counts: ImportCounts = { files: 0, records: 0, new: 0, duplicates: 0, skipped: 0 };
  const folders = await findTranscripts(agents, home, { signal, onFolder });
  options.onFound?.(folders);
  const all = [...new Map(folders.flatMap(({ files }) => files).map(file => [file.path, file])).values()];
  counts.files = all.length;
  const changed = all.filter(file => !isUnchanged(file, cursors.get(file.path)));
  try {
    await importFiles(changed, { ...options, counts, saveMs: options.saveMs ?? usualSaveMs });
    const roots = agents.flatMap(agent => searchFolders(agent, home)).map(({ root }) => root);
    cursors.keepOnly(roots, new Set(all.map(({ path }) => path)));
  } finally {
    await cursors.save(0, options.makeDurable);
  }
  return counts;
}
