import { readFile } from 'node:fs/promises';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { asObject, asText } from '../../capture/json.ts';
import type { TranscriptPlace } from '../../capture/transcripts/transcript.ts';
import type { FoundFile } from './findTranscripts.ts';
import { readJson, readTaskFiles } from './taskFiles.ts';

/** What a transcript's place and the files beside it tell. */
export async function readPlace(file: FoundFile): Promise<TranscriptPlace> {
  const nothing = { sessionId: null, taskType: null, cwd: null, models: [], changedAt: Math.floor(file.mtimeMs) };
  return { ...nothing, ...(await readHints(file)) };
}

async function readHints({ agent, path }: FoundFile): Promise<Partial<TranscriptPlace>> {
  const folder = dirname(path);
  const name = basename(path).replace(/\.(jsonl(\.zst)?|json)$/, '');
  switch (agent) {
    case 'claude-code': {
      if (!name.startsWith('agent-')) {
        return { sessionId: name };
      }
      const meta = asObject(await readJson(join(folder, `${name}.meta.json`)));
      const session = basename(folder) === 'subagents' ? basename(dirname(folder)) : null;
      return { sessionId: session, taskType: asText(meta?.agentType) ?? 'subagent' };
    }
    case 'codex':
      return { sessionId: /[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.exec(name)?.[0] ?? name };
    case 'gemini-cli':
      return { sessionId: name, cwd: await readText(join(folderBefore(path, 'chats'), '.project_root')) };
    case 'copilot-cli':
      return { sessionId: name === 'events' ? basename(folder) : name };
    case 'copilot-chat':
      return { sessionId: name, cwd: await readWorkspaceFolder(dirname(folder)) };
    case 'cline':
    case 'roo':
      return { sessionId: basename(folder), ...(await readTaskFiles(folder)) };
    case 'cline-cli':
      return { sessionId: basename(folder), ...(await readClineSession(folder)) };
    case 'opencode':
      return {};
  }
}

function folderBefore(path: string, name: string): string {
  const parts = path.split(/[\\/]/);
  return path.slice(0, parts.slice(0, parts.lastIndexOf(name)).join('/').length);
}

async function readText(path: string): Promise<string | null> {
  return asText(await readFile(path, 'utf8').catch(() => null));
}

/** The folder of a workspace of VS Code; null for several, and for those on another machine. */
async function readWorkspaceFolder(storage: string): Promise<string | null> {
  const uri = asText(asObject(await readJson(join(storage, 'workspace.json')))?.folder);
  try {
    return uri?.startsWith('file://') ? fileURLToPath(uri) : null;
  } catch {
    return null;
  }
}

async function readClineSession(folder: string): Promise<Partial<TranscriptPlace>> {
  const session = asObject(await readJson(join(folder, `${basename(folder)}.json`))) ?? {};
  const model = asText(session.model);
  return {
    cwd: asText(session.cwd) ?? asText(session.workspaceRoot),
    models: model === null ? [] : [{ from: 0, model, provider: asText(session.provider) }],
  };
}
