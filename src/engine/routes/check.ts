import type { CheckAnswer } from '../../api/contract.ts';
import {
  asObject,
  asText,
  type JsonObject,
  readCount,
  readText as readTextField,
  UsageError,
} from '../../capture/json.ts';
import { periodEnd } from '../../core/budget/period.ts';
import { nanoToUsd } from '../../core/money.ts';
import { normalizeProvider } from '../../core/provider.ts';
import { readText } from '../body.ts';
import { findLedger, type GrantedCall, type Route, sendJson } from '../call.ts';
import { settleMs } from '../guard/admitCall.ts';
import { computeExpectedCost, type ExpectedCall } from '../guard/expectedCost.ts';
import type { GuardedCall } from '../guard/guard.ts';
import { describeVerdict, listWays } from '../guard/words.ts';
import type { LiveLedger } from '../liveLedger.ts';
import { HttpProblem } from '../problem.ts';

const maxBytes = 64 * 1024;

interface Question {
  readonly facet: GuardedCall['facet'];
  readonly session: string | undefined;
  /** Null when nothing is said of its size. */
  readonly expected: ExpectedCall | null;
}

/** `POST /v1/check`: may this go on? Answered from memory, so that it can stand in front of every call. */
export const checkRoute: Route = {
  method: 'POST',
  path: '/v1/check',
  access: 'ledger',
  handle: async call => {
    const body = parseObject(await readText(call.request, maxBytes));
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
    const model = readTextField(body, 'model');
    const inputTokens = readCount(body, 'input_tokens');
    const outputTokens = readCount(body, 'expected_output_tokens');
    const agent = readTextField(body, 'agent');
    const { plans, labels } = live.settings;
    return {
      facet: {
        agent,
        model,
        taskType: readTextField(body, 'task_type'),
        userId: readTextField(body, 'user_id') ?? labels.user ?? null,
        branch: readTextField(body, 'branch'),
        plan: agent !== null && Object.hasOwn(plans, agent) ? (plans[agent] ?? null) : null,
      },
      session: readTextField(body, 'session_id') ?? undefined,
      expected:
        inputTokens === null && outputTokens === null
          ? null
          : {
              provider: normalizeProvider(readTextField(body, 'provider')),
              model,
              inputTokens: inputTokens ?? 0,
              outputTokens,
            },
    };
  } catch (error) {
    throw error instanceof UsageError ? new HttpProblem(400, error.message, { field: error.field }) : error;
  }
}

/** An empty body asks about nothing in particular. */
function parseObject(text: string): JsonObject {
  try {
    const object = asObject(text.trim() === '' ? {} : JSON.parse(text));
    if (object) {
      return object;
    }
  } catch {
    // Told below.
  }
  throw new HttpProblem(400, 'The body must be a JSON object, such as {"session_id":"s1","model":"gpt-4.1"}.', {
    field: 'body',
  });
}
