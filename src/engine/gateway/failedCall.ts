import type { UsageContext } from '../../capture/context.ts';
import { asObject, type JsonObject } from '../../capture/json.ts';
import { buildRecord } from '../../capture/record.ts';
import { emptyRecord } from '../../core/usageRecord.ts';
import type { FailedCall } from '../../ledger/side/failedCalls.ts';

/** How a call failed. */
export interface Failure {
  /** HTTP status; null when nothing answered. */
  readonly status: number | null;
  /** The provider's own word, the system's code, or `aborted` when the client left before the answer. */
  readonly error: string | null;
}

/** A call that no model answered, by its context. `startedAt` is epoch ms. */
export function makeFailedCall(context: UsageContext, startedAt: number, { status, error }: Failure): FailedCall {
  const nothing = { id: null, provider: context.provider ?? null, model: null, tokens: emptyRecord.tokens };
  const record = buildRecord({ ...nothing, completeness: 'complete' }, context, startedAt, 'gateway');
  const { ids, requestId, timestamp, provider, model, agent, sessionId, taskType, userId } = record;
  const { team, project, branch, folder, plan, endpoint, latencyMs, signal } = record;
  return {
    ...{ ids, requestId, timestamp, provider, model, agent, sessionId, taskType, userId },
    ...{ team, project, branch, folder, plan, endpoint, latencyMs, signal },
    status,
    error,
  };
}

/**
 * The word for an error in an answer of OpenAI (`code`, else `type`), Anthropic (`type`) or Google (`status`); null when there is none. Never
 * a message, which may quote what was sent.
 */
export function readErrorWord(answer: JsonObject): string | null {
  const error = asObject(answer.error) ?? asObject(asObject(answer.response)?.error);
  const words = [error?.code, error?.type, error?.status, typeof answer.error === 'string' ? answer.code : undefined];
  return words.find((word): word is string => typeof word === 'string' && /^[A-Za-z][\w.-]{0,79}$/.test(word)) ?? null;
}
