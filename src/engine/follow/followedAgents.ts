import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { type TranscriptAgent, transcriptAgents } from '../../capture/transcripts/transcript.ts';
import { replaceFile } from '../../ledger/disk/files.ts';

/** The agents whose history the user asked for, kept in `followed-agents.json`: from then on they are followed. */
export interface FollowedAgents {
  list(): readonly TranscriptAgent[];
  /** Remembers agents durably. Throws `StorageError`; then they are remembered until the engine leaves. */
  add(agents: readonly TranscriptAgent[]): Promise<void>;
}

/** Reads them from a folder; a missing or damaged file knows none. */
export async function readFollowedAgents(folder: string): Promise<FollowedAgents> {
  const path = join(folder, 'followed-agents.json');
  const known = new Set(parse(await readFile(path, 'utf8').catch(() => '')));
  return {
    list: () => [...known],
    add: async agents => {
      const before = known.size;
      for (const agent of agents) {
        known.add(agent);
      }
      if (known.size > before) {
        await replaceFile(path, Buffer.from(`${JSON.stringify({ agents: [...known] })}\n`));
      }
    },
  };
}

function parse(text: string): TranscriptAgent[] {
  try {
    const { agents } = JSON.parse(text) as { agents: unknown };
    return Array.isArray(agents) ? transcriptAgents.filter(agent => agents.includes(agent)) : [];
  } catch {
    return [];
  }
}
