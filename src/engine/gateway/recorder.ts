import type { IncomingMessage } from 'node:http';
import { mergeContexts, parseHeaderContext, type UsageContext } from '../../capture/context.ts';
import { UsageError } from '../../capture/json.ts';
import { normalizeProvider } from '../../core/provider.ts';
import type { GrantedCall } from '../call.ts';
import { readContextHeaders } from '../contextHeaders.ts';
import { createAnswerReader } from './answerReader.ts';
import { attributeCall } from './attribution.ts';
import { createRequestOutline } from './requestBody.ts';
import type { GatewayTarget } from './upstreams.ts';

/** Listens to both sides of a call, and stores what it used. */
export interface Recorder {
  onRequestBytes(bytes: Buffer): void;
  /** Decoded bytes of the answer. May throw: the copy ends then. */
  onAnswerBytes(bytes: Buffer): void;
  /** The call is over: stores its records. Never rejects. */
  finish(answer: IncomingMessage): Promise<void>;
}

/** Asks about calls or prompts, and is no call: counting, cancelling, batches that are only made. */
const notCalls = /(?:\/count_tokens|:countTokens|\/cancel|\/input_tokens)$/;

/** A recorder for a call that has just come. */
export function createRecorder(call: GrantedCall, { name, endpoint }: GatewayTarget): Recorder {
  const { request, engine, access } = call;
  const startedAt = Date.now();
  const start = performance.now();
  const isCall = request.method === 'POST' && !notCalls.test(endpoint);
  const outline = createRequestOutline(request.headers['content-encoding']);
  const reader = createAnswerReader();

  async function store(answer: IncomingMessage): Promise<void> {
    const latencyMs = performance.now() - start;
    const body = await outline.finish();
    const found: UsageContext = {
      ...attributeCall(request.headers, body),
      provider: normalizeProvider(name) ?? undefined,
      requestId: readRequestId(answer),
      endpoint,
      latencyMs,
      signal: 'gateway',
    };
    const records = reader.finish(mergeContexts(readNamed(), found), startedAt);
    if (records.length > 0) {
      await access.ledger.append(records);
    }
  }

  /** What the client names itself; a header that can't be kept is told and left out with the others. */
  function readNamed(): UsageContext {
    try {
      return parseHeaderContext(readContextHeaders(request));
    } catch (error) {
      if (!(error instanceof UsageError)) {
        throw error;
      }
      engine.log('warn', `Gateway: the header ${error.field} is of no use, the context headers are ignored.`);
      return {};
    }
  }

  return {
    onRequestBytes(bytes) {
      if (isCall) {
        outline.push(bytes);
      }
    },
    onAnswerBytes(bytes) {
      if (isCall) {
        reader.push(bytes);
      }
    },
    async finish(answer) {
      const status = answer.statusCode ?? 0;
      if (!isCall || status < 200 || status > 299) {
        return;
      }
      await store(answer).catch(error => {
        const reason = error instanceof Error ? error.name : 'unknown error';
        engine.log('error', `Gateway: what a call to ${name} used could not be recorded: ${reason}.`);
      });
    },
  };
}

function readRequestId({ headers }: IncomingMessage): string | undefined {
  const id = headers['request-id'] ?? headers['x-request-id'];
  return typeof id === 'string' && id.trim() !== '' && id.length <= 300 ? id.trim() : undefined;
}
