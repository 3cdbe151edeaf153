import type { Settings } from '../../contributions.ts';
import type { PromptAnswer, PromptEstimateInput } from '../../estimator/estimatePrompt.ts';
import type { Estimator } from '../../estimator/estimatorWorker.ts';
import type { PromptSource } from '../../estimator/promptDocument.ts';

type EstimateSettings = Pick<Settings, 'estimate.model' | 'estimate.expectedOutputTokens' | 'prices'>;

/**
 * Estimates prompts for this window. The price data and the tokenizer's worker are loaded with the first estimate, never with
 * the window.
 */
export class PromptEstimator {
  readonly #workerPath: string;
  #estimator: Estimator | null = null;

  /** `workerPath` is `dist/estimator.js`. */
  constructor(workerPath: string) {
    this.#workerPath = workerPath;
  }

  /** Throws what is fit for the user, or the signal's reason. */
  async estimate(source: PromptSource, settings: EstimateSettings, signal: AbortSignal): Promise<PromptAnswer> {
    const { createEstimator } = await import('../../estimator/estimatorWorker.ts');
    const { estimatePrompt } = await import('../../estimator/estimatePrompt.ts');
    this.#estimator ??= createEstimator({ workerPath: this.#workerPath });
    return estimatePrompt({ ...source, ...(await toInput(settings)) }, this.#estimator, signal);
  }

  /** The same prompt with another model; null when it has to be counted anew for it. */
  async choose(model: string, answer: PromptAnswer, settings: EstimateSettings): Promise<PromptAnswer | null> {
    const { chooseModel } = await import('../../estimator/estimatePrompt.ts');
    return chooseModel(model, answer, await toInput(settings));
  }

  dispose(): void {
    void this.#estimator?.dispose();
    this.#estimator = null;
  }
}

async function toInput(settings: EstimateSettings): Promise<Omit<PromptEstimateInput, 'text'>> {
  const { createPriceBook } = await import('../../core/priceBook.ts');
  return {
    model: settings['estimate.model'],
    expectedOutputTokens: settings['estimate.expectedOutputTokens'],
    prices: createPriceBook(settings.prices),
    now: Date.now(),
  };
}
