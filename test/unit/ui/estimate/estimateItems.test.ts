import { describe, expect, test } from 'vitest';
import type { PromptEstimate } from '../../../../src/estimator/estimate.ts';
import type { PromptAnswer } from '../../../../src/estimator/estimatePrompt.ts';
import {
  formatEstimateCopy,
  formatEstimateItems,
  formatEstimateTitle,
  formatTypedModel,
  type ModelSource,
} from '../../../../src/ui/estimate/estimateItems.ts';
import { isBinary } from '../../../../src/ui/estimate/fileText.ts';
import { plainText } from '../../../../src/ui/translate.ts';

const exact: PromptEstimate = {
  model: 'gpt-4.1',
  inputTokens: 1000,
  exact: true,
  lowTokens: 1000,
  highTokens: 1000,
  outputTokens: 500,
  inputUsd: 0.002,
  outputUsd: 0.004,
  totalUsd: 0.006,
  lowUsd: 0.006,
  highUsd: 0.006,
  contextShare: null,
};
const about: PromptEstimate = {
  ...exact,
  model: 'claude-sonnet-5',
  exact: false,
  inputTokens: 1200,
  lowTokens: 1020,
  highTokens: 1380,
  inputUsd: 0.0036123,
  outputUsd: 0.0075,
  totalUsd: 0.0111,
  lowUsd: 0.0106,
  highUsd: 0.0116,
};
const answer = (chosen: PromptEstimate, notes: string[] = []): PromptAnswer => ({
  chosen,
  comparison: [exact, about],
  modelFrom: 'setting',
  notes,
  counts: {} as PromptAnswer['counts'],
});
const lines = (given: PromptAnswer, source: ModelSource = 'setting') =>
  formatEstimateItems(given, source, plainText).map(({ kind, label, description }) => [kind, label, description]);

describe('the answer', () => {
  test('begins with the chosen model’s tokens and costs and goes on with the models, cheapest first', () => {
    expect(lines(answer(exact))).toEqual([
      ['separator', 'gpt-4.1 · from the settings', undefined],
      ['figure', 'Input tokens', '1,000 tokens'],
      ['figure', 'Input', '$0.002'],
      ['figure', 'Output', '$0.004 (500 tokens expected)'],
      ['figure', 'Total', '$0.006'],
      ['separator', 'Compare models, cheapest first', undefined],
      ['model', '$(check) gpt-4.1', '$0.006 · 1,000 tokens'],
      ['model', '$(blank) claude-sonnet-5', '≈ $0.0111 ($0.0106–$0.0116) · ≈ 1,200 tokens'],
    ]);
  });

  test('says who chose the model', () => {
    expect(lines(answer(exact), 'document')[0]?.[1]).toBe('gpt-4.1 · named by the prompt');
    expect(lines(answer(exact), 'answer')[0]?.[1]).toBe('gpt-4.1 · chosen here');
  });

  test.each([
    [0.0004, '1,000 tokens'],
    [0.031, '1,000 tokens · 3% of the context window'],
    [1.2, '1,000 tokens · does not fit into the context window'],
  ])('names a share of %d of the context window only when it matters', (contextShare, description) => {
    expect(lines(answer({ ...exact, contextShare }))[1]?.[2]).toBe(description);
  });

  test('warns beside a model that the prompt does not fit into', () => {
    const large = { ...answer(exact), comparison: [{ ...exact, contextShare: 1.5 }] };
    expect(lines(large).at(-1)?.[2]).toBe('$0.006 · 1,000 tokens · does not fit');
  });

  test('offers a model that was typed and is not in the list', () => {
    const typed = (text: string) => formatTypedModel(text, answer(exact), plainText);
    expect(typed(' gpt-4o ')).toEqual({
      kind: 'model',
      label: '$(arrow-right) Estimate with another model: gpt-4o',
      model: 'gpt-4o',
    });
    expect([typed(''), typed('gpt-4.1'), typed('two words')]).toEqual([null, null, null]);
  });

  test('marks what is not exact and gives its range', () => {
    expect(lines(answer(about)).slice(1, 5)).toEqual([
      ['figure', 'Input tokens', '≈ 1,200 tokens (1,020–1,380)'],
      ['figure', 'Input', '≈ $0.00361'],
      ['figure', 'Output', '$0.0075 (500 tokens expected)'],
      ['figure', 'Total', '≈ $0.0111 ($0.0106–$0.0116)'],
    ]);
  });

  test('says what is missing and offers to set a price', () => {
    const unpriced = {
      ...exact,
      model: 'x',
      inputUsd: null,
      outputUsd: null,
      totalUsd: null,
      lowUsd: null,
      highUsd: null,
    };
    const items = formatEstimateItems(answer(unpriced, ['No price is known for x.']), 'setting', plainText);
    expect(items.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['note', 'setPrice']));
    expect(formatEstimateTitle('a.md', answer(unpriced), plainText)).toBe('a.md: 1,000 tokens · no price known for x');
    expect(items.find(({ kind }) => kind === 'setPrice')?.model).toBe('x');
    expect(items.find(({ label }) => label === 'Input')?.description).toBe('unpriced');
  });

  test('has tokens, total and model in its title, and copies as lines', () => {
    expect(formatEstimateTitle('a.md', answer(exact), plainText)).toBe('a.md: 1,000 tokens · $0.006 with gpt-4.1');
    expect(formatEstimateCopy('a.md', answer(exact), plainText)).toBe(
      'a.md · gpt-4.1\nInput tokens: 1,000 tokens\nInput: $0.002\nOutput: $0.004 (500 tokens expected)\nTotal: $0.006',
    );
  });
});

test.each([
  ['text', Buffer.from('hello'), false],
  ['nothing', Buffer.alloc(0), false],
  ['a picture', Buffer.from([0x89, 0x50, 0x4e, 0x47, 0, 0]), true],
  ['UTF-16', Buffer.from('\uFEFFhi', 'utf16le'), false],
])('%s is told from binary content', (_, bytes, binary) => {
  expect(isBinary(bytes)).toBe(binary);
});
