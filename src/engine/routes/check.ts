import type { CheckAnswer } from '../../api/contract.ts';
import { asText, type JsonObject, readCount, readText, UsageError } from '../../capture/json.ts';
import { periodEnd } from '../../core/budget/period.ts';
import { nanoToUsd } from '../../core/money.ts';
import { normalizeProvider } from '../../core/provider.ts';
import { settleMs } from '../guard/admitCall.ts';
import { computeExpectedCost, type ExpectedCall } from '../guard/expectedCost.ts';
import type { GuardedCall } from '../guard/guard.ts';
import { describeVerdict, listWays } from '../guard/words.ts';
import { findLedger, type GrantedCall, type Route, sendJson } from '../http/call.ts';
import { readJsonObject } from '../http/jsonBody.ts';
import { HttpProblem } from '../http/problem.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';

const maxBytes = 64 * 1024;
const example = '{"session_id":"s1","model":"gpt-4.1"}';

interface Question {
  readonly facet: GuardedCall['facet'];
  readonly session: string | undefined;
  /** Null when nothing is said of its size. */
  readonly expected: ExpectedCall | null;
}

/** `POST /v1/check`: may this go on? An empty body asks about nothing in particular. Answered from memory, so that it can stand in front of every call. */
export const checkRoute: Route = {
  method: 'POST',
  path: '/v1/check',
  access: 'ledger',
  handle: async call => {
    const body = await readJsonObject(call.request, { maxBytes, mayBeEmpty: true, example });
    const live = findAsked(call, body);
    const { facet, session, expected } = parseQuestion(body, live);
    const expectedNanoUsd = expected && computeExpectedCost(live, expected);
    await call.engine.guard.settle(settleMs);
    const verdict = call.engine.guard.judge(live, { facet, session, expectedNanoUsd });
    const expected_usd = expectedNanoUsd === null ? null : nanoToUsd(expectedNanoUsd);
    if (!verdict) {
      const answer: CheckAnswer = {
        decision: 'allow',
        reason: 'No budget counts this call.',
        budget: null,
        spent_usd: live.budgets.spentToday(),
        reserved_usd: 0,
        limit_usd: null,
        remaining_usd: null,
        expected_usd,
        resets_at: null,
        ways: [],
      };
      sendJson(call.response, 200, answer);
      return;
    }
    const { assessed, reservedNanoUsd, decision } = verdict;
    const resetsAt = periodEnd(assessed.budget.period, Date.now(), live.zone);
    const reserved = nanoToUsd(reservedNanoUsd);
    const answer: CheckAnswer = {
      decision,
      reason: describeVerdict(verdict, expectedNanoUsd, live.zone),
      budget: assessed.budget.name,
      spent_usd: assessed.spentUsd,
      reserved_usd: reserved,
      limit_usd: assessed.budget.limitUsd,
      remaining_usd: Math.max(0, (assessed.remainingUsd ?? 0) - reserved),
      expected_usd,
      resets_at: resetsAt === null ? null : new Date(resetsAt).toISOString(),
      ways: decision === 'allow' ? [] : listWays(verdict, resetsAt, live.zone),
    };
    sendJson(call.response, 200, answer);
  },
};

/** The ledger that is asked: by `?window=`, else the token's, for the machine's token by the working folder. */
function findAsked(call: GrantedCall, body: JsonObject): LiveLedger {
  const { engine, access, query } = call;
  const [cwd, session] = [asText(body.cwd), asText(body.session_id)];
  if (cwd !== null && session !== null) {
    // A hook knows the folder before the first telemetry of its session comes.
    engine.routerFor(access, query)?.learn(session, cwd);
  }
  return query.has('window') ? findLedger(call) : engine.ledgerAt(access, cwd);
}

function parseQuestion(body: JsonObject, live: LiveLedger): Question {
  try {
    const model = readText(body, 'model');
    const inputTokens = readCount(body, 'input_tokens');
    const outputTokens = readCount(body, 'expected_output_tokens');
    const agent = readText(body, 'agent');
    const { plans, labels } = live.settings;
    return {
      facet: {
        agent,
        model,
        taskType: readText(body, 'task_type'),
        userId: readText(body, 'user_id') ?? labels.user ?? null,
        branch: readText(body, 'branch'),
        plan: agent !== null && Object.hasOwn(plans, agent) ? (plans[agent] ?? null) : null,
      },
      session: readText(body, 'session_id') ?? undefined,
      expected:
        inputTokens === null && outputTokens === null
          ? null
          : {
              provider: normalizeProvider(readText(body, 'provider')),
              model,
              inputTokens: inputTokens ?? 0,
              outputTokens,
            },
    };
  } catch (error) {
    throw error instanceof UsageError ? new HttpProblem(400, error.message, { field: error.field }) : error;
  }
}
