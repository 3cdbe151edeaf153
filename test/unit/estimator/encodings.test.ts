import { findProvider } from '@pydantic/genai-prices';
import { getEncodingNameForModel } from 'js-tiktoken/lite';
import { describe, expect, test } from 'vitest';
import { resolveEncoding } from '../../../src/estimator/encodings.ts';
import { computeFactor } from '../../../src/estimator/familyFactors.ts';
import { computeTextMix } from '../../../src/estimator/textMix.ts';

describe('encodings of models', () => {
  test.each([
    ...['gpt-4o', 'gpt-4o-mini-2024-07-18', 'gpt-4.1', 'gpt-4.1-nano', 'gpt-4.5-preview', 'gpt-5', 'gpt-5.6-sol'],
    ...['gpt-5.1-codex-mini', 'chatgpt-4o-latest', 'o1', 'o1-pro', 'o3', 'o3-deep-research', 'o4-mini', 'gpt-oss-120b'],
    ...['codex-mini-latest', 'openai/gpt-4.1', 'ft:gpt-4o-mini:acme::1', 'GPT-4.1', ' openrouter/openai/o3 '],
  ])('%s is o200k_base, exact', model => {
    expect(resolveEncoding(model)).toEqual({ encoding: 'o200k_base', family: 'openai', isExact: true });
  });

  test.each([
    'gpt-4',
    'gpt-4-turbo',
    'gpt-4-0613',
    'gpt-3.5-turbo',
    'gpt-35-turbo',
    'openai/gpt-4',
    'text-embedding-3-small',
  ])('%s is cl100k_base, exact', model => {
    expect(resolveEncoding(model)).toEqual({ encoding: 'cl100k_base', family: 'openai', isExact: true });
  });

  test.each([
    ['claude-3-5-haiku-20241022', 'claude'],
    ['claude-sonnet-4-20250514', 'claude'],
    ['us.anthropic.claude-opus-4-1-20250805-v1:0', 'claude'],
    ['anthropic/claude-opus-4.6', 'claude'],
    ['claude-opus-4-7', 'claude-new'],
    ['anthropic/claude-opus-4.8', 'claude-new'],
    ['claude-opus-5-5', 'claude-new'],
    ['claude-sonnet-5', 'claude-new'],
    ['claude-fable-5', 'claude-new'],
    ['claude-haiku-4-5', 'claude'],
    ['gemini-2.5-pro', 'gemini'],
    ['models/gemini-3.8-flash', 'gemini'],
    ['deepseek-chat', 'deepseek'],
    ['deepseek-r1-distill-llama-70b', 'deepseek'],
    ['mistral-large-2512', 'mistral'],
    ['mixtral-8x7b', 'mistral'],
    ['codestral-2508', 'mistral'],
    ['qwen3-coder', 'qwen'],
    ['llama-3.3-70b', 'llama'],
    ['grok-4.6', 'grok'],
    ['gpt-6-sol', 'openai-next'],
    ['gpt-6-codex', 'openai-next'],
    ['gpt-neox-20b', 'unknown'],
    ['o365-assistant', 'unknown'],
    ['gpt-40', 'openai-next'],
    ['', 'unknown'],
  ])('%s is counted as %s, not exact', (model, family) => {
    expect(resolveEncoding(model)).toEqual({ encoding: 'o200k_base', family, isExact: false });
  });
});

describe('OpenAI’s models', () => {
  /** No public word on their tokenizer, no text model, or long gone. */
  const others =
    /^gpt-6|^gpt-image|transcribe|^whisper|^tts|moderation|^(text-)?(ada|babbage|curie|davinci)(-00\d)?$|^text-embedding-ada$/;

  test('that the price catalogue names all have an encoding of OpenAI', () => {
    const names = findProvider({ providerId: 'openai' })?.models.map(({ id }) => id) ?? [];
    expect(names.length).toBeGreaterThan(80);
    expect(names.filter(name => !others.test(name) && !resolveEncoding(name).isExact)).toEqual([]);
    expect(names.filter(name => resolveEncoding(name).family === 'unknown' && !others.test(name))).toEqual([]);
  });

  test('that js-tiktoken knows have the encoding that it says', () => {
    const known = [
      'gpt-4o',
      'gpt-4.1',
      'gpt-5',
      'gpt-5-mini',
      'o1',
      'o3',
      'o4-mini',
      'gpt-4',
      'gpt-3.5-turbo',
      'chatgpt-4o-latest',
    ] as const;
    for (const model of [...known, 'gpt-4.5-preview', 'gpt-4-turbo', 'text-embedding-3-large'] as const) {
      expect(resolveEncoding(model).encoding, model).toBe(getEncodingNameForModel(model));
    }
  });
});

describe('kinds of text', () => {
  const prose =
    'The quick brown fox jumps over the lazy dog, and then it rests for a while. It was a long day.\n'.repeat(9);
  const code = 'for (let i = 0; i < n; i += 1) {\n  sum[i] = values[i] * (factor + 1);\n}\nreturn { sum };\n'.repeat(9);
  const json = JSON.stringify({ id: 'a1', usage: { prompt_tokens: 12, list: [1, 2, 3] }, name: 'Bob' }).repeat(9);
  const cjk = '今日はとても良い天気ですね。散歩に行きましょう。'.repeat(9);

  test.each([
    ['prose', prose],
    ['code', code],
    ['json', json],
    ['cjk', cjk],
  ] as const)('%s is seen', (kind, text) => {
    const mix = computeTextMix(text);
    expect(mix[kind]).toBeGreaterThan(0.9);
    expect(mix.prose + mix.code + mix.json + mix.cjk).toBeCloseTo(1);
  });

  test('a mixed text has a factor in between; nothing is prose', () => {
    const { factor } = computeFactor('claude', computeTextMix(prose + cjk));
    expect(factor).toBeGreaterThan(1.22);
    expect(factor).toBeLessThan(1.48);
    expect(computeTextMix('')).toEqual({ prose: 1, code: 0, json: 0, cjk: 0 });
    expect(computeFactor('claude', computeTextMix(''))).toEqual({ factor: 1.22, spread: 0.15, observations: 0 });
  });
});
