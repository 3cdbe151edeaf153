import { ApiError, EngineUnreachableError } from './apiError.ts';
import { parseProblem } from './parseEngine.ts';

/** How a client reaches the engine. */
export interface Transport {
  /** One call from request to parsed answer, within the time-out. Throws `ApiError`, `EngineUnreachableError`, or the signal's reason. */
  call<T>(path: string, options: Call, parse: (value: unknown) => T): Promise<T>;
  /** The body of an answer that goes on; the time-out holds for its beginning. Throws as `call` does. */
  open(path: string, options: Call & { readonly signal: AbortSignal }): Promise<OpenAnswer>;
}

export interface OpenAnswer {
  readonly headers: Headers;
  readonly body: ReadableStream<Uint8Array> | null;
}

export interface Call {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly signal: AbortSignal | undefined;
  /** Instead of the client's, for what takes the engine long. ms. */
  readonly limitMs?: number;
}

/** Deleting or copying a million calls takes a while, and so does looking through a large home. ms. */
export const longMs = 300_000;

/** For answers without contents. */
export function ignore(): void {}

export function createTransport(url: string, token: string, timeoutMs: number): Transport {
  async function request(path: string, { method = 'GET', body, signal }: Call): Promise<Response> {
    const response = await fetch(`${url}${path}`, {
      method,
      // The token goes nowhere else: no redirect is followed.
      redirect: 'error',
      headers: {
        authorization: `Bearer ${token}`,
        ...(body === undefined ? {} : { 'content-type': 'application/json' }),
      },
      ...(body === undefined ? {} : { body: JSON.stringify(body) }),
      ...(signal ? { signal } : {}),
    });
    if (!response.ok) {
      throw new ApiError(parseProblem(await response.json().catch(() => null), response.status));
    }
    return response;
  }

  return {
    call: (path, options, parse) => {
      const timeout = AbortSignal.timeout(options.limitMs ?? timeoutMs);
      const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
      return reportUnreachable(options.signal, url, async () => {
        const response = await request(path, { ...options, signal });
        const text = await response.text();
        return parse(text === '' ? null : JSON.parse(text));
      });
    },
    open: async (path, { signal, ...options }) => {
      const opening = new AbortController();
      const fail = () => opening.abort(new DOMException('No answer', 'TimeoutError'));
      const timer = setTimeout(fail, options.limitMs ?? timeoutMs);
      const { headers, body } = await reportUnreachable(signal, url, () =>
        request(path, { ...options, signal: AbortSignal.any([signal, opening.signal]) }),
      ).finally(() => clearTimeout(timer));
      return { headers, body: body as ReadableStream<Uint8Array> | null };
    },
  };
}

/** Runs a call and says in our own error why the engine could not be reached. The caller's abort passes unchanged. */
export async function reportUnreachable<T>(
  caller: AbortSignal | undefined,
  url: string,
  run: () => Promise<T>,
): Promise<T> {
  try {
    return await run();
  } catch (error) {
    if (error instanceof ApiError) {
      throw error;
    }
    caller?.throwIfAborted();
    const name = error instanceof Error ? error.name : '';
    if (name === 'TimeoutError') {
      throw new EngineUnreachableError('timeout', `The engine at ${url} does not answer.`, { cause: error });
    }
    if (name === 'SyntaxError' || name === 'UnexpectedAnswerError') {
      throw new EngineUnreachableError('foreign', `What answers at ${url} is not the engine.`, { cause: error });
    }
    throw new EngineUnreachableError('refused', `The engine at ${url} can't be reached.`, { cause: error });
  }
}
