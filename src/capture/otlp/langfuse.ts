import { readAgentCost } from '../agentCost.ts';
import { asObject, UsageError } from '../json.ts';
import type { Stated } from '../tokens.ts';
import { type Attributes, parseCount, readName } from './attributes.ts';
import type { Counts, InputMeaning } from './buckets.ts';
import { readGenAiCall } from './genAi.ts';
import type { OtlpSpan } from './payload.ts';
import { type Reading, readProvider } from './reading.ts';
import { readSpanCall } from './spanCall.ts';

const detailsKey = 'langfuse.observation.usage_details';
const names = { session: ['langfuse.session.id'], user: ['langfuse.user.id'] };
const generations = new Set(['generation', 'embedding']);

/**
 * Observations of type `generation` and `embedding` (wire formats, A10). Their usage is JSON in a string; a span without it may
 * have the convention's counts. `cost_details` is the sender's own guess, kept aside.
 */
export function readLangfuseSpan(span: OtlpSpan): Reading | null {
  const { attributes } = span;
  if (!generations.has(String(attributes.get('langfuse.observation.type')).toLowerCase())) {
    return null;
  }
  const details = attributes.get(detailsKey);
  if (details === undefined) {
    return readGenAiCall(span, 'unknown', names);
  }
  return readSpanCall(span, {
    ...readDetails(details, attributes),
    provider: readProvider(attributes, 'gen_ai.provider.name', 'gen_ai.system'),
    model: readName(attributes, 'langfuse.observation.model.name', 'gen_ai.response.model', 'gen_ai.request.model'),
    id: readName(attributes, 'gen_ai.response.id'),
    agentCostNanoUsd: readCostDetails(attributes.get('langfuse.observation.cost_details')),
    names,
  });
}

type Bucket = 'input' | 'cacheRead' | 'cacheWrite' | 'output' | 'reasoning' | 'total';

/** Keys for all of the input or output, where they are not disjoint. */
const wholes: Readonly<Record<'input' | 'output', readonly string[]>> = {
  input: ['input', 'input_tokens', 'prompt_tokens'],
  output: ['output', 'output_tokens', 'completion_tokens'],
};

/**
 * Free-form keys, disjoint: `input`, `input_cached_tokens`, `cache_read_input_tokens`, `output_reasoning_tokens` … Only a total that
 * is exactly input plus output shows that the details are inside of them.
 */
function readDetails(details: unknown, attributes: Attributes): { counts: Counts; meaning: InputMeaning } {
  const entries = Object.entries(parseDetails(details)).filter(([, value]) => value !== null);
  const sum = (wanted: (key: string) => boolean): number | null => {
    const values = entries.flatMap(([key, value]) =>
      wanted(key) ? [parseCount(value, `${detailsKey}.${bucketOf(key)}`)] : [],
    );
    return values.length === 0 ? null : values.reduce((total, value) => total + value, 0);
  };
  const of = (bucket: Bucket) => sum(key => bucketOf(key) === bucket);
  const whole = (side: 'input' | 'output') => sum(key => wholes[side].includes(key));
  const reasoning = of('reasoning');
  const isInside = of('total') === (whole('input') ?? 0) + (whole('output') ?? 0);
  const apart = sum(key => ['output', 'reasoning'].includes(bucketOf(key) ?? ''));
  const noOutput = attributes.get('langfuse.observation.type') === 'embedding' ? 0 : null;
  const stated = (value: number | null): Stated => ({ field: detailsKey, value });
  return {
    counts: {
      input: stated(isInside ? whole('input') : of('input')),
      output: stated((isInside ? whole('output') : apart) ?? noOutput),
      cacheRead: stated(of('cacheRead')),
      cacheWrite: stated(of('cacheWrite')),
      reasoning: stated(reasoning),
    },
    meaning: isInside ? 'with cache' : 'without cache',
  };
}

function bucketOf(key: string): Bucket | null {
  const name = key.toLowerCase();
  if (/cache/.test(name)) {
    return /creat|write/.test(name) ? 'cacheWrite' : 'cacheRead';
  }
  if (/reason|thought|thinking/.test(name)) {
    return 'reasoning';
  }
  const rows: [RegExp, Bucket][] = [
    [/^(total|total_tokens)$/, 'total'],
    [/^(input|prompt)/, 'input'],
    [/^(output|completion)/, 'output'],
  ];
  return rows.find(([pattern]) => pattern.test(name))?.[1] ?? null;
}

/** The total of the sender's costs, else their sum; null when they are not told. */
function readCostDetails(details: unknown): number | null {
  try {
    const costs = asObject(JSON.parse(String(details))) ?? {};
    const sum = Object.values(costs).reduce((total: number, cost) => total + Number(cost ?? 0), 0);
    return details === undefined ? null : readAgentCost(costs.total ?? sum);
  } catch {
    return null;
  }
}

function parseDetails(details: unknown): Readonly<Record<string, unknown>> {
  let value: unknown = null;
  try {
    value = JSON.parse(String(details));
  } catch {
    // The parser's message would quote the text.
  }
  const object = asObject(value);
  if (object === null) {
    throw new UsageError(detailsKey, `${detailsKey} must be JSON of an object.`);
  }
  return object;
}
