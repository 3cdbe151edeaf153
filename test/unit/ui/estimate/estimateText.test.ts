import { describe, expect, test } from 'vitest';
import type { DocumentNote } from '../../../../src/estimator/documents/promptDocument.ts';
import {
  formatContextShare,
  formatEstimate,
  formatInputTokens,
  formatTotal,
} from '../../../../src/ui/estimate/estimateText.ts';
import { formatEstimateItem, formatLenses } from '../../../../src/ui/estimate/lensText.ts';
import { formatNotes } from '../../../../src/ui/estimate/noteText.ts';
import { plainText as t } from '../../../../src/ui/text/translate.ts';
import { about, exact, makeAnswer, unpriced } from './makeAnswer.ts';

describe('one line', () => {
  test('of an exact estimate', () => {
    expect(formatEstimate(exact, t)).toBe(
      '1,000 tokens · $0.002 in + $0.004 out (500 tokens expected) = $0.006 with gpt-4.1',
    );
    expect(formatInputTokens({ ...exact, inputTokens: 1 }, t)).toBe('1 token');
  });

  test('of a range', () => {
    expect(formatEstimate(about, t)).toBe(
      '≈ 1,200 tokens (1,020–1,380) · ≈ $0.00361 in + $0.0075 out (500 tokens expected) = ≈ $0.0111 ($0.0106–$0.0116) with claude-sonnet-5',
    );
    expect(formatTotal({ ...about, lowUsd: 0.01109, highUsd: 0.01111 }, t)).toBe('≈ $0.0111');
  });

  test('without a price', () => {
    expect(formatEstimate(unpriced, t)).toBe('1,000 tokens · no price known for x');
    expect(formatTotal(unpriced, t)).toBe('no price known');
  });

  test('of the context window', () => {
    const share = (contextShare: number | null) => formatContextShare({ ...exact, contextShare }, t);
    expect([share(0.123), share(2), share(0), share(0.001), share(null)]).toEqual([
      '12% of the context window',
      'does not fit into the context window',
      '0% of the context window',
      '<1% of the context window',
      null,
    ]);
  });
});

describe('the lens', () => {
  const turns = { model: 'gpt-4.1', tokens: 1940, isExact: true, usdPerTurn: 0.0097, turns: 212, usd: 2.0564 };
  const lens = (more: Partial<typeof turns> | null) =>
    formatLenses({ kind: 'estimated', answer: makeAnswer(exact), turns: more && { ...turns, ...more } }, t);

  test('has tokens and cost', () => {
    expect(lens(null)).toEqual(['1,000 tokens · $0.006 with gpt-4.1']);
    expect(formatLenses({ kind: 'estimated', answer: makeAnswer(about), turns: null }, t)).toEqual([
      '≈ 1,200 tokens (1,020–1,380) · ≈ $0.0111 ($0.0106–$0.0116) with claude-sonnet-5',
    ]);
  });

  test('of a file that is sent with every turn has what the turns cost', () => {
    expect(lens({ usdPerTurn: 0.0101 })).toEqual(['1,940 tok · $0.010 a turn · 212 turns in 30 days = $2.06']);
    expect(lens({ isExact: false })).toEqual(['≈ 1,940 tok · ≈ $0.0097 a turn · 212 turns in 30 days = $2.06']);
    expect(lens({ turns: 0, usd: 0 })).toEqual(['1,940 tok · $0.0097 a turn with gpt-4.1 · no turns in 30 days']);
  });

  test('says when it is silent, counting or nothing', () => {
    expect(formatLenses({ kind: 'silent', characters: 3_200_000 }, t)).toEqual([
      'Estimate this prompt of 3,200,000 characters',
    ]);
    expect(formatLenses({ kind: 'counting' }, t)).toEqual(['Counting tokens…']);
    expect(formatLenses({ kind: 'none' }, t)).toEqual([]);
  });
});

test('the status item has tokens and cost, and a sentence to be read aloud', () => {
  expect(formatEstimateItem({ answer: makeAnswer(exact) }, t)).toEqual({
    text: '$(symbol-numeric) 1,000 tok · $0.006',
    label: 'Estimate of the active prompt: 1,000 tokens, $0.006 with gpt-4.1',
    isTooLong: false,
  });
  expect(formatEstimateItem({ answer: makeAnswer({ ...about, contextShare: 2 }) }, t)).toMatchObject({
    text: '$(symbol-numeric) ≈ 1,200 tok · ≈ $0.0111',
    isTooLong: true,
  });
});

test('every note is a sentence', () => {
  const notes: DocumentNote[] = [
    { kind: 'uncounted', parts: ['audio', 'files', 'other parts'] },
    { kind: 'toolsAsJson', count: 2 },
    { kind: 'imagesWithoutSize', count: 2 },
    { kind: 'toolsNamed', count: 2 },
    { kind: 'unreadLines', count: 2 },
    { kind: 'severalModels', count: 2 },
    { kind: 'placeholders', count: 2 },
    { kind: 'brokenFrontMatter' },
  ];
  const sentences = formatNotes(makeAnswer(exact, { notes }), t);
  expect(sentences).toHaveLength(notes.length);
  expect(new Set(sentences).size).toBe(notes.length);
  for (const sentence of sentences) {
    expect(sentence).toMatch(/^[A-Z0-9].*\.$/);
    expect(sentence).not.toMatch(/\{\d\}|undefined/);
  }
});
