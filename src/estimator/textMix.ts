/** Kinds of text that tokenizers treat differently. */
export const textKinds = ['prose', 'code', 'json', 'cjk'] as const;
export type TextKind = (typeof textKinds)[number];

/** Share of each kind in a text's tokens; they add up to 1. */
export type TextMix = Readonly<Record<TextKind, number>>;

/** Characters looked at; the mix only chooses between factors that differ by a few percent. */
const sampleLength = 100_000;
/** o200k_base tokens per character, roughly: of Chinese, Japanese and Korean, and of the rest. */
const tokensPerCjk = 0.8;
const tokensPerOther = 0.25;
/** Share of characters (spaces aside) above which text counts as JSON by its quotes and colons, or code by its operators. */
const jsonShare = 0.12;
const codeShare = 0.07;

let last: { readonly sample: string; readonly mix: TextMix } | null = null;

/**
 * Judges what a text consists of, by its first 100,000 characters. Empty text is prose. The last answer is remembered: most keys in a long
 * prompt are typed behind these.
 */
export function computeTextMix(text: string): TextMix {
  const sample = text.slice(0, sampleLength);
  if (last?.sample !== sample) {
    last = { sample, mix: judge(sample) };
  }
  return last.mix;
}

function judge(sample: string): TextMix {
  const count = (pattern: RegExp): number => sample.match(pattern)?.length ?? 0;
  const cjk = count(/[\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uac00-\ud7af\uf900-\ufaff]/g);
  const visible = count(/\S/g);
  const other = visible - cjk;
  const cjkTokens = cjk * tokensPerCjk;
  const cjkPart = visible === 0 ? 0 : cjkTokens / (cjkTokens + other * tokensPerOther);
  const base = baseKind(count(/"(?=[\s:,}\]])|[:,](?=["{[\d\s])/g), count(/[{}()[\]<>;=*&|+]/g), other);
  return { prose: 0, code: 0, json: 0, cjk: cjkPart, [base]: 1 - cjkPart };
}

function baseKind(jsonMarks: number, operators: number, characters: number): TextKind {
  if (characters === 0) {
    return 'prose';
  }
  if (jsonMarks / characters >= jsonShare) {
    return 'json';
  }
  return operators / characters >= codeShare ? 'code' : 'prose';
}
