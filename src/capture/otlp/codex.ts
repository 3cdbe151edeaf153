import { readCount, readName } from './attributes.ts';
import { toTokens } from './buckets.ts';
import type { OtlpLog } from './payload.ts';
import { type Reading, readWho, repeatId } from './reading.ts';

/**
 * The `response.completed` among Codex' `codex.sse_event`s that has counts; it comes a second time without (wire formats, A2).
 * Input has cache reads and writes in it, output the reasoning, and `tool_token_count` is the total. No id of the call is sent.
 */
export function readCodexLog(log: OtlpLog): Reading | null {
  const { attributes, event, timestamp } = log;
  const isCounted = attributes.has('input_token_count') && attributes.get('event.kind') === 'response.completed';
  if (event !== 'codex.sse_event' || !isCounted) {
    return null;
  }
  const count = (key: string) => readCount(attributes, [key]);
  const tokens = toTokens(
    {
      input: count('input_token_count'),
      output: count('output_token_count'),
      cacheRead: count('cached_token_count'),
      cacheWrite: count('cache_write_token_count'),
      reasoning: count('reasoning_token_count'),
    },
    'with cache',
  );
  const who = readWho(log, { agent: 'codex' });
  const at = readName(attributes, 'event.timestamp') ?? timestamp;
  return {
    facts: {
      id: null,
      provider: 'openai',
      model: readName(attributes, 'model', 'slug') ?? null,
      tokens,
      completeness: 'complete',
    },
    context: {
      ...who,
      timestamp: timestamp ?? undefined,
      idempotencyKey: repeatId('codex', who.sessionId, [at], tokens),
    },
  };
}
