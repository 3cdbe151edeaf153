import { type Provider, providers } from '../provider.ts';
import type { UsageRecord } from '../usageRecord.ts';
import { modelNames } from './modelNames.ts';
import { findListedModel } from './priceCatalogue.ts';

/** One row: what multiplies the token rates of a call, and where that is said. */
interface FactorRow {
  readonly kind: 'serviceTier' | 'speed' | 'inferenceGeo';
  readonly value: string;
  /** Who must sell the call; left out: anyone. */
  readonly seller?: Provider;
  /** Exact model names, in the form `modelNames` gives; left out: all. */
  readonly models?: readonly string[];
  readonly factor: number;
}

// OpenAI's priority prices over its standard ones, model by model: https://openai.com/api-priority-processing (read 2026-11).
const openAiPriority = { kind: 'serviceTier', value: 'priority', seller: 'openai' } as const;
// Anthropic's fast mode, model by model: https://platform.claude.com/docs/en/build-with-claude/fast-mode. The price
// catalogue has the same ratios as OpenRouter's `-fast` variants (30/150 over 5/25, 10/50 over 5/25); a test compares them.
const anthropicFast = { kind: 'speed', value: 'fast', seller: 'anthropic' } as const;

const factors: readonly FactorRow[] = [
  // https://platform.openai.com/docs/guides/batch, https://platform.claude.com/docs/en/build-with-claude/batch-processing,
  // https://ai.google.dev/gemini-api/docs/batch-api: half of the standard price.
  { kind: 'serviceTier', value: 'batch', factor: 0.5 },
  // https://platform.openai.com/docs/guides/flex-processing: batch prices.
  { kind: 'serviceTier', value: 'flex', factor: 0.5 },
  { ...openAiPriority, models: ['gpt-4.1', 'gpt-4.1-mini', 'o3'], factor: 1.75 },
  { ...openAiPriority, models: ['gpt-4.1-nano'], factor: 2 },
  { ...openAiPriority, models: ['gpt-5-mini'], factor: 1.8 },
  { ...openAiPriority, models: ['gpt-5', 'gpt-5.1', 'gpt-5.2', 'gpt-5.4', 'gpt-5.4-mini'], factor: 2 },
  { ...openAiPriority, models: ['gpt-5-codex', 'gpt-5.1-codex'], factor: 2 },
  { ...openAiPriority, models: ['gpt-5.5'], factor: 2.5 },
  // https://ai.google.dev/gemini-api/docs/pricing, "Priority".
  {
    kind: 'serviceTier',
    value: 'priority',
    seller: 'google',
    models: ['gemini-3.7-flash', 'gemini-3.8-flash'],
    factor: 1.8,
  },
  { ...anthropicFast, models: ['claude-opus-4-6', 'claude-opus-4-7'], factor: 6 },
  { ...anthropicFast, models: ['claude-opus-4-8', 'claude-opus-5'], factor: 2 },
  // https://platform.claude.com/docs/en/about-claude/pricing, "Data residency"; also in Claude Code's own price table.
  { kind: 'inferenceGeo', value: 'us', seller: 'anthropic', factor: 1.1 },
];

/** Values that mean the standard rate, per kind. Gemini's traffic types stand beside OpenAI's and Anthropic's tiers. */
const standard: Readonly<Record<FactorRow['kind'], ReadonlySet<string>>> = {
  serviceTier: new Set(['', 'standard', 'default', 'auto', 'on_demand', 'service_tier_unspecified']),
  speed: new Set(['', 'standard']),
  inferenceGeo: new Set(['', 'global', 'not_available']),
};

/** Gemini's traffic types by the name of the tier they mean. */
const tierAliases: Readonly<Record<string, string>> = { on_demand_priority: 'priority', on_demand_flex: 'flex' };

export interface TierFactors {
  /** By name: the tier's, `fast`, `inference_geo:us`. */
  readonly factors: Readonly<Record<string, number>>;
  /** False when a tier, speed or place has no known factor: standard rates are used and the cost is an estimate. */
  readonly isKnown: boolean;
}

const standardFactors: TierFactors = { factors: {}, isKnown: true };

/** The factors on the token rates of one call. Web searches are never multiplied. */
export function computeFactors(
  record: Pick<UsageRecord, 'provider' | 'model' | 'serviceTier' | 'speed' | 'inferenceGeo'>,
): TierFactors {
  if (record.serviceTier === null && record.speed === null && record.inferenceGeo === null) {
    return standardFactors;
  }
  const names = record.model === null ? [] : modelNames(record.model);
  const seller = record.model === null ? record.provider : sellerOf(record.provider, record.model);
  const applied: Record<string, number> = {};
  let isKnown = true;
  for (const kind of ['serviceTier', 'speed', 'inferenceGeo'] as const) {
    const reported = record[kind]?.trim().toLowerCase() ?? '';
    const value = tierAliases[reported] ?? reported;
    if (standard[kind].has(value)) {
      continue;
    }
    const row = factors.find(
      ({ seller: needed, models, ...candidate }) =>
        candidate.kind === kind &&
        candidate.value === value &&
        (needed === undefined || needed === seller) &&
        (models === undefined || models.some(model => names.includes(model))),
    );
    if (row) {
      applied[kind === 'inferenceGeo' ? `inference_geo:${value}` : value] = row.factor;
    } else {
      isKnown = false;
    }
  }
  return { factors: applied, isKnown };
}

/** USD per 1,000 web searches where the catalogue has no price of the model; null when unknown. */
export function webSearchRate(seller: Provider): number | null {
  // https://platform.claude.com/docs/en/agents-and-tools/tool-use/web-search-tool, "Usage and pricing".
  return seller === 'anthropic' ? 10 : null;
}

/**
 * Whose terms hold for a call: a known provider's own, even where its rate is taken from the model's maker (Azure's premium
 * for priority is not OpenAI's); for a proxy nobody knows, those of the provider the rate comes from.
 */
function sellerOf(provider: Provider | null, model: string): Provider | null {
  const isKnown = provider !== null && (providers as readonly string[]).includes(provider);
  return isKnown ? provider : (findListedModel(provider, model)?.provider ?? provider);
}
