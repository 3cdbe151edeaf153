import { describe, expect, test } from 'vitest';
import type { PromptAnswer } from '../../../../src/estimator/estimatePrompt.ts';
import {
  formatEstimateCopy,
  formatEstimateItems,
  formatEstimateTitle,
  formatTypedModel,
  type ItemOptions,
} from '../../../../src/ui/estimate/estimateItems.ts';
import { isBinary } from '../../../../src/ui/estimate/fileText.ts';
import { plainText } from '../../../../src/ui/text/translate.ts';
import { about, exact, makeAnswer, unpriced } from './makeAnswer.ts';

const usual: ItemOptions = { source: 'setting', isComparing: true, defaultModel: 'gpt-4.1', canCountExactly: false };
const lines = (given: PromptAnswer, options: Partial<ItemOptions> = {}) =>
  formatEstimateItems(given, { ...usual, ...options }, plainText).map(({ kind, label, description }) => [
    kind,
    label,
    description,
  ]);

describe('the answer', () => {
  test('begins with the chosen model’s tokens and costs and goes on with the models, cheapest first', () => {
    expect(lines(makeAnswer(exact))).toEqual([
      ['separator', 'gpt-4.1 · from the settings', undefined],
      ['figure', 'Input tokens', '1,000 tokens'],
      ['figure', 'Input', '$0.002'],
      ['figure', 'Output', '$0.004 (500 tokens expected)'],
      ['figure', 'Total', '$0.006'],
      ['separator', '', undefined],
      ['separator', 'Compare models, cheapest first', undefined],
      ['model', '$(check) gpt-4.1', '$0.006 · 1,000 tokens'],
      [
        'model',
        '$(blank) claude-sonnet-5',
        '≈ $0.0111 ($0.0106–$0.0116) · ≈ 1,200 tokens · input ≈ $0.00036 from a cache',
      ],
    ]);
  });

  test('is short until models are compared, and offers what can be done', () => {
    const items = lines(makeAnswer(about), { isComparing: false, canCountExactly: true });
    expect(items.slice(5).map(([, label]) => label)).toEqual([
      '',
      '$(info) claude-sonnet-5 has no public tokenizer: its tokens are given as a range.',
      '$(cloud) Count Exactly With the Provider…',
      '$(star) Set claude-sonnet-5 as Default Model',
      '$(list-ordered) Compare Models',
    ]);
  });

  test('says who chose the model', () => {
    expect(lines(makeAnswer(exact), { source: 'document' })[0]?.[1]).toBe('gpt-4.1 · named by the prompt');
    expect(lines(makeAnswer(exact), { source: 'answer' })[0]?.[1]).toBe('gpt-4.1 · chosen here');
  });

  test.each([
    [0.0004, '1,000 tokens'],
    [0.031, '1,000 tokens · 3% of the context window'],
    [1.2, '1,000 tokens · does not fit into the context window'],
  ])('names a share of %d of the context window only when it matters', (contextShare, description) => {
    expect(lines(makeAnswer({ ...exact, contextShare }))[1]?.[2]).toBe(description);
  });

  test('warns of a prompt that does not fit, and beside a model that it does not fit into', () => {
    const chosen = { ...exact, contextShare: 1.5 };
    const items = lines(makeAnswer(chosen, { comparison: [chosen] }));
    expect(items.map(([, label]) => label)).toContain(
      '$(info) The prompt does not fit into the context window of gpt-4.1.',
    );
    expect(items.at(-1)?.[2]).toBe('$0.006 · 1,000 tokens · does not fit');
  });

  test('says what past calls had as output, with their number and range', () => {
    const chosen = { ...exact, outputLowTokens: 100, outputHighTokens: 2100, lowUsd: 0.0028, highUsd: 0.0188 };
    const output = { low: 100, likely: 500, high: 2100, from: 'history', calls: 1234, taskType: null } as const;
    expect(lines(makeAnswer(chosen, { output })).slice(3, 5)).toEqual([
      ['figure', 'Output', '≈ $0.004 (500 tokens: the median of 1,234 calls, 90% had up to 2,100)'],
      ['figure', 'Total', '≈ $0.006 ($0.0028–$0.0188)'],
    ]);
    const ofType = makeAnswer(chosen, { output: { ...output, taskType: 'review' } });
    expect(lines(ofType)[3]?.[2]).toContain('the median of 1,234 “review” calls, 90% had up to 2,100');
  });

  test('says what part of the budget it takes, and what an agent would make of it', () => {
    const task = {
      lowUsd: 0.1,
      likelyUsd: 0.4123,
      highUsd: 1.2,
      turns: { p10: 2, p50: 12, p90: 40 },
      sessions: 38,
      pastUsd: { p10: 0.1, p50: 0.42, p90: 1.3 },
    };
    expect(lines(makeAnswer(exact, { budgetShare: 0.031, task })).slice(5, 8)).toEqual([
      ['figure', 'Budget', "3% of what is left of today's budget"],
      ['figure', 'As an agent task', '≈ $0.412 ($0.10–$1.20) · 12 turns'],
      ['figure', 'Similar tasks', 'P50 $0.42, P90 $1.30, 38 sessions'],
    ]);
    const over = lines(makeAnswer(exact, { budgetShare: Number.POSITIVE_INFINITY }));
    expect(over.map(([, label]) => label)).toContain("$(info) It likely costs more than is left of today's budget.");
  });

  test('lists files with their share, and says what could not be sent along', () => {
    const files = [
      { name: 'docs/a.md', kind: 'found', contentTokens: { o200k_base: 250 } },
      { name: 'gone.md', kind: 'missing', contentTokens: {} },
      { name: '../b.md', kind: 'outside', contentTokens: {} },
    ] as const;
    const items = lines(makeAnswer(exact, { files })).slice(5, 10);
    expect(items).toEqual([
      ['separator', 'Files that are sent along', undefined],
      ['file', 'docs/a.md', '250 tokens · 25%'],
      ['separator', '', undefined],
      ['note', '$(info) gone.md is referred to and does not exist.', undefined],
      ['note', '$(info) ../b.md is outside of the workspace and is not counted.', undefined],
    ]);
  });

  test('of a batch is the sum of its calls', () => {
    const counts = makeAnswer(exact).counts;
    const batch = { ...counts, document: { ...counts.document, serviceTier: 'batch' as const } };
    const items = lines(makeAnswer({ ...exact, requests: 1500 }, { counts: batch }));
    expect(items[1]?.[2]).toBe('1,000 tokens · 1,500 calls at batch rates');
  });

  test('offers a model that was typed and is not in the list', () => {
    const typed = (text: string) => formatTypedModel(text, makeAnswer(exact), plainText);
    expect(typed(' gpt-4o ')).toEqual({
      kind: 'model',
      label: '→ Estimate with another model: “gpt-4o”',
      model: 'gpt-4o',
    });
    expect([typed(''), typed('gpt-4.1'), typed('two words')]).toEqual([null, null, null]);
  });

  test('marks what is not exact and gives its range', () => {
    expect(lines(makeAnswer(about)).slice(1, 5)).toEqual([
      ['figure', 'Input tokens', '≈ 1,200 tokens (1,020–1,380)'],
      ['figure', 'Input', '≈ $0.00361 · ≈ $0.00036 from a cache'],
      ['figure', 'Output', '$0.0075 (500 tokens expected)'],
      ['figure', 'Total', '≈ $0.0111 ($0.0106–$0.0116)'],
    ]);
  });

  test('says what is missing and offers to set a price', () => {
    const items = formatEstimateItems(makeAnswer(unpriced), usual, plainText);
    expect(items.map(({ kind }) => kind)).toEqual(expect.arrayContaining(['note', 'setPrice']));
    expect(formatEstimateTitle('a.md', makeAnswer(unpriced), plainText)).toBe(
      'a.md: 1,000 tokens · no price known for x',
    );
    expect(items.find(({ kind }) => kind === 'setPrice')?.model).toBe('x');
    expect(items.find(({ label }) => label === 'Input')?.description).toBe('unpriced');
  });

  test('has tokens, total and model in its title, and copies as lines', () => {
    expect(formatEstimateTitle('a.md', makeAnswer(exact), plainText)).toBe('a.md: 1,000 tokens · $0.006 with gpt-4.1');
    expect(formatEstimateCopy('a.md', makeAnswer(exact), plainText)).toBe(
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
