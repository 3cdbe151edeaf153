import type { Settings } from '../../contributions.ts';
import type { PromptSource } from '../../estimator/documents/promptDocument.ts';
import type { EstimateContext, PromptAnswer } from '../../estimator/estimatePrompt.ts';
import type { Estimator, KeptPrompt } from '../../estimator/estimatorWorker.ts';
import type { CountingProvider, ProviderQuestion } from '../../estimator/providerCount/providerCount.ts';
import type { FindFile } from '../../estimator/referencedFiles.ts';
import type { TurnCalls, TurnCost } from '../../estimator/turnCost.ts';
import type { EngineHistory } from './engineHistory.ts';

type EstimateSettings = Pick<
  Settings,
  'estimate.model' | 'estimate.expectedOutputTokens' | 'estimate.taskType' | 'prices'
>;

/** A prompt to estimate. */
export interface EstimateRequest {
  readonly source: PromptSource;
  /** The file it is, so that those it refers to are found; left out for a part of a file. */
  readonly id?: string | undefined;
  /** As the worker keeps it, while it is written. */
  readonly kept?: KeptPrompt;
  /** The hash of its texts is wanted. */
  readonly isHashed?: boolean;
  /** The setting's expected output was asked for: no history goes before it. */
  readonly isOutputGiven?: boolean;
}

/**
 * Estimates prompts for this window. The price data and the tokenizer's worker are loaded with the first estimate, never with
 * the window.
 */
export class PromptEstimator {
  readonly #workerPath: string;
  readonly #history: EngineHistory;
  readonly #find: FindFile;
  #estimator: Promise<Estimator> | null = null;

  /** `workerPath` is `dist/estimator.js`. */
  constructor(workerPath: string, history: EngineHistory, find: FindFile) {
    this.#workerPath = workerPath;
    this.#history = history;
    this.#find = find;
  }

  get history(): EngineHistory {
    return this.#history;
  }

  /** Throws what is fit for the user, or the signal's reason. */
  async estimate(request: EstimateRequest, settings: EstimateSettings, signal: AbortSignal): Promise<PromptAnswer> {
    const { source, id, kept, isHashed = false, isOutputGiven = false } = request;
    const { estimatePrompt } = await import('../../estimator/estimatePrompt.ts');
    const context = await this.#context(settings, isOutputGiven);
    return estimatePrompt(
      {
        ...context,
        source,
        isHashed,
        signal,
        ...(kept ? { kept } : {}),
        ...(id === undefined ? {} : { files: { id, find: this.#find } }),
      },
      await this.#worker(),
    );
  }

  /** The same prompt with another model; null when it has to be counted anew for it. */
  async choose(
    model: string,
    answer: PromptAnswer,
    settings: EstimateSettings,
    isOutputGiven = false,
  ): Promise<PromptAnswer | null> {
    const { chooseModel } = await import('../../estimator/estimatePrompt.ts');
    return chooseModel(model, answer, await this.#context(settings, isOutputGiven));
  }

  /** Input tokens by the provider's own count. Throws what is fit for the user, or the signal's reason. */
  async countWithProvider(
    provider: CountingProvider,
    { source, ...question }: Omit<ProviderQuestion, 'body' | 'texts'> & { readonly source: PromptSource },
  ): Promise<number> {
    const { askProvider } = await import('../../estimator/providerCount/askProvider.ts');
    return askProvider(provider, source, question);
  }

  /** The answer with such a count. */
  async answerExactly(tokens: number, answer: PromptAnswer, settings: EstimateSettings): Promise<PromptAnswer> {
    const { answerExactly } = await import('../../estimator/estimatePrompt.ts');
    return answerExactly(tokens, answer, await this.#context(settings));
  }

  /** A prompt that is being written. */
  async keep(read: () => PromptSource, measure: () => number): Promise<KeptPrompt> {
    return (await this.#worker()).keep(read, measure);
  }

  /** What a file that is sent with every turn cost with these calls. */
  async computeTurns(answer: PromptAnswer, calls: readonly TurnCalls[], settings: EstimateSettings): Promise<TurnCost> {
    const { computeTurnCost } = await import('../../estimator/turnCost.ts');
    const { prices, now, learned = [] } = await this.#context(settings);
    return computeTurnCost({ counts: answer.counts, fallback: answer.chosen.model, calls, prices, learned, now });
  }

  dispose(): void {
    void this.#estimator?.then(estimator => estimator.dispose());
    this.#estimator = null;
  }

  #worker(): Promise<Estimator> {
    this.#estimator ??= import('../../estimator/estimatorWorker.ts').then(({ createEstimator }) =>
      createEstimator({ workerPath: this.#workerPath }),
    );
    return this.#estimator;
  }

  async #context(settings: EstimateSettings, isOutputGiven = false): Promise<EstimateContext> {
    const { createPriceBook, computeCost } = await import('../../core/prices/priceBook.ts');
    return {
      model: settings['estimate.model'],
      expectedOutputTokens: settings['estimate.expectedOutputTokens'],
      taskType: settings['estimate.taskType'] || null,
      isOutputGiven,
      prices: { book: createPriceBook(settings.prices), computeCost },
      now: Date.now(),
      learned: await this.#history.readLearned(),
      readHistory: this.#history.readHistory,
      remainingUsd: this.#history.remainingUsd,
    };
  }
}
