/** Messages between the estimator's worker (`worker.ts`) and its client (`estimatorWorker.ts`), and what they carry. */
import type { ImagePart, PromptDocument, PromptSource } from './documents/promptDocument.ts';
import type { Encoding } from './encodings.ts';
import type { TextMix } from './textMix.ts';

/** What the worker finds out about one request of a prompt; no text is in it. */
export interface RequestCounts {
  /** Tokens of the texts by encoding, for the encodings of the models that were asked for. */
  readonly contentTokens: Readonly<Partial<Record<Encoding, number>>>;
  readonly overheadTokens: number;
  readonly images: readonly ImagePart[];
  /** The model the request itself names. */
  readonly model: string | null;
  readonly isWhole: boolean;
}

/** What the worker finds out about a prompt. */
export interface PromptCounts {
  readonly document: Omit<PromptDocument, 'requests'>;
  readonly requests: readonly RequestCounts[];
  readonly mix: TextMix;
  /** UTF-16 units of the texts. */
  readonly characters: number;
  /** Of all texts (`textHash.ts`); null unless it was asked for. */
  readonly textHash: string | null;
  /** Of each text, under the same condition. */
  readonly textHashes: readonly string[];
}

/** What comes instead of `length` UTF-16 units at `start`. Of several, each is meant for the text after the one before. */
export interface TextChange {
  readonly start: number;
  readonly length: number;
  readonly text: string;
}

/** A prompt that comes with the request, or one that the worker keeps, which must have `length` units then. */
export type CountSubject = { readonly source: PromptSource } | { readonly document: number; readonly length: number };

/** Client → worker. One count is under way at a time. */
export interface CountRequest {
  readonly kind: 'count';
  readonly id: number;
  readonly subject: CountSubject;
  /** Models whose encodings to count with; the document's own are added. */
  readonly models: readonly string[];
  readonly isHashed: boolean;
  /** One shared int: 1 tells the worker to stop. */
  readonly cancelled: Int32Array<SharedArrayBuffer>;
}

export type WorkerMessage =
  | CountRequest
  /** The worker keeps the prompt under this number, and what it counted of it. */
  | { readonly kind: 'open'; readonly document: number; readonly source: PromptSource }
  | { readonly kind: 'edit'; readonly document: number; readonly changes: readonly TextChange[] }
  | { readonly kind: 'close'; readonly document: number };

/** Worker → client. */
export type CountAnswer =
  | { readonly id: number; readonly kind: 'counts'; readonly counts: PromptCounts }
  | { readonly id: number; readonly kind: 'cancelled' }
  /** The worker does not have the document, or not as it is. */
  | { readonly id: number; readonly kind: 'unknown' }
  | { readonly id: number; readonly kind: 'error'; readonly message: string };
