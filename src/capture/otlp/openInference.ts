import { readAgentCost } from '../agentCost.ts';
import { readCount, readName } from './attributes.ts';
import type { OtlpSpan } from './payload.ts';
import { type Reading, readProvider } from './reading.ts';
import { readSpanCall } from './spanCall.ts';

/**
 * Spans of kind `LLM` and `EMBEDDING` (wire formats, A10); chains, agents and tools repeat what is in them. `llm.cost.total` is the
 * instrumentation's own guess, kept aside.
 */
export function readOpenInferenceSpan(span: OtlpSpan): Reading | null {
  const { attributes } = span;
  const kind = String(attributes.get('openinference.span.kind')).toUpperCase();
  if (kind !== 'LLM' && kind !== 'EMBEDDING') {
    return null;
  }
  const count = (...keys: string[]) =>
    readCount(
      attributes,
      keys.map(key => `llm.token_count.${key}`),
    );
  const input = count('prompt');
  const output = count('completion');
  const isEmbedding = kind === 'EMBEDDING' && input.value !== null;
  return readSpanCall(span, {
    counts: {
      input,
      output: isEmbedding ? { ...output, value: output.value ?? 0 } : output,
      cacheRead: count('prompt_details.cache_read', 'prompt_details.cache_input'),
      cacheWrite: count('prompt_details.cache_write'),
      reasoning: count('completion_details.reasoning'),
      total: count('total'),
    },
    // The specification does not say whether the prompt has the cache in it.
    meaning: 'unknown',
    provider: readProvider(attributes, 'llm.provider', 'llm.system', 'gen_ai.provider.name', 'gen_ai.system'),
    model: readName(attributes, 'llm.model_name', 'embedding.model_name', 'gen_ai.response.model'),
    id: readName(attributes, 'gen_ai.response.id'),
    agentCostNanoUsd: readAgentCost(attributes.get('llm.cost.total')),
  });
}
