import type { Settings } from '../../../src/contributions.ts';
import { createPriceBook } from '../../../src/core/prices/priceBook.ts';
import { computeCost } from '../../../src/core/prices/pricing.ts';
import type { PromptDocument } from '../../../src/estimator/documents/promptDocument.ts';
import type { Prices } from '../../../src/estimator/estimate.ts';
import type { PromptCounts, RequestCounts } from '../../../src/estimator/protocol.ts';

/** An instant that has prices. */
export const now = Date.UTC(2026, 10, 22);

export function makePrices(overrides: Settings['prices'] = {}): Prices {
  return { book: createPriceBook(overrides), computeCost };
}

/** A request of so many tokens of prose. */
export function makeRequest(o200k: number, more: Partial<RequestCounts> = {}): RequestCounts {
  return { contentTokens: { o200k_base: o200k }, overheadTokens: 0, images: [], model: null, isWhole: true, ...more };
}

export function makeCounts(requests: readonly RequestCounts[], document: Partial<PromptDocument> = {}): PromptCounts {
  return {
    document: {
      fileType: 'text',
      format: 'plain',
      model: null,
      expectedOutputTokens: null,
      taskType: null,
      serviceTier: null,
      sending: 'once',
      references: [],
      notes: [],
      ...document,
    },
    requests,
    mix: { prose: 1, code: 0, json: 0, cjk: 0 },
    characters: 0,
    textHash: null,
    textHashes: [],
  };
}
