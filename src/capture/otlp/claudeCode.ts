import type { Provider } from '../../core/provider.ts';
import { readAgentCost } from '../agentCost.ts';
import { readAmount, readCount, readName } from './attributes.ts';
import { type Counts, hasCounts, toTokens } from './buckets.ts';
import type { OtlpLog, OtlpSpan, Telemetry } from './payload.ts';
import { type Reading, readWho, repeatId } from './reading.ts';

/** Where Claude Code may buy: `anthropic.provider` in its own words. */
const sellers: Readonly<Record<string, Provider>> = { vertex: 'google', bedrock: 'bedrock', foundry: 'azure' };

/** `claude_code.api_request`: one per call that was answered, subagents included (wire formats, A1). */
export function readClaudeCodeLog(log: OtlpLog): Reading | null {
  return /^(claude_code\.)?api_request$/.test(log.event) ? readCall(log, log.timestamp) : null;
}

/** `claude_code.llm_request` (beta): weaker than the log, and the same call by its request id; without one it is left out. */
export function readClaudeCodeSpan(span: OtlpSpan): Reading | null {
  const isCall = span.name === 'claude_code.llm_request' && readName(span.attributes, 'request_id') !== undefined;
  return isCall ? readCall(span, span.end) : null;
}

/** The names a metric, log or span of Claude Code has for whose call it was. */
export const claudeCodeNames = { agent: 'claude-code', taskType: ['query_source'] } as const;

/** The seller that Claude Code names, else Anthropic. */
export function readSeller({ attributes }: Pick<Telemetry, 'attributes'>): Provider {
  return sellers[readName(attributes, 'anthropic.provider') ?? ''] ?? 'anthropic';
}

/** Its input never has the cache in it, also where the span is dressed as `gen_ai`. `cost_usd` is its own guess, kept aside. */
function readCall(item: OtlpLog | OtlpSpan, timestamp: number | null): Reading | null {
  const { attributes } = item;
  const count = (key: string) => readCount(attributes, [key]);
  const counts: Counts = {
    input: count('input_tokens'),
    output: count('output_tokens'),
    cacheRead: count('cache_read_tokens'),
    cacheWrite: count('cache_creation_tokens'),
    cacheWrite5m: count('cache_creation_5m_tokens'),
    cacheWrite1h: count('cache_creation_1h_tokens'),
  };
  if (!hasCounts(counts)) {
    return null;
  }
  const tokens = toTokens(counts, 'without cache');
  const who = readWho(item, claudeCodeNames);
  const id = readName(attributes, 'request_id') ?? null;
  const sequence = attributes.get('event.sequence');
  const parts = [timestamp, sequence === undefined ? '' : String(sequence)];
  const speed = readName(attributes, 'speed');
  return {
    facts: {
      id,
      provider: readSeller(item),
      model: readName(attributes, 'model', 'gen_ai.request.model') ?? null,
      tokens,
      completeness: 'complete',
      speed: speed === undefined || speed === 'normal' || speed === 'standard' ? null : speed,
      latencyMs: readAmount(attributes, 'duration_ms'),
      agentCostNanoUsd: readAgentCost(attributes.get('cost_usd')),
    },
    context: {
      ...who,
      timestamp: timestamp ?? undefined,
      idempotencyKey: id === null ? repeatId('claude-code', who.sessionId, parts, tokens) : undefined,
    },
  };
}
