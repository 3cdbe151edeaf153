/** One question to a provider. */
export interface CountPost {
  /** Of the provider, as it is shown. */
  readonly name: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: unknown;
  /** Where the answer has the count. */
  readonly field: string;
  readonly signal: AbortSignal;
}

/** Why a provider did not count. `isKey`: it does not take the key. */
export class ProviderCountError extends Error {
  override readonly name = 'ProviderCountError';
  readonly isKey: boolean;

  constructor(message: string, isKey: boolean) {
    super(message);
    this.isKey = isKey;
  }
}

/** Asks, and reads the count. Throws `ProviderCountError`, or the signal's reason. */
export async function postForCount({ name, url, headers, body, field, signal }: CountPost): Promise<number> {
  let response: Response;
  try {
    response = await fetch(url, {
      method: 'POST',
      // The key and the prompt go nowhere else.
      redirect: 'error',
      headers: { 'content-type': 'application/json', ...headers },
      body: JSON.stringify(body),
      signal,
    });
  } catch {
    signal.throwIfAborted();
    throw new ProviderCountError(`${name} can't be reached.`, false);
  }
  const answer: unknown = await response.json().catch(() => null);
  if (!response.ok) {
    const isKey = response.status === 401 || response.status === 403;
    throw new ProviderCountError(
      `${name} did not count: HTTP status ${response.status}. ${wordsOf(answer)}`.trim(),
      isKey,
    );
  }
  const count = typeof answer === 'object' && answer !== null ? (answer as Record<string, unknown>)[field] : null;
  if (typeof count !== 'number' || !Number.isSafeInteger(count) || count < 0) {
    throw new ProviderCountError(`${name} answered without a count.`, false);
  }
  return count;
}

/** The provider's own words; both have `{"error":{"message"}}`. */
function wordsOf(answer: unknown): string {
  const error = typeof answer === 'object' && answer !== null ? (answer as { error?: unknown }).error : null;
  const message = typeof error === 'object' && error !== null ? (error as { message?: unknown }).message : null;
  return typeof message === 'string' ? message.slice(0, 300) : '';
}
