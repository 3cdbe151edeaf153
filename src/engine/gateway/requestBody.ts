import type { IncomingMessage } from 'node:http';
import type { JsonObject } from '../../capture/json.ts';
import { createDecodedCopy } from './decodedCopy.ts';
import { createJsonOutline } from './jsonOutline.ts';

/** Longer bodies are not looked into before they are sent on. Bytes. */
export const longestSplice = 8 * 1024 * 1024;

/** Providers that send the usage anyway, or that refuse the option. */
const unaskedProviders = new Set(['openrouter', 'mistral', 'anthropic', 'google']);

/** Signatures cover every byte of a body. */
const signatures = ['content-digest', 'digest', 'content-md5', 'signature'];

/** Whether a request may be one whose stream would come without usage: a Chat Completions call in plain JSON. */
export function mayNeedUsageOption(name: string, endpoint: string, { method, headers }: IncomingMessage): boolean {
  const encoding = headers['content-encoding'] ?? 'identity';
  return (
    method === 'POST' &&
    endpoint.endsWith('/chat/completions') &&
    !unaskedProviders.has(name) &&
    encoding.toLowerCase() === 'identity' &&
    !(Number(headers['content-length'] ?? 0) > longestSplice) &&
    !signatures.some(header => headers[header] !== undefined) &&
    !/^aws4-/i.test(headers.authorization ?? '')
  );
}

/**
 * Takes the beginning of a body, at most `longestSplice` bytes and a chunk. `isWhole`: that was all of it. The request is paused
 * then. Rejects when it breaks off.
 */
export function takeBody(request: IncomingMessage): Promise<{ readonly bytes: Buffer; readonly isWhole: boolean }> {
  return new Promise((resolve, reject) => {
    const chunks: Buffer[] = [];
    let size = 0;
    const leave = () => {
      request.pause();
      request.off('data', onData);
      request.off('end', onEnd);
      request.off('close', onBreak);
      request.off('error', onBreak);
    };
    const onData = (chunk: Buffer) => {
      chunks.push(chunk);
      size += chunk.length;
      if (size > longestSplice) {
        leave();
        resolve({ bytes: Buffer.concat(chunks), isWhole: false });
      }
    };
    const onEnd = () => {
      leave();
      resolve({ bytes: Buffer.concat(chunks), isWhole: true });
    };
    const onBreak = () => {
      leave();
      reject(new Error('The body broke off.'));
    };
    request.on('data', onData);
    request.on('end', onEnd);
    request.on('close', onBreak);
    request.on('error', onBreak);
  });
}

/** Listens to a body for its short fields (the model, whose session it is). */
export interface RequestOutline {
  push(bytes: Buffer): void;
  /** The first object of the body, or null while there is none. */
  finish(): Promise<JsonObject | null>;
}

/** An outline of a JSON body with this `Content-Encoding`; what is no JSON gives none. */
export function createRequestOutline(encoding: string | undefined): RequestOutline {
  let found: JsonObject | null = null;
  const outline = createJsonOutline(object => {
    found ??= object;
  });
  const copy = createDecodedCopy({ encoding, onBytes: outline.push, onError: () => {} });
  return {
    push: copy.push,
    finish: async () => {
      await copy.finish();
      return found;
    },
  };
}
