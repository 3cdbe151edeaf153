import { UnexpectedAnswerError } from './answerShape.ts';
import type { DeletionAnswer, DeletionRequest } from './deletionContract.ts';
import type { ForwardHistoryEvent } from './forwardContract.ts';
import { parseForwardEvents } from './forwardEvents.ts';
import type { FoundTranscripts, ImportEvent } from './importContract.ts';
import { parseFoundTranscripts, parseImportEvents } from './importEvents.ts';
import { parseDeletion } from './parseSums.ts';
import { parseUsageAnswer } from './parseUsage.ts';
import { longMs, reportUnreachable, type Transport } from './transport.ts';
import type { UsageAnswer } from './usageContract.ts';

/** What comes into a ledger and leaves it. Each throws as `Client` says. */
export interface StoreCalls {
  /** Stores what the body of `POST /v1/usage` tells. */
  recordUsage(body: unknown, signal?: AbortSignal): Promise<UsageAnswer>;
  /** What agents left on disk, of all agents or of these. */
  findTranscripts(agents?: readonly string[], signal?: AbortSignal): Promise<FoundTranscripts>;
  /** Imports it, and tells how far that is; the signal cancels it. Ends after `done` or `failed`. */
  importHistory(agents: readonly string[] | undefined, signal: AbortSignal): AsyncIterable<ImportEvent>;
  /** Sends the stored calls to a destination, and tells how far that is; the signal cancels it. Ends after `done` or `failed`. */
  forwardHistory(destination: string, signal: AbortSignal): AsyncIterable<ForwardHistoryEvent>;
  /** Deletes calls for good, or says what would go. */
  deleteHistory(request: DeletionRequest, signal?: AbortSignal): Promise<DeletionAnswer>;
  /** A compact copy of the ledger's database; `onBytes` is told how much of it has come. */
  database(signal: AbortSignal, onBytes?: (received: number, total: number) => void): Promise<Uint8Array>;
}

export function createStoreCalls({ call, open }: Transport, url: string): StoreCalls {
  async function* importHistory(agents: readonly string[] | undefined, signal: AbortSignal) {
    const { body } = await open('/v1/import', { method: 'POST', body: { agents }, signal });
    if (body) {
      yield* parseImportEvents(body);
    }
  }

  async function* forwardHistory(destination: string, signal: AbortSignal) {
    const { body } = await open('/v1/forward/history', { method: 'POST', body: { destination }, signal });
    if (body) {
      yield* parseForwardEvents(body);
    }
  }

  async function database(signal: AbortSignal, onBytes: (received: number, total: number) => void = () => {}) {
    const { headers, body } = await open('/v1/database', { signal, limitMs: longMs });
    return reportUnreachable(signal, url, () => readAll(headers, body, onBytes));
  }

  return {
    recordUsage: (body, signal) => call('/v1/usage', { method: 'POST', body, signal }, parseUsageAnswer),
    findTranscripts: (agents, signal) => {
      const query = agents === undefined ? '' : `?agents=${agents.map(encodeURIComponent).join(',')}`;
      return call(`/v1/import${query}`, { signal, limitMs: longMs }, parseFoundTranscripts);
    },
    importHistory,
    forwardHistory,
    deleteHistory: (body, signal) =>
      call('/v1/delete', { method: 'POST', body, signal, limitMs: longMs }, parseDeletion),
    database,
  };
}

/** A body of a length that was announced. Throws when it ends before. */
async function readAll(
  headers: Headers,
  body: ReadableStream<Uint8Array> | null,
  onBytes: (received: number, total: number) => void,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(Number(headers.get('content-length') ?? 0));
  let received = 0;
  for await (const piece of body ?? []) {
    if (received + piece.length > bytes.length) {
      throw new UnexpectedAnswerError('database');
    }
    bytes.set(piece, received);
    received += piece.length;
    onBytes(received, bytes.length);
  }
  if (received < bytes.length) {
    throw new Error('The copy ended too soon.');
  }
  return bytes;
}
