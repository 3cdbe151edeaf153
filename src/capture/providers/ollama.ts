import type { Completeness, UsageRecord } from '../../core/usageRecord.ts';
import type { UsageContext } from '../context.ts';
import { type JsonObject, readAmount, readCount, readText } from '../json.ts';
import { buildRecord } from '../record.ts';
import { checkTokens } from '../tokens.ts';
import { type Accumulator, copyFields } from './accumulator.ts';

const fields = ['model', 'created_at', 'prompt_eval_count', 'eval_count', 'total_duration'];

/**
 * The last line of Ollama's `/api/chat` or `/api/generate` (wire formats, B10). A count that is left out is unknown: old builds
 * leave it out on cache hits. Throws `UsageError` when there is none.
 */
export function parseOllama(
  response: JsonObject,
  context: UsageContext,
  receivedAt: number,
  completeness: Completeness = 'complete',
): UsageRecord[] {
  const isDone = response.done !== false;
  const nanoseconds = readAmount(response, 'total_duration');
  const facts = {
    id: null,
    provider: context.provider ?? 'ollama',
    model: readText(response, 'model'),
    created: response.created_at,
    tokens: checkTokens({
      input: isDone ? readCount(response, 'prompt_eval_count') : null,
      cacheRead: 0,
      cacheWrite5m: 0,
      cacheWrite1h: 0,
      cacheWrite: 0,
      output: isDone ? readCount(response, 'eval_count') : null,
      reasoning: null,
    }),
    completeness,
    latencyMs: nanoseconds === null ? null : Math.round(nanoseconds / 1e6),
  };
  return [buildRecord(facts, context, receivedAt, context.signal ?? 'response')];
}

/** The lines of one call: those with `done: false` are passed over, the one with `done: true` has the counts. */
export function createOllamaStream(): Accumulator {
  const response: Record<string, unknown> = {};
  let isClosed = false;
  return {
    push(event) {
      copyFields(response, event, event.done === true ? fields : ['model']);
      isClosed = event.done === true;
    },
    finish: () => ({ response: { ...response, done: isClosed }, completeness: 'complete' }),
    get isClosed() {
      return isClosed;
    },
  };
}
