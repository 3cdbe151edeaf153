import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { ImportSummary, Problem } from '../../api/contract.ts';
import { parseImportEvents } from '../../api/importEvents.ts';
import { asObject, asText } from '../../capture/json.ts';
import type { TranscriptAgent } from '../../capture/transcripts/transcript.ts';
import type { FolderHeldError } from '../lock/folderLock.ts';
import { homeVariables } from './homes.ts';
import { readJson } from './taskFiles.ts';

export interface ThroughOptions {
  readonly storage: string;
  readonly home: string | null;
  readonly agents: readonly TranscriptAgent[];
  readonly env: NodeJS.ProcessEnv;
  readonly signal: AbortSignal;
  readonly tell: (filesRead: number, filesToRead: number, records: number) => void;
}

/** Asks the engine that owns the folder to import. Throws the given error when it can't be asked, and `Error` when it fails. */
export async function importThrough(held: FolderHeldError, options: ThroughOptions): Promise<ImportSummary> {
  const { storage, home, agents, env, signal, tell } = options;
  const engine = asObject(await readJson(join(storage, 'engine.json')));
  const url = held.owner.url ?? asText(engine?.url);
  const stored = await readFile(join(storage, 'token'), 'utf8').catch(() => null);
  const tokens = [env.SPEND_LENS_TOKEN, asText(engine?.token), asText(stored)].filter(token => token);
  if (url === null || tokens.length === 0) {
    throw held;
  }
  const given = homeVariables.flatMap(name => (env[name] ? [[name, env[name]]] : []));
  const body = JSON.stringify({ agents, home, ...(home === null ? { env: Object.fromEntries(given) } : {}) });
  for (const token of tokens) {
    const response = await fetch(`${url}/v1/import`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}` },
      body,
      signal,
    });
    if (response.ok && response.body) {
      return readEvents(response.body as ReadableStream<Uint8Array>, tell);
    }
    const problem = (await response.json().catch(() => null)) as Problem | null;
    if (response.status !== 401) {
      throw new Error(problem?.detail ?? `The engine answered ${response.status}.`);
    }
  }
  throw held;
}

async function readEvents(body: ReadableStream<Uint8Array>, tell: ThroughOptions['tell']): Promise<ImportSummary> {
  for await (const event of parseImportEvents(body)) {
    if (event.type === 'done') {
      const { type: _, ...summary } = event;
      return summary;
    }
    if (event.type === 'failed') {
      throw new Error(event.detail);
    }
    if (event.type === 'progress') {
      tell(event.files_read, event.files_to_read, event.records);
    }
  }
  throw new Error('The engine broke the import off.');
}
