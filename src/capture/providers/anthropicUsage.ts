import type { TokenCounts } from '../../core/usageRecord.ts';
import { asObject, type JsonObject, readCount, readObject, readText } from '../json.ts';
import { checkReasoning, checkTokens, type Stated, splitCacheWrites } from '../tokens.ts';

/** Tokens that one model was billed for within a response. */
export interface Share {
  readonly model: string | null;
  readonly tokens: TokenCounts;
}

/** What a response was billed for: the model that answered first, then every other one. */
export interface Shares {
  readonly main: Share;
  readonly others: readonly Share[];
  /** Everything in it is understood; when false, an entry of a kind nobody knows may have cost more. */
  readonly isWhole: boolean;
}

/** Token counts of Anthropic's `usage` or one of its iterations: input leaves both caches out. Throws `UsageError`. */
export function parseAnthropicTokens(usage: JsonObject, path: string): TokenCounts {
  const written: Stated = {
    field: `${path}cache_creation_input_tokens`,
    value: readCount(usage, 'cache_creation_input_tokens', path),
  };
  const split = readObject(usage, 'cache_creation', path);
  const splitPath = `${path}cache_creation.`;
  const output: Stated = { field: `${path}output_tokens`, value: readCount(usage, 'output_tokens', path) };
  const details = readObject(usage, 'output_tokens_details', path);
  const thinking: Stated = {
    field: `${path}output_tokens_details.thinking_tokens`,
    value: readCount(details, 'thinking_tokens', `${path}output_tokens_details.`),
  };
  checkReasoning(thinking, output);
  return {
    input: readCount(usage, 'input_tokens', path),
    cacheRead: readCount(usage, 'cache_read_input_tokens', path) ?? 0,
    ...splitCacheWrites(
      written,
      readCount(split, 'ephemeral_5m_input_tokens', splitPath),
      readCount(split, 'ephemeral_1h_input_tokens', splitPath),
    ),
    output: output.value,
    reasoning: thinking.value,
  };
}

/**
 * Who is billed for what in a response (wire formats, B3; platform.claude.com "Refusals and fallback", "Advisor tool",
 * "Compaction"). The counts at the top are those of the model that answered. Not in them, and told in `iterations` only: compaction
 * (of the answering model unless it names one), advice of another model, and attempts of a model that declined, which are free
 * when they put out nothing. `message` entries of the answering model are inside the top. Throws `UsageError`.
 */
export function parseShares(response: JsonObject): Shares {
  const usage = readObject(response, 'usage');
  const top = checkTokens(parseAnthropicTokens(usage, 'usage.'));
  const entries = readIterations(usage);
  const served = entries.find(entry => entry.type === 'fallback_message');
  const model = readText(response, 'model');
  const servedBy = served?.model ?? model;
  const declinedBy = declinedModel(response) ?? (model === servedBy ? null : model);
  const shares = new Map<string | null, TokenCounts>([[servedBy, top]]);
  let isWhole = true;
  for (const entry of entries) {
    if (entry.type === 'compaction') {
      add(shares, entry.model ?? servedBy, entry.tokens);
    } else if (entry.type === 'advisor_message') {
      add(shares, entry.model, entry.tokens);
    } else if (entry.type === 'message') {
      const by = entry.model ?? declinedBy ?? servedBy;
      const isAttempt = (served !== undefined || response.stop_reason === 'refusal') && by !== servedBy;
      if (isAttempt && entry.tokens.output !== 0) {
        add(shares, by, entry.tokens);
      }
    } else if (entry.type !== 'fallback_message') {
      isWhole = false;
    }
  }
  const [main, ...others] = [...shares].map(([name, tokens]) => ({ model: name, tokens }));
  return { main: main ?? { model: servedBy, tokens: top }, others, isWhole };
}

interface Iteration {
  readonly type: string;
  readonly model: string | null;
  readonly tokens: TokenCounts;
}

function readIterations(usage: JsonObject): Iteration[] {
  const entries = Array.isArray(usage.iterations) ? usage.iterations : [];
  return entries.map((value: unknown, index) => {
    const entry = asObject(value) ?? {};
    const path = `usage.iterations[${index}].`;
    return {
      // An entry without a type is an ordinary turn.
      type: readText(entry, 'type', path) ?? 'message',
      model: readText(entry, 'model', path),
      tokens: parseAnthropicTokens(entry, path),
    };
  });
}

/** The model that handed the turn on, as the `fallback` block among the content says. */
function declinedModel(response: JsonObject): string | null {
  const blocks: unknown[] = Array.isArray(response.content) ? response.content : [];
  const block = blocks.map(asObject).find(candidate => candidate?.type === 'fallback');
  return readText(asObject(block?.from) ?? {}, 'model', 'content[].from.');
}

function add(shares: Map<string | null, TokenCounts>, model: string | null, tokens: TokenCounts): void {
  const before = shares.get(model);
  shares.set(model, before ? sum(before, tokens) : tokens);
}

function sum(a: TokenCounts, b: TokenCounts): TokenCounts {
  const known = (x: number | null, y: number | null) => (x === null || y === null ? null : x + y);
  return checkTokens({
    input: known(a.input, b.input),
    cacheRead: a.cacheRead + b.cacheRead,
    cacheWrite5m: a.cacheWrite5m + b.cacheWrite5m,
    cacheWrite1h: a.cacheWrite1h + b.cacheWrite1h,
    cacheWrite: a.cacheWrite + b.cacheWrite,
    output: known(a.output, b.output),
    // Iterations don't tell their reasoning: what the top tells is what is known.
    reasoning: a.reasoning === null ? b.reasoning : a.reasoning + (b.reasoning ?? 0),
  });
}
