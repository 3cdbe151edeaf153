import { periodEnd } from '../../core/budget/period.ts';
import { normalizeProvider } from '../../core/provider.ts';
import { attributeCall, modelOfPath } from '../gateway/attribution.ts';
import { createRequestOutline } from '../gateway/requestBody.ts';
import type { GrantedCall } from '../http/call.ts';
import { readContextHeaders } from '../http/contextHeaders.ts';
import { bytesPerToken, computeExpectedCost } from './expectedCost.ts';
import { describeRefusal } from './words.ts';

/** Asks about calls or prompts, and costs nothing: counting, cancelling. */
const freeCalls = /(?:\/count_tokens|:countTokens|\/cancel|\/input_tokens)$/;

/** How long a call waits at most for what was used before it to be stored. */
export const settleMs = 250;

export type CallAdmission =
  | { readonly isAdmitted: true; release(): void }
  | { readonly isAdmitted: false; readonly status: 402; readonly message: string };

const free: CallAdmission = { isAdmitted: true, release: () => {} };

/** Whether a call of the gateway has to be looked into before it is sent on. */
export function isGuarded({ request, engine, access }: GrantedCall, endpoint: string): boolean {
  return request.method === 'POST' && !freeCalls.test(endpoint) && engine.guard.isEnforcing(access.ledger);
}

/**
 * Admits a call of the gateway, or refuses it because a budget is spent. `beginning` is as much of its body as is there, the model's name
 * among it. What is admitted must be released when it is over.
 */
export async function admitCall(
  call: GrantedCall,
  { name, endpoint }: { readonly name: string; readonly endpoint: string },
  beginning: Buffer,
): Promise<CallAdmission> {
  if (!isGuarded(call, endpoint)) {
    return free;
  }
  const { request, engine, access } = call;
  const live = access.ledger;
  const outline = createRequestOutline(request.headers['content-encoding']);
  outline.push(beginning);
  const found = attributeCall(request.headers, await outline.finish());
  const named = readContextHeaders(request);
  const agent = named.agent ?? found.agent ?? null;
  const model = named.model ?? found.model ?? modelOfPath(endpoint) ?? null;
  const bytes = Math.max(beginning.length, Number(request.headers['content-length']) || 0);
  const expectedNanoUsd = computeExpectedCost(live, {
    provider: normalizeProvider(name),
    model,
    inputTokens: Math.ceil(bytes / bytesPerToken),
    outputTokens: null,
  });
  const { plans } = live.settings;
  const facet = {
    agent,
    model,
    taskType: named.taskType ?? found.taskType ?? null,
    userId: named.userId ?? live.settings.labels.user ?? null,
    branch: null,
    plan: agent !== null && Object.hasOwn(plans, agent) ? (plans[agent] ?? null) : null,
  };
  const session = named.sessionId ?? found.sessionId ?? null;
  await engine.guard.settle(settleMs);
  const guarded = { facet, session, expectedNanoUsd };
  const admission = engine.guard.admit(live, guarded, () => call.response.writableEnded);
  if (admission.isAdmitted) {
    return admission;
  }
  const resetsAt = periodEnd(admission.verdict.assessed.budget.period, Date.now(), live.zone);
  return { isAdmitted: false, status: 402, message: describeRefusal(admission.verdict, resetsAt, live.zone) };
}
