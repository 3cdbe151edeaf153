import { type Attributes, readAmount, readCount, readName } from './attributes.ts';
import type { Counts, InputMeaning } from './buckets.ts';
import type { OtlpSpan } from './payload.ts';
import { type OwnNames, type Reader, type Reading, readProvider } from './reading.ts';
import { readSpanCall } from './spanCall.ts';

/**
 * Operations that are one model call (semantic-conventions-genai, client-inference.md). `invoke_agent`, `invoke_workflow`, `plan`,
 * `agent_step` and their like repeat the usage of the calls inside them.
 */
const inferences = new Set(['chat', 'generate_content', 'text_completion', 'embeddings']);
/** `llm.request.type` of Traceloop, which older versions have instead. */
const traceloopTypes = new Set(['chat', 'completion', 'embedding']);

/** Every spelling in use of the convention's counts (wire formats, A8): today's first, then older ones, Traceloop's and Sentry's. */
const spellings = {
  input: ['input_tokens', 'prompt_tokens'],
  output: ['output_tokens', 'completion_tokens'],
  cacheRead: ['cache_read.input_tokens', 'cache_read_input_tokens', 'input_tokens.cached'],
  cacheWrite: [
    ...['cache_write.input_tokens', 'cache_creation.input_tokens'],
    ...['cache_write_input_tokens', 'cache_creation_input_tokens', 'input_tokens.cache_write'],
  ],
  reasoning: ['reasoning.output_tokens', 'reasoning_tokens', 'output_tokens.reasoning'],
  total: ['total_tokens'],
} as const;

/** The convention's counts, in any of their spellings. Throws `UsageError` for what is no count. */
export function readGenAiCounts(attributes: Attributes): Counts {
  const count = (bucket: keyof typeof spellings) =>
    readCount(
      attributes,
      ['gen_ai', 'llm'].flatMap(space => spellings[bucket].map(name => `${space}.usage.${name}`)),
    );
  return {
    input: count('input'),
    output: count('output'),
    cacheRead: count('cacheRead'),
    cacheWrite: count('cacheWrite'),
    reasoning: count('reasoning'),
    total: count('total'),
  };
}

/** A reader of the convention's inference spans, for an emitter whose input count means this. */
export function createGenAiReader(meaning: InputMeaning, names: OwnNames = {}): Reader<OtlpSpan> {
  return span => (isInference(span.attributes) ? readGenAiCall(span, meaning, names) : null);
}

/** What a span says in the convention's words, whatever its operation. */
export function readGenAiCall(span: OtlpSpan, meaning: InputMeaning, names: OwnNames): Reading | null {
  const { attributes } = span;
  const counts = readGenAiCounts(attributes);
  const isEmbedding = attributes.get('gen_ai.operation.name') === 'embeddings' && counts.output.value === null;
  const nanoAiu = readAmount(attributes, 'github.copilot.nano_aiu') ?? 0;
  return readSpanCall(span, {
    counts: isEmbedding && counts.input.value !== null ? { ...counts, output: { ...counts.output, value: 0 } } : counts,
    meaning,
    provider: readProvider(attributes, 'gen_ai.provider.name', 'gen_ai.system'),
    model: readName(attributes, 'gen_ai.response.model', 'gen_ai.request.model'),
    id: readName(attributes, 'gen_ai.response.id'),
    names,
    serviceTier: readName(attributes, 'openai.response.service_tier', 'gen_ai.openai.response.service_tier'),
    // An AI credit is $0.01, so a nano-credit is a hundredth of a nano-USD. 0 is what calls with one's own key have.
    billedNanoUsd: nanoAiu > 0 ? Math.round(nanoAiu / 100) : null,
  });
}

function isInference(attributes: Attributes): boolean {
  const operation = readName(attributes, 'gen_ai.operation.name');
  const type = readName(attributes, 'llm.request.type');
  return operation !== undefined ? inferences.has(operation) : type !== undefined && traceloopTypes.has(type);
}
