import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asObject } from '../../capture/json.ts';
import { replaceFile } from '../../ledger/disk/files.ts';

/** In which working folder a session runs, as far as anybody said. */
export interface SessionFolders {
  /** Null while nobody said. */
  find(session: string): string | null;
  learn(session: string, cwd: string): void;
  /** Writes what was learned. Throws `StorageError`. */
  save(): Promise<void>;
}

/** Sessions are remembered up to so many; of more, those seen last. */
const limit = 5_000;
const saveMs = 30_000;

/** Reads `sessions.json` of a folder; a missing or damaged one knows none. What is learned is written soon, and by `save`. */
export async function openSessionFolders(
  folder: string,
  onError: (error: Error) => void = () => {},
): Promise<SessionFolders> {
  const path = join(folder, 'sessions.json');
  const known = new Map(parse(await readFile(path, 'utf8').catch(() => '')));
  let isChanged = false;
  let timer: NodeJS.Timeout | null = null;

  async function save(): Promise<void> {
    clearTimeout(timer ?? undefined);
    timer = null;
    if (isChanged) {
      isChanged = false;
      await replaceFile(path, Buffer.from(`${JSON.stringify({ sessions: Object.fromEntries(known) })}\n`));
    }
  }

  return {
    find: session => known.get(session) ?? null,
    learn: (session, cwd) => {
      const isNews = known.get(session) !== cwd;
      // The one seen last stands last.
      known.delete(session);
      known.set(session, cwd);
      for (const oldest of known.keys()) {
        if (known.size <= limit) {
          break;
        }
        known.delete(oldest);
      }
      isChanged ||= isNews;
      if (isChanged && timer === null) {
        timer = setTimeout(() => save().catch(onError), saveMs);
        timer.unref();
      }
    },
    save,
  };
}

function parse(text: string): [string, string][] {
  try {
    const sessions = Object.entries(asObject(JSON.parse(text).sessions) ?? {});
    return sessions.filter((entry): entry is [string, string] => typeof entry[1] === 'string').slice(-limit);
  } catch {
    return [];
  }
}
