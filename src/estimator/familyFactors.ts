import type { TokenizerFamily } from './encodings.ts';
import { type TextKind, type TextMix, textKinds } from './textMix.ts';

/** How a family's tokens follow from o200k_base's. */
export interface FamilyFactors {
  /** Tokens of the family per o200k_base token, by kind of text. */
  readonly perKind: Readonly<Record<TextKind, number>>;
  /** Half the width of the range shown, as a share of the tokens. */
  readonly spread: number;
  readonly source: string;
}

/** What own requests taught about a family: how many tokens it took for each that the table says. */
export interface LearnedFactor {
  readonly family: TokenizerFamily;
  /** Median of actual ÷ estimated. */
  readonly ratio: number;
  /** Half the width of the range that held 80 % of them, as a share. */
  readonly spread: number;
  readonly observations: number;
}

/** Fewer requests than this teach nothing: one of an unusual text would do harm. */
export const minimumObservations = 10;
/** A learned range is never narrower. */
const narrowestSpread = 0.03;

const same = (factor: number): Record<TextKind, number> => ({ prose: factor, code: factor, json: factor, cjk: factor });

/** One row per family. "Measured" is on our corpora of 1 MB each; "ai-tokenizer" is its accuracy table against the APIs, 2025-12. */
const table: Readonly<Record<TokenizerFamily, FamilyFactors>> = {
  openai: { perKind: same(1), spread: 0, source: 'the encoding itself' },
  'openai-next': {
    perKind: same(1),
    spread: 0.15,
    source: 'not measured: every OpenAI model since 2024 has had o200k',
  },
  claude: {
    perKind: { prose: 1.22, code: 1.2, json: 1.15, cjk: 1.48 },
    spread: 0.15,
    source:
      'measured with the Claude 2 tokenizer (1.11, 1.09, 1.05, 1.34) × 1.1, which ai-tokenizer fits to Claude 3 – 4.5',
  },
  'claude-new': {
    perKind: { prose: 1.59, code: 1.56, json: 1.5, cjk: 1.92 },
    spread: 0.25,
    source:
      'claude × 1.3: Anthropic says 1.0–1.35 × for Opus 4.7, others measured 1.30 (sammcj/ingest#65); not verified',
  },
  gemini: {
    perKind: { prose: 1.12, code: 1.14, json: 1.16, cjk: 0.87 },
    spread: 0.15,
    source: 'measured with the Gemma tokenizer; ai-tokenizer has 1.08–1.11',
  },
  deepseek: { perKind: same(1), spread: 0.1, source: 'ai-tokenizer counts DeepSeek V3 as o200k: 95–98 %' },
  qwen: {
    perKind: same(1.03),
    spread: 0.15,
    source: 'ai-tokenizer counts Qwen 3 as cl100k: 94–98 %; cl100k ≈ 1.03 × o200k',
  },
  mistral: { perKind: same(1.05), spread: 0.15, source: 'ai-tokenizer counts Mistral as cl100k: 92–98 %' },
  llama: { perKind: same(1.05), spread: 0.3, source: 'vocabulary derived from cl100k; ai-tokenizer: 67–98 %' },
  grok: {
    perKind: same(1),
    spread: 0.35,
    source: 'ai-tokenizer: Grok 3 is o200k within 2 %, Grok 4 is off by a third',
  },
  unknown: { perKind: same(1.1), spread: 0.35, source: 'not measured: wide enough for the families above' },
};

/**
 * Factor over o200k_base for a text of this mix, and the spread of the range around it. What was learned from enough own requests goes
 * before the table's spread, and corrects its factor.
 */
export function computeFactor(
  family: TokenizerFamily,
  mix: TextMix,
  learned: readonly LearnedFactor[] = [],
): { readonly factor: number; readonly spread: number; readonly observations: number } {
  const { perKind, spread } = table[family];
  const factor = textKinds.reduce((sum, kind) => sum + perKind[kind] * mix[kind], 0);
  const own = learned.find(candidate => candidate.family === family && candidate.observations >= minimumObservations);
  return own
    ? { factor: factor * own.ratio, spread: own.spread, observations: own.observations }
    : { factor, spread, observations: 0 };
}

/** What requests teach about a family, from their ratios of actual ÷ estimated tokens; null for fewer than ten. */
export function learnFactor(family: TokenizerFamily, ratios: readonly number[]): LearnedFactor | null {
  if (ratios.length < minimumObservations) {
    return null;
  }
  const sorted = ratios.toSorted((a, b) => a - b);
  const at = (share: number): number => sorted[Math.round(share * (sorted.length - 1))] as number;
  const ratio = at(0.5);
  const spread = Math.max(at(0.9) / ratio - 1, 1 - at(0.1) / ratio, narrowestSpread);
  return { family, ratio, spread, observations: ratios.length };
}
