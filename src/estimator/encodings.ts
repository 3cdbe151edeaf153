/** The public encodings there is rank data for. */
export type Encoding = 'o200k_base' | 'cl100k_base';

/** Families of tokenizers; those other than OpenAI's encodings are counted by a factor (`familyFactors.ts`). */
export type TokenizerFamily =
  | 'openai'
  | 'openai-next'
  | 'claude'
  | 'claude-new'
  | 'gemini'
  | 'deepseek'
  | 'mistral'
  | 'qwen'
  | 'llama'
  | 'grok'
  | 'unknown';

export interface ModelEncoding {
  readonly encoding: Encoding;
  readonly family: TokenizerFamily;
  /** The encoding is the model's own, so that counts of text are exact. */
  readonly isExact: boolean;
}

/**
 * Model names and their encoding. OpenAI's model list and tiktoken's `model.py` up to gpt-5; that gpt-5.1 and later are
 * still o200k_base is inferred (gpt-tokenizer's map; ai-tokenizer's comparison with the API: 98.7–99.7 %).
 * gpt-oss' o200k_harmony is o200k_base with more special tokens.
 */
const openAi: readonly (readonly [RegExp, Encoding])[] = [
  [/^(gpt-4o|gpt-4\.1|gpt-4\.5|gpt-5|chatgpt|gpt-oss|codex)/, 'o200k_base'],
  [/^o[134](-|$)/, 'o200k_base'],
  [/^(gpt-4|gpt-3\.5|gpt-35)(-|$)/, 'cl100k_base'],
  [/^text-embedding-(3|ada-002)/, 'cl100k_base'],
  [/^(babbage|davinci)-002/, 'cl100k_base'],
  // Without a number of their own: those of gpt-4o and later.
  [/^(gpt-(audio|realtime|chat)|computer-use)(-|$)/, 'o200k_base'],
];

/** Anthropic's newer tokenizer: Opus from 4.7, Sonnet and Haiku from 5, Fable. Names have the version before or after. */
const newClaude = /opus-(4-[789]|[5-9])|(sonnet|haiku)-[5-9]|fable|mythos/;

const families: readonly (readonly [RegExp, TokenizerFamily])[] = [
  [/^gpt-(\d|image|transcribe)/, 'openai-next'],
  [/gemini|gemma/, 'gemini'],
  [/deepseek/, 'deepseek'],
  [/mi[sx]tral|ministral|devstral|magistral|codestral|pixtral/, 'mistral'],
  [/qwen|qwq/, 'qwen'],
  [/llama/, 'llama'],
  [/grok/, 'grok'],
];

/**
 * The encoding to count a model's text with. A vendor or router prefix (`openai/`, `us.anthropic.`) and `ft:` are tolerated.
 * Models without a public tokenizer, and unknown ones, are counted with o200k_base and are not exact.
 */
export function resolveEncoding(model: string): ModelEncoding {
  const name = model.trim().toLowerCase().split('/').at(-1)?.replace(/^ft:/, '') ?? '';
  for (const [pattern, encoding] of openAi) {
    if (pattern.test(name)) {
      return { encoding, family: 'openai', isExact: true };
    }
  }
  return { encoding: 'o200k_base', family: familyOf(name), isExact: false };
}

function familyOf(name: string): TokenizerFamily {
  if (name.includes('claude')) {
    return newClaude.test(name.replaceAll('.', '-')) ? 'claude-new' : 'claude';
  }
  return families.find(([pattern]) => pattern.test(name))?.[1] ?? 'unknown';
}
