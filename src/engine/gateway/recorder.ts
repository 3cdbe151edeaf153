import type { IncomingMessage } from 'node:http';
import { mergeContexts, parseHeaderContext, type UsageContext } from '../../capture/context.ts';
import { UsageError } from '../../capture/json.ts';
import { normalizeProvider } from '../../core/provider.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';
import type { GrantedCall } from '../http/call.ts';
import { readContextHeaders } from '../http/contextHeaders.ts';
import { groupByLedger, placeRecords } from '../routing/appendRouted.ts';
import { type AnswerReading, createAnswerReader } from './answerReader.ts';
import { attributeCall, modelOfPath } from './attribution.ts';
import { estimateCall, raiseLowerBound } from './estimateAnswer.ts';
import { type Failure, makeFailedCall, readErrorWord } from './failedCall.ts';
import type { ForwardedAnswer } from './forwardAnswer.ts';
import { createHeldBytes } from './heldBytes.ts';
import { createLaterCopy } from './laterCopy.ts';
import type { RecordQueue } from './recordQueue.ts';
import { createRequestOutline } from './requestBody.ts';
import { hashRequest } from './requestHashes.ts';
import type { GatewayTarget } from './upstreams.ts';

/** Listens to both sides of a call, and stores what it used. */
export interface Recorder {
  /** Bytes of the request as they were sent on; read later. */
  onRequestBytes(bytes: Buffer): void;
  /** Decoded bytes of the answer. May throw: the copy ends then. */
  onAnswerBytes(bytes: Buffer): void;
  /** The answer can't be read any further. */
  lose(): void;
  /** The call is over: later reads what was not read yet, stores what the call used, or that it failed, and lets go of the bodies. */
  finish(answer: IncomingMessage, forwarded: ForwardedAnswer): Storing;
  /** The call got no answer: later stores that, and lets go of the bodies. `error` is a code or a word. */
  fail(error: string): Storing;
  /** Lets go of what is held of the bodies of a call that is not to be stored. */
  drop(): void;
}

/** What a call used, on its way to the disk. */
export interface Storing {
  /** Resolves when it is durable. Never rejects. */
  readonly stored: Promise<void>;
}

export const nothingToStore: Storing = { stored: Promise.resolve() };

/** Asks about calls or prompts, and is no call: counting, cancelling, batches that are only made. */
const notCalls = /(?:\/count_tokens|:countTokens|\/cancel|\/input_tokens)$/;
/** Calls of a model that writes, and of one that writes nothing: what they don't tell is estimated. */
const writing = /(?:\/completions|\/responses|\/messages|:(?:stream)?generateContent|\/api\/(?:chat|generate))$/i;
const embedding = /(?:\/embeddings|:(?:batch)?embedContents?|\/api\/embed(?:dings)?)$/i;
/** Further calls of a model, whose failures count. */
const otherCalls = /\/(?:images|audio|videos|moderations|rerank|fim)(?:\/|$)/;

/**
 * A recorder for a call that has just come. Nothing in it holds the request or an answer: those that wait to be recorded would age in V8's heap,
 * and moving and clearing them took more time than reading them.
 */
