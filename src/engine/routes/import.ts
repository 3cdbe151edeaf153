import * as v from 'valibot';
import type { FoundTranscripts, ImportEvent, ImportSummary } from '../../api/contract.ts';
import { type TranscriptAgent, transcriptAgents } from '../../capture/transcripts/transcript.ts';
import { type GrantedCall, type Route, sendJson } from '../http/call.ts';
import { readJson, requireShape } from '../http/jsonBody.ts';
import type { FoundFolder } from '../import/findTranscripts.ts';
import { resolveHome } from '../import/homes.ts';
import type { ImportProgress } from '../import/importFiles.ts';
import type { ImportRequest, PendingFolder } from '../import/imports.ts';
import type { ImportCounts } from '../import/recordBatch.ts';

const maxBytes = 64 * 1024;
/** How often progress is told, ms. */
const progressMs = 100;

const agentNames = v.pipe(v.array(v.picklist(transcriptAgents)), v.minLength(1));
const body = v.object({
  agents: v.optional(agentNames),
  home: v.optional(v.nullable(v.pipe(v.string(), v.nonEmpty()))),
  env: v.optional(v.record(v.string(), v.string())),
});

/** `GET /v1/import`: the folders of agents that are there to import. */
export const findImportsRoute: Route = {
  method: 'GET',
  path: '/v1/import',
  access: 'ledger',
  handle: async ({ response, query, engine }) => {
    const agents = query.get('agents')?.split(',');
    const request = toRequest({ agents, home: query.get('home') ?? undefined }, engine.imports.env);
    const answer: FoundTranscripts = { folders: (await engine.imports.find(request)).map(formatPending) };
    sendJson(response, 200, answer);
  },
};

/** `POST /v1/import`: imports, and tells how far it is, one JSON object per line; who hangs up cancels. */
export const importRoute: Route = {
  method: 'POST',
  path: '/v1/import',
  access: 'ledger',
  handle: async call => {
    const request = toRequest(await readJson(call.request, { maxBytes, mayBeEmpty: true }), call.engine.imports.env);
    await stream(call, request);
  },
};

async function stream({ response, engine }: GrantedCall, request: ImportRequest): Promise<void> {
  const cancelling = new AbortController();
  response.on('close', () => cancelling.abort(new Error('The import was cancelled.')));
  let toldAt = 0;
  const send = (event: ImportEvent) => {
    if (!response.headersSent) {
      response.writeHead(200, { 'content-type': 'application/x-ndjson', 'cache-control': 'no-store' });
    }
    if (!response.destroyed) {
      response.write(`${JSON.stringify(event)}\n`);
    }
  };
  try {
    const counts = await engine.imports.run(request, {
      signal: cancelling.signal,
      onFound: folders => send({ type: 'found', folders: folders.map(formatFound) }),
      onProgress: progress => {
        if (performance.now() - toldAt > progressMs) {
          toldAt = performance.now();
          send(formatProgress(progress));
        }
      },
    });
    send({ type: 'done', ...formatCounts(counts) });
  } catch (error) {
    // Once the answer has begun, its status can't say it any more.
    if (!response.headersSent && !cancelling.signal.aborted) {
      throw error;
    }
    const detail = error instanceof Error ? error.message : String(error);
    if (!cancelling.signal.aborted) {
      engine.log('error', `Import: ${detail}`);
    }
    send({ type: 'failed', detail });
  }
  response.end();
}

function toRequest(value: unknown, env: Readonly<Record<string, string | undefined>>): ImportRequest {
  const { agents, home, env: asked } = requireShape(body, value);
  const names: readonly TranscriptAgent[] = agents ?? transcriptAgents;
  return { agents: [...new Set(names)], home: resolveHome(home ?? null, asked ?? env) };
}

function formatFound({ agent, root, files }: FoundFolder) {
  return { agent, folder: root, files: files.length, bytes: files.reduce((sum, { size }) => sum + size, 0) };
}

function formatPending(folder: PendingFolder) {
  return { ...formatFound(folder), changed_files: folder.changedFiles };
}

function formatCounts({ files, records, new: added, duplicates, skipped }: ImportCounts): ImportSummary {
  return { files, records, new: added, duplicates, skipped };
}

function formatProgress(progress: ImportProgress): ImportEvent {
  return {
    type: 'progress',
    agent: progress.agent,
    files_read: progress.filesRead,
    files_to_read: progress.filesToRead,
    bytes_read: progress.bytesRead,
    bytes_to_read: progress.bytesToRead,
    ...formatCounts(progress),
  };
}
