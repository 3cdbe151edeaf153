import type { EstimateAnswer, EstimateQuestion, Figures, Summary, UsageAnswer } from '../../api/contract.ts';
import type { ThresholdEvent } from '../../api/thresholdContract.ts';
import type {
  Estimate,
  EstimateRequest,
  RecordedUsage,
  Spend,
  SpendChange,
  SpendFigures,
  SpendQuery,
  ThresholdCrossing,
  Usage,
} from './extensionApi.ts';

/** A usage as the HTTP interface takes it: the same names in snake case, instants as text. What is undefined is left out. */
export function toWireUsage(usage: Usage): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(usage)
      .filter(([, value]) => value !== undefined)
      .map(([name, value]) => [name === 'response' ? name : toSnakeCase(name), toText(value)]),
  );
}

export function fromUsageAnswer({ accepted, duplicates, rejected, records }: UsageAnswer): RecordedUsage {
  return {
    accepted,
    duplicates,
    rejected,
    records: records.map(record => record && { id: record.id, costUsd: record.cost_usd, costBasis: record.cost_basis }),
  };
}

/** What the summary is asked with, but for the scope. */
export function toWireQuery({ period, from, to, groupBy }: SpendQuery): Record<string, string> {
  const given = {
    ...(period === undefined ? {} : { period }),
    ...(from === undefined ? {} : { from: toText(from) as string }),
    ...(to === undefined ? {} : { to: toText(to) as string }),
  };
  return {
    ...(Object.keys(given).length === 0 ? { period: 'today' } : given),
    ...(groupBy && groupBy.length > 0 ? { group_by: groupBy.join(',') } : {}),
  };
}

export function fromSummary({ from, to, total, groups }: Summary): Spend {
  return {
    from,
    to,
    total: fromFigures(total),
    groups: groups.map(({ key, ...figures }) => ({ key, ...fromFigures(figures) })),
  };
}

export function fromTotals(totals: { readonly [Period in keyof SpendChange]: Figures }): SpendChange {
  return { today: fromFigures(totals.today), week: fromFigures(totals.week), month: fromFigures(totals.month) };
}

export function toWireQuestion(question: EstimateRequest): EstimateQuestion {
  const { model, text, messages, inputTokens, expectedOutputTokens } = question;
  return {
    ...(model === undefined ? {} : { model }),
    ...(text === undefined ? {} : { text }),
    ...(messages === undefined ? {} : { messages }),
    ...(inputTokens === undefined ? {} : { input_tokens: inputTokens }),
    ...(expectedOutputTokens === undefined ? {} : { expected_output_tokens: expectedOutputTokens }),
  };
}

export function fromEstimate(answer: EstimateAnswer): Estimate {
  return {
    inputTokens: answer.input_tokens,
    exact: answer.exact,
    outputTokens: answer.output_tokens,
    inputCostUsd: answer.input_cost_usd,
    outputCostUsd: answer.output_cost_usd,
    totalCostUsd: answer.total_cost_usd,
    lowUsd: answer.low_usd,
    highUsd: answer.high_usd,
    contextShare: answer.context_share,
  };
}

export function fromThreshold(event: ThresholdEvent): ThresholdCrossing {
  const { budget, period, scope, threshold, spent_usd: spentUsd, limit_usd: limitUsd } = event;
  return { budget, period, scope, threshold, spentUsd, limitUsd };
}

function fromFigures(figures: Figures): SpendFigures {
  return {
    requests: figures.requests,
    promptTokens: figures.prompt_tokens,
    completionTokens: figures.completion_tokens,
    cacheReadTokens: figures.cache_read_tokens,
    cacheWriteTokens: figures.cache_write_tokens,
    reasoningTokens: figures.reasoning_tokens,
    costUsd: figures.cost_usd,
    subscriptionCostUsd: figures.subscription_cost_usd,
    unpricedRequests: figures.unpriced_requests,
    avgLatencyMs: figures.avg_latency_ms,
  };
}

/** `cacheWrite1hTokens` is `cache_write_1h_tokens`. */
function toSnakeCase(name: string): string {
  return name
    .replace(/([a-z\d])([A-Z])/g, '$1_$2')
    .replace(/([a-z])(\d)/g, '$1_$2')
    .toLowerCase();
}

function toText(value: unknown): unknown {
  return value instanceof Date ? value.toISOString() : value;
}