export function createRecorder(call: GrantedCall, { name, endpoint }: GatewayTarget, queue: RecordQueue): Recorder {
  const { engine, access } = call;
  const { method, headers } = call.request;
  const router = engine.routerFor(access, call.query);
  const startedAt = Date.now();
  const start = performance.now();
  const isCall = method === 'POST' && !notCalls.test(endpoint);
  const isMute = embedding.test(endpoint);
  const isEstimable = isCall && (isMute || writing.test(endpoint));
  const requestEncoding = headers['content-encoding'];
  const outline = createRequestOutline(requestEncoding);
  const requestBody = createHeldBytes();
  const reader = createAnswerReader();
  const requestCopy = createLaterCopy(bytes => {
    outline.push(bytes);
    if (isEstimable) {
      requestBody.push(bytes);
    }
  });
  let isLost = false;

  async function readContext(requestId: string | undefined, latencyMs: number): Promise<UsageContext> {
    const found: UsageContext = {
      ...attributeCall(headers, await outline.finish()),
      provider: normalizeProvider(name) ?? undefined,
      requestId,
      endpoint,
      latencyMs,
      signal: 'gateway',
    };
    return mergeContexts(readNamed(), { ...found, model: found.model ?? modelOfPath(endpoint) });
  }

  async function store(answer: AnswerHead, isWhole: boolean, latencyMs: number): Promise<void> {
    const { status, requestId } = answer;
    const context = await readContext(requestId, latencyMs);
    const reading = reader.finish(context, startedAt);
    if (status >= 400 || (reading.outcome === 'failure' && reading.records.length === 0)) {
      await storeFailure(context, { status, error: readErrorWord(reading.head) });
      return;
    }
    const records = status > 299 ? [] : await complete(reading, context, answer, isWhole);
    if (records.length === 0) {
      return;
    }
    const placed = await placeRecords(records, access.ledger, router);
    const isAwaited = !queue.isDetached() && placed.some(({ live }) => live.estimates.awaitsText);
    const hashes = isAwaited ? await hashRequest(engine.estimator, requestBody, requestEncoding) : undefined;
    drop();
    for (const [live, own] of groupByLedger(placed)) {
      await queue.append(live, own, hashes);
    }
  }

  async function storeFailure(context: UsageContext, failure: Failure): Promise<void> {
    drop();
    if (isEstimable || otherCalls.test(endpoint)) {
      await queue.appendFailed(access.ledger, makeFailedCall(context, startedAt, failure));
    }
  }

  /** Storing must never fail a call. */
  async function attempt(run: (latencyMs: number) => Promise<void>): Promise<void> {
    if (!isCall) {
      drop();
      return;
    }
    const latencyMs = performance.now() - start;
    try {
      await queue.turn();
      requestCopy.flush();
      await run(latencyMs);
    } catch (error) {
      const reason = error instanceof Error ? error.name : 'unknown error';
      engine.log('error', `Gateway: what a call to ${name} used could not be recorded: ${reason}.`);
    } finally {
      drop();
    }
  }

  /** The records that the answer told, with what it did not tell. */
  async function complete(
    reading: AnswerReading,
    context: UsageContext,
    { isOfModel }: AnswerHead,
    isWhole: boolean,
  ): Promise<readonly UsageRecord[]> {
    const { records, head, outcome } = reading;
    const [record, ...others] = records;
    if (record !== undefined) {
      const isRaised = isEstimable && record.completeness === 'lower_bound' && others.length === 0;
      return isRaised ? [await raiseLowerBound(engine.estimator, record, reader)] : records;
    }
    // A page of a proxy on the way is no answer of a model; one that broke off or could not be read before it could be told is.
    const isAnswer = outcome === 'answer' || (outcome === 'nothing' && (!isWhole || isLost) && isOfModel);
    if (!isEstimable || !isAnswer) {
      return [];
    }
    const untold = { context, head, reader, requestBody, requestEncoding, isWhole, isLost, isMute, startedAt };
    return [await estimateCall(engine.estimator, untold)];
  }

  /** What the client names itself; a header that can't be kept is told and left out with the others. */
  function readNamed(): UsageContext {
    try {
      return parseHeaderContext(readContextHeaders({ headers }));
    } catch (error) {
      if (!(error instanceof UsageError)) {
        throw error;
      }
      engine.log('warn', `Gateway: the header ${error.field} is of no use, the context headers are ignored.`);
      return {};
    }
  }

  function drop(): void {
    requestCopy.drop();
    requestBody.drop();
    reader.drop();
  }

  return {
    onRequestBytes(bytes) {
      if (isCall) {
        requestCopy.push(bytes);
      }
    },
    onAnswerBytes(bytes) {
      if (isCall) {
        reader.push(bytes);
      }
    },
    lose() {
      isLost = true;
    },
    finish: (answer, { isWhole, readCopy }) => {
      const head = readHead(answer);
      return {
        stored: attempt(async latencyMs => {
          await readCopy();
          await store(head, isWhole, latencyMs);
        }),
      };
    },
    fail: error => ({
      stored: attempt(async latencyMs =>
        storeFailure(await readContext(undefined, latencyMs), { status: null, error: error.slice(0, 80) }),
      ),
    }),
    drop,
  };
}

/** What recording needs of an answer's head. */
interface AnswerHead {
  readonly status: number;
  readonly requestId: string | undefined;
  /** It is of a type that models answer in. */
  readonly isOfModel: boolean;
}

function readHead(answer: IncomingMessage): AnswerHead {
  const type = answer.headers['content-type'] ?? '';
  return {
    status: answer.statusCode ?? 0,
    requestId: readRequestId(answer),
    isOfModel: /^(?:text\/event-stream|application\/(?:x-nd)?json)\b/i.test(type),
  };
}

function readRequestId({ headers }: IncomingMessage): string | undefined {
  const id = headers['request-id'] ?? headers['x-request-id'];
  return typeof id === 'string' && id.trim() !== '' && id.length <= 300 ? id.trim() : undefined;
}
