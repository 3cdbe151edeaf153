import { open } from 'node:fs/promises';
import { basename, dirname } from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { type TranscriptAgent, transcriptAgents } from '../../capture/transcripts/transcript.ts';
import { findTranscripts } from '../import/findTranscripts.ts';
import type { ImportHome } from '../import/homes.ts';
import { readPlace } from '../import/placeOf.ts';

/** Agents whose transcripts name the session in their path and the working folder in their first lines or beside them. */
const findable: readonly string[] = ['claude-code', 'codex', 'gemini-cli', 'copilot-cli', 'copilot-chat'];
const headBytes = 64 * 1024;
/** VS Code may write a new chat after its first call was told: it is looked for so often, with such a pause. ms */
const chatLooks = 6;
const chatPauseMs = 300;

/**
 * The working folder of a session of an agent, by the head of its transcript: all that is read there is the folder's name. Null for other
 * agents, and for a session that left nothing. A chat of VS Code lies in the storage of its workspace, whose folder `folderOfStorage` knows
 * while a window of it is open; else the file beside it that has it.
 */
export async function findSessionFolder(
  agent: string,
  session: string,
  home: ImportHome,
  folderOfStorage: (storage: string) => string | null = () => null,
): Promise<string | null> {
  const known = transcriptAgents.find(name => name === agent && findable.includes(name));
  if (!known || session.length < 8) {
    return null;
  }
  for (let left = known === 'copilot-chat' ? chatLooks : 1; ; left -= 1) {
    const cwd = await readSessionFolder(known, session, home, folderOfStorage);
    if (cwd !== null || left === 1) {
      return cwd;
    }
    await wait(chatPauseMs);
  }
}

async function readSessionFolder(
  known: TranscriptAgent,
  session: string,
  home: ImportHome,
  folderOfStorage: (storage: string) => string | null,
): Promise<string | null> {
  const folders = await findTranscripts([known], home);
  for (const file of folders.flatMap(({ files }) => files).filter(({ path }) => isOf(known, path, session))) {
    const isChat = known === 'copilot-chat';
    const opened = isChat ? folderOfStorage(dirname(dirname(file.path))) : null;
    const cwd = opened ?? (await readPlace(file)).cwd ?? (isChat ? null : await readHead(file.path));
    if (cwd !== null) {
      return cwd;
    }
  }
  return null;
}

/** Gemini CLI has the first eight digits of the session in the name, the others all of it, Copilot CLI as its folder. */
function isOf(agent: TranscriptAgent, path: string, session: string): boolean {
  const name = basename(path);
  return agent === 'gemini-cli'
    ? name.includes(`-${session.slice(0, 8)}.`)
    : name.includes(session) || basename(dirname(path)) === session;
}

async function readHead(path: string): Promise<string | null> {
  const handle = await open(path, 'r').catch(() => null);
  try {
    const { buffer, bytesRead } = (await handle?.read(Buffer.alloc(headBytes), 0, headBytes, 0)) ?? {
      buffer: Buffer.alloc(0),
      bytesRead: 0,
    };
    const found = /"cwd"\s*:\s*("(?:[^"\\]|\\.)+")/.exec(buffer.toString('utf8', 0, bytesRead))?.[1];
    return found === undefined ? null : (JSON.parse(found) as string);
  } catch {
    return null;
  } finally {
    await handle?.close();
  }
}
