/** The traffic that `npm start` plays: five tasks of a coding agent, a planner on one model and its workers on a cheaper one. */

export interface SampleCall {
  readonly requestId: string;
  readonly sessionId: string;
  readonly taskType: string;
  readonly model: string;
  /** Tokens; the prompt includes the cached part. */
  readonly promptTokens: number;
  readonly cachedTokens: number;
  readonly completionTokens: number;
  readonly latencyMs: number;
}

const tasks = [
  { sessionId: 'login-test-is-flaky', taskType: 'bug-fix' },
  { sessionId: 'review-payment-retries', taskType: 'code-review' },
  { sessionId: 'extract-date-picker', taskType: 'refactoring' },
  { sessionId: 'cover-csv-import', taskType: 'testing' },
  { sessionId: 'explain-deploy-steps', taskType: 'documentation' },
];

/** How far a step's answer is from the usual length, in tokens; each list sums to zero, so that a task costs a round sum. */
const plannerSwing = [-700, 400, -250, 900, -500, 150, -900, 650, -300, 550];
const workerSwing = [0, 180, 60, -240, 310, 0, 520, -610, 130, -350];

/** A planner's step: its context grows with every turn, and what was sent before is read from the cache. */
function plannerCall(step: number): Pick<SampleCall, 'promptTokens' | 'cachedTokens' | 'completionTokens'> {
  const cachedTokens = step * 8000;
  return { cachedTokens, promptTokens: cachedTokens + 8000, completionTokens: 1875 + (plannerSwing[step % 10] ?? 0) };
}

/** A worker's step: a file or two to read, a short answer. */
function workerCall(step: number): Pick<SampleCall, 'promptTokens' | 'cachedTokens' | 'completionTokens'> {
  return { cachedTokens: 8000, promptTokens: 12_000, completionTokens: 1000 + (workerSwing[step % 10] ?? 0) };
}

/**
 * All calls in the order in which they are made: per task ten of the planner (gpt-4.1), each followed by four of a worker
 * (gpt-4.1-mini). 250 calls, $3.25 at list price.
 */
export function sampleCalls(): SampleCall[] {
  return tasks.flatMap(task =>
    Array.from({ length: 50 }, (_, index) => {
      const isPlanner = index % 5 === 0;
      const step = Math.floor(index / 5);
      const call = isPlanner ? plannerCall(step) : workerCall(index);
      return {
        ...task,
        ...call,
        requestId: `sample-${task.sessionId}-${index}`,
        model: isPlanner ? 'gpt-4.1' : 'gpt-4.1-mini',
        latencyMs: 400 + call.completionTokens * (isPlanner ? 9 : 4),
      };
    }),
  );
}

/** A call as an agent's own script would post it. */
export function toFlatRecord(call: SampleCall, timestamp: Date): object {
  return {
    request_id: call.requestId,
    timestamp: timestamp.toISOString(),
    provider: 'openai',
    model: call.model,
    session_id: call.sessionId,
    task_type: call.taskType,
    user_id: 'ada',
    prompt_tokens: call.promptTokens,
    cache_read_tokens: call.cachedTokens,
    completion_tokens: call.completionTokens,
    latency_ms: call.latencyMs,
    endpoint: '/v1/chat/completions',
  };
}

/** A call as the provider answered it, with the context an SDK wrapper adds. */
export function toProviderResponse(call: SampleCall, timestamp: Date): object {
  return {
    session_id: call.sessionId,
    task_type: call.taskType,
    user_id: 'ada',
    latency_ms: call.latencyMs,
    endpoint: '/v1/chat/completions',
    response: {
      id: call.requestId,
      object: 'chat.completion',
      created: Math.floor(timestamp.getTime() / 1000),
      model: call.model,
      service_tier: 'default',
      choices: [{ index: 0, message: { role: 'assistant', content: '' }, finish_reason: 'stop' }],
      usage: {
        prompt_tokens: call.promptTokens,
        completion_tokens: call.completionTokens,
        total_tokens: call.promptTokens + call.completionTokens,
        prompt_tokens_details: { cached_tokens: call.cachedTokens },
        completion_tokens_details: { reasoning_tokens: 0 },
      },
    },
  };
}
