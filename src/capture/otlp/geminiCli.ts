import { readAmount, readCount, readName } from './attributes.ts';
import { type Counts, hasCounts, toTokens } from './buckets.ts';
import type { OtlpLog } from './payload.ts';
import { type Reading, readWho, repeatId } from './reading.ts';

/** The names a log or metric of the Gemini CLI has for whose call it was. */
export const geminiCliNames = { agent: 'gemini-cli', taskType: ['role'] } as const;

/**
 * `gemini_cli.api_response`, the one of four records of a call that has all counts (wire formats, A3). Input has the cache in it,
 * output leaves thoughts out. What tools put into the prompt is input too, and apart from it where the total says so. There is no
 * id of the call.
 */
export function readGeminiCliLog(log: OtlpLog): Reading | null {
  const { attributes, event, timestamp } = log;
  if (event !== 'gemini_cli.api_response') {
    return null;
  }
  const count = (key: string) => readCount(attributes, [key]);
  const prompt = count('input_token_count');
  const answer = count('output_token_count');
  const thoughts = count('thoughts_token_count');
  const tool = count('tool_token_count');
  const total = count('total_token_count');
  const sum = (prompt.value ?? 0) + (answer.value ?? 0) + (thoughts.value ?? 0);
  const isToolApart = total.value === sum + (tool.value ?? 0);
  const counts: Counts = {
    input: isToolApart ? plus(prompt, tool) : prompt,
    output: plus(answer, thoughts),
    cacheRead: count('cached_content_token_count'),
    reasoning: thoughts,
  };
  if (!hasCounts(counts)) {
    return null;
  }
  const tokens = toTokens(counts, 'with cache');
  const who = readWho(log, geminiCliNames);
  const parts = [timestamp, readName(attributes, 'prompt_id') ?? '', readName(attributes, 'role') ?? ''];
  return {
    facts: {
      id: null,
      provider: 'google',
      model: readName(attributes, 'model') ?? null,
      tokens,
      completeness: 'complete',
      latencyMs: readAmount(attributes, 'duration_ms'),
    },
    context: {
      ...who,
      timestamp: timestamp ?? undefined,
      idempotencyKey: repeatId('gemini-cli', who.sessionId, parts, tokens),
    },
  };
}

function plus<T extends { readonly value: number | null }>(a: T, b: T): T {
  return { ...a, value: a.value === null ? b.value : a.value + (b.value ?? 0) };
}
