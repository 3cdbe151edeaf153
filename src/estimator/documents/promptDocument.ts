import type { FileType } from './fileTypes.ts';
import type { Reference, ReferenceSyntax } from './references.ts';

/** What the user wants to send. */
export interface PromptSource {
  readonly text: string;
  /** Name or path of the file, when there is one: it tells the format. */
  readonly fileName?: string;
  /** VS Code's language id. */
  readonly languageId?: string;
  /** The text is to be counted as it is: no front matter, no messages. */
  readonly isPlain?: boolean;
  /** How a plain text names other files; left out, it names none. */
  readonly references?: ReferenceSyntax;
}

/** An image of a request. */
export interface ImagePart {
  /** Pixels; null where the request holds only an address. */
  readonly size: { readonly width: number; readonly height: number } | null;
  /** What the request asks for; null where it says nothing. */
  readonly detail: string | null;
}

/** One model call: the texts that are sent and what else counts. */
export interface PromptRequest {
  /** The texts that are sent, without front matter and JSON around them. */
  readonly texts: readonly string[];
  readonly messages: number;
  /** Tokens that are sent around the texts. */
  readonly overheadTokens: number;
  readonly images: readonly ImagePart[];
  /** The model the request itself names. */
  readonly model: string | null;
  /** Everything of it is counted as it is sent: no tool is written in the provider's own way, no part is left out. */
  readonly isWhole: boolean;
}

/** What is to be said of a document; the words are the reader's (`ui/estimate/noteText.ts`). */
export type DocumentNote =
  /** Parts that can't be counted: audio, files. */
  | { readonly kind: 'uncounted'; readonly parts: readonly string[] }
  /** Tool definitions, counted as their JSON. */
  | { readonly kind: 'toolsAsJson'; readonly count: number }
  /** Images of unknown size. */
  | { readonly kind: 'imagesWithoutSize'; readonly count: number }
  /** Tools the front matter names; what they add is not in the file. */
  | { readonly kind: 'toolsNamed'; readonly count: number }
  /** Lines of a batch that are no request. */
  | { readonly kind: 'unreadLines'; readonly count: number }
  /** A batch whose lines name several models. */
  | { readonly kind: 'severalModels'; readonly count: number }
  /** `{{name}}`, counted as it stands. */
  | { readonly kind: 'placeholders'; readonly count: number }
  /** Front matter that is no YAML, and so is counted as text. */
  | { readonly kind: 'brokenFrontMatter' };

/** When a file is sent. */
export type Sending =
  /** When the user sends it. */
  | 'once'
  /** With every turn of the agents that read it. */
  | 'everyTurn'
  /** With the turns that touch certain files. */
  | 'someTurns'
  /** When the agent chooses it. */
  | 'whenUsed';

/** A prompt, taken apart. */
export interface PromptDocument {
  readonly fileType: FileType;
  readonly format: 'plain' | 'messages' | 'batch';
  /** One, but for a batch. */
  readonly requests: readonly PromptRequest[];
  /** The model the document itself names: the front matter's, else its first request's. */
  readonly model: string | null;
  /** Tokens of each request, when the document says so. */
  readonly expectedOutputTokens: number | null;
  /** Of its front matter: of calls for what it asks; null when it says nothing. */
  readonly taskType: string | null;
  /** How providers sell it when it is sent in this form; null for the standard tier. */
  readonly serviceTier: 'batch' | null;
  readonly sending: Sending;
  /** Other files that are sent with it. */
  readonly references: readonly Reference[];
  readonly notes: readonly DocumentNote[];
}

/** Chat messages are wrapped in a few tokens each, and the answer is primed with some (issue 2, "Estimate"). */
export const tokensPerMessage = 4;
export const tokensPerConversation = 3;

/** Tokens around so many messages. */
export function overheadOf(messages: number): number {
  return messages === 0 ? 0 : messages * tokensPerMessage + tokensPerConversation;
}

/** A request that is one text. */
export function plainRequest(text: string): PromptRequest {
  const texts = text === '' ? [] : [text];
  return { texts, messages: 0, overheadTokens: 0, images: [], model: null, isWhole: true };
}

/** A request of messages. */
export function messageRequest(texts: readonly string[], messages: number): PromptRequest {
  return { ...plainRequest(''), texts, messages, overheadTokens: overheadOf(messages) };
}

/** A document of one request about which nothing more is known. */
export function oneRequest(fileType: FileType, request: PromptRequest): PromptDocument {
  return {
    fileType,
    format: request.messages > 0 ? 'messages' : 'plain',
    requests: [request],
    model: request.model,
    expectedOutputTokens: null,
    taskType: null,
    serviceTier: null,
    sending: 'once',
    references: [],
    notes: [],
  };
}
