import { imageSize } from 'image-size';
import { type DocumentNote, type ImagePart, overheadOf, type PromptRequest } from './promptDocument.ts';

export type Json = Readonly<Record<string, unknown>>;

/** What a reader of request bodies finds, piece by piece. */
export class RequestParts {
  readonly #texts: string[] = [];
  readonly #images: ImagePart[] = [];
  readonly #uncounted = new Set<string>();
  #messages = 0;
  #tools = 0;

  addMessage(): void {
    this.#messages += 1;
  }

  addText(text: unknown): void {
    if (typeof text === 'string' && text !== '') {
      this.#texts.push(text);
    }
  }

  /** Something that is sent as JSON: a tool call's arguments, a schema. */
  addJson(value: unknown): void {
    if (value !== undefined && value !== null) {
      this.addText(typeof value === 'string' ? value : JSON.stringify(value));
    }
  }

  /** Definitions of tools. Each provider writes them in its own way; as JSON they have about as many tokens. */
  addTools(tools: unknown): void {
    if (Array.isArray(tools) && tools.length > 0) {
      this.#tools += tools.length;
      this.addJson(tools);
    }
  }

  /** `base64`: the bytes, or null where there is only an address. */
  addImage(base64: string | null, detail: unknown): void {
    const size = base64 === null ? null : readSize(base64);
    this.#images.push({ size, detail: typeof detail === 'string' ? detail : null });
  }

  /** A part that nothing is known of, as a plural noun: `audio`, `files`. */
  addUncounted(what: string): void {
    this.#uncounted.add(what);
  }

  finish(model: string | null): { request: PromptRequest; notes: DocumentNote[] } {
    const guessed = this.#images.filter(({ size }) => size === null).length;
    const notes: DocumentNote[] = [];
    if (this.#uncounted.size > 0) {
      notes.push({ kind: 'uncounted', parts: [...this.#uncounted] });
    }
    if (this.#tools > 0) {
      notes.push({ kind: 'toolsAsJson', count: this.#tools });
    }
    if (guessed > 0) {
      notes.push({ kind: 'imagesWithoutSize', count: guessed });
    }
    const request: PromptRequest = {
      texts: this.#texts,
      messages: this.#messages,
      overheadTokens: overheadOf(this.#messages),
      images: this.#images,
      model: model?.trim() || null,
      isWhole: this.#tools === 0 && this.#images.length === 0 && this.#uncounted.size === 0,
    };
    return { request, notes };
  }
}

/** Of a `data:` address its base64; null for any other address. */
export function dataOf(url: unknown): string | null {
  return typeof url === 'string' ? (/^data:[^,]*;base64,(.*)$/s.exec(url)?.[1] ?? null) : null;
}

export function asObject(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}

/** The head of an image tells its size; a JPEG's may come after a preview of some 100 kB. */
const headLength = 512 * 1024;

function readSize(base64: string): ImagePart['size'] {
  try {
    const { width, height, orientation } = imageSize(Buffer.from(base64.slice(0, headLength), 'base64'));
    // EXIF orientations from 5 on are turned by a quarter.
    return (orientation ?? 1) >= 5 ? { width: height, height: width } : { width, height };
  } catch {
    return null;
  }
}
