import type { UsageAnswer } from '../../src/api/contract.ts';
import type { Call } from './calls.ts';
import type { Endpoint } from './engineProcess.ts';

/** USD per 1M tokens of gpt-4.1: 2 in, 8 out; so many nano-USD each. */
export const costNanoUsd = ({ input, output }: { input: number; output: number }): number =>
  input * 2000 + output * 8000;

/** Sends calls in one request; true when it was acknowledged. Throws when the answer is not what it must be. */
export async function post({ url, token }: Endpoint, calls: readonly Call[]): Promise<boolean> {
  const [first] = calls;
  if (!first) {
    return true;
  }
  const sent = calls.map(call => ({ call, output: call.output }));
  const key: Record<string, string> =
    first.via === 'idempotency-key' && first.id !== null ? { 'idempotency-key': first.id } : {};
  let answer: UsageAnswer;
  try {
    const response = await fetch(`${url}/v1/usage`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token}`, 'x-spend-lens-session': first.session, ...key },
      body: JSON.stringify(calls.length === 1 ? formatCall(first) : calls.map(formatCall)),
    });
    if (response.status !== 200) {
      throw new Error(`Answered ${response.status}: ${await response.text()}`);
    }
    answer = (await response.json()) as UsageAnswer;
  } catch (error) {
    if (error instanceof TypeError || (error as Error).name === 'SyntaxError') {
      // The connection broke: not acknowledged.
      return false;
    }
    throw error;
  }
  if (answer.rejected.length > 0 || answer.records.length !== calls.length) {
    throw new Error(`Not stored: ${JSON.stringify(answer)}`);
  }
  for (const [index, { call, output }] of sent.entries()) {
    call.wasAcknowledged = true;
    call.isAcknowledged = call.output === output;
    const row = answer.records[index]?.id ?? null;
    if (call.row !== null && call.row !== row) {
      throw new Error(`${call.id} was row ${call.row} and is now ${row}.`);
    }
    call.row = row;
  }
  return true;
}

function formatCall({ id, via, session, timestamp, input, output }: Call): unknown {
  if (id !== null && via === 'response') {
    const usage = { prompt_tokens: input, completion_tokens: output, total_tokens: input + output };
    const created = Math.floor(Date.parse(timestamp) / 1000);
    return { id, object: 'chat.completion', created, model: 'gpt-4.1', choices: [], usage };
  }
  return {
    model: 'gpt-4.1',
    input_tokens: input,
    output_tokens: output,
    session_id: session,
    timestamp,
    ...(id !== null && via === 'request_id' ? { request_id: id } : {}),
  };
}
