/** Messages between the estimator's worker (`worker.ts`) and its client (`estimatorWorker.ts`), and what they carry. */
import type { Encoding } from './encodings.ts';
import type { PromptDocument, PromptSource } from './promptDocument.ts';
import type { TextMix } from './textMix.ts';

/** What the worker finds out about a prompt; no text is in it. */
export interface PromptCounts {
  readonly document: Omit<PromptDocument, 'texts'>;
  /** Tokens of the texts by encoding, for the encodings of the models that were asked for. */
  readonly contentTokens: Readonly<Partial<Record<Encoding, number>>>;
  readonly mix: TextMix;
  /** UTF-16 units of the texts. */
  readonly characters: number;
}

/** Client → worker. One request is under way at a time. */
export interface CountRequest {
  readonly id: number;
  readonly source: PromptSource;
  /** Models whose encodings to count with; the document's own is added. */
  readonly models: readonly string[];
  /** One shared int: 1 tells the worker to stop. */
  readonly cancelled: Int32Array<SharedArrayBuffer>;
}

/** Worker → client. */
export type CountAnswer =
  | { readonly id: number; readonly kind: 'counts'; readonly counts: PromptCounts }
  | { readonly id: number; readonly kind: 'cancelled' }
  | { readonly id: number; readonly kind: 'error'; readonly message: string };
