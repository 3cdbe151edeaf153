import { EngineUnreachableError } from './apiError.ts';
import type { TestAnswer } from './connectContract.ts';
import { parseTestAnswer } from './parseUsage.ts';

const timeoutMs = 5000;

/**
 * Sends a test record to an address that an agent has, with the headers it has. Throws an Error fit for the user: nobody answers there, the
 * token is refused, or somebody else answers.
 */
export async function postTest(
  url: string,
  headers: Readonly<Record<string, string>>,
  body: unknown,
): Promise<TestAnswer> {
  const place = new URL(url).origin;
  const response = await fetch(url, {
    method: 'POST',
    redirect: 'error',
    headers: { ...headers, 'content-type': 'application/json', 'x-spend-lens-test': '1' },
    body: JSON.stringify(body),
    signal: AbortSignal.timeout(timeoutMs),
  }).catch(error => {
    throw new EngineUnreachableError('refused', `Nobody answers at ${place}.`, { cause: error });
  });
  if (response.status === 401) {
    throw new EngineUnreachableError('foreign', `The engine at ${place} refuses the token. Connect the agent again.`);
  }
  const answer: unknown = await response.json().catch(() => null);
  try {
    return parseTestAnswer(answer);
  } catch (error) {
    throw new EngineUnreachableError(
      'foreign',
      `What answers at ${place} is not Spend Lens (HTTP ${response.status}).`,
      {
        cause: error,
      },
    );
  }
}
