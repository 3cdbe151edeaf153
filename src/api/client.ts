import type { Filter } from '../core/filter.ts';
import { ApiError, EngineUnreachableError } from './apiError.ts';
import type { AgentsAnswer } from './connectContract.ts';
import type {
  BudgetList,
  Costs,
  DeletionAnswer,
  DeletionRequest,
  Diagnostics,
  EstimateAnswer,
  EstimateQuestion,
  FoundTranscripts,
  GroupKey,
  Health,
  ImportEvent,
  NoticeAction,
  Records,
  Sessions,
  Summary,
  SummaryPeriod,
  UsageAnswer,
  WindowAnswer,
  WindowRegistration,
} from './contract.ts';
import type { EstimateAccuracy, EstimateToKeep, HistoryAnswer } from './estimateContract.ts';
import { type ApiEvent, parseEvents } from './events.ts';
import type { ForwardHistoryEvent } from './forwardContract.ts';
import { parseForwardEvents } from './forwardEvents.ts';
import { parseFoundTranscripts, parseImportEvents } from './importEvents.ts';
import {
  parseAgents,
  parseBudgetList,
  parseCosts,
  parseDeletion,
  parseDiagnostics,
  parseHealth,
  parseProblem,
  parseRecordDetail,
  parseRecords,
  parseSessions,
  parseSummary,
  parseTeam,
  parseWindowAnswer,
  UnexpectedAnswerError,
} from './parseAnswer.ts';
import { parseAccuracy, parseHistory } from './parseEstimates.ts';
import { parseEstimateAnswer, parseUsageAnswer } from './parseUsage.ts';
import type { RecordDetail } from './recordContract.ts';
import type { TeamAnswer, TeamKey } from './teamContract.ts';

export interface ClientOptions {
  /** Base URL of the engine, without a slash at its end. */
  readonly url: string;
  /** The admin token, or an ingest token: the calls then read that token's ledger. */
  readonly token: string;
  /** Added to every question about calls: with the admin token `window`, or `scope=machine`. */
  readonly reads?: Readonly<Record<string, string>>;
  /** How long one call may take, ms. Streams have it for their beginning only. */
  readonly timeoutMs?: number;
}

/** A named period, or instants or zone dates with `to` exclusive. */
export type SummaryRange = { readonly period: SummaryPeriod } | { readonly from: string; readonly to: string };

/** What else a question about calls may say. */
export interface ReadOptions {
  readonly filter?: Filter;
  /** Whether the range before is to be told, too. */
  readonly isCompared?: boolean;
  readonly signal?: AbortSignal | undefined;
}

export interface RecordOptions extends ReadOptions {
  readonly range?: SummaryRange;
  readonly order: 'newest' | 'oldest' | 'dearest';
  readonly limit: number;
}

/** The engine's HTTP interface, typed. Every call throws `ApiError` or `EngineUnreachableError`, or the signal's reason. */
export interface Client {
  readonly url: string;
  health(signal?: AbortSignal): Promise<Health>;
  /** The same by the route's own parameters. */
  askSummary(query: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Summary>;
  /** Stores what the body of `POST /v1/usage` tells. */
  recordUsage(body: unknown, signal?: AbortSignal): Promise<UsageAnswer>;
  estimate(question: EstimateQuestion, signal?: AbortSignal): Promise<EstimateAnswer>;
  summary(range: SummaryRange, groupBy: readonly GroupKey[], options?: ReadOptions): Promise<Summary>;
  /** What the cost of a range is made of. */
  costs(range: SummaryRange, groupBy: readonly GroupKey[], options?: ReadOptions): Promise<Costs>;
  /** What all engines of a team spent, with the lead's budgets. Needs the admin token. */
  team(range: SummaryRange, groupBy: readonly TeamKey[], options?: ReadOptions): Promise<TeamAnswer>;
  /** The sessions of a range, the latest first. */
  sessions(range: SummaryRange, options?: ReadOptions): Promise<Sessions>;
  /** Single calls; without a range those of all time. */
  records(options: RecordOptions): Promise<Records>;
  diagnostics(signal?: AbortSignal): Promise<Diagnostics>;
  /** When each agent was last heard of. */
  agents(signal?: AbortSignal): Promise<AgentsAnswer>;
  /** One call with its rate and the reports that made it. */
  record(id: string, signal?: AbortSignal): Promise<RecordDetail>;
  /** Opens the event stream, which is the window's lease on the engine. Reconnecting is left to the caller. */
  events(window: string | null, signal: AbortSignal): AsyncIterable<ApiEvent>;
  registerWindow(id: string, registration: WindowRegistration, signal?: AbortSignal): Promise<WindowAnswer>;
  forgetWindow(id: string, signal?: AbortSignal): Promise<void>;
  /** Every budget of the token's ledger, with so many of its last periods. */
  budgets(periods: number, signal?: AbortSignal): Promise<BudgetList>;
  /** Lets an enforcing budget be overdrawn for so many minutes; `window` has the budget. Needs the admin token. */
  allowBudget(name: string, minutes: number, window: string, signal?: AbortSignal): Promise<void>;
  answerNotice(id: string, action: NoticeAction, signal?: AbortSignal): Promise<void>;
  /** What agents left on disk, of all agents or of these. */
  findTranscripts(agents?: readonly string[], signal?: AbortSignal): Promise<FoundTranscripts>;
  /** Imports it, and tells how far that is; the signal cancels it. Ends after `done` or `failed`. */
  importHistory(agents: readonly string[] | undefined, signal: AbortSignal): AsyncIterable<ImportEvent>;
  /** Sends the stored calls to a destination, and tells how far that is; the signal cancels it. Ends after `done` or `failed`. */
  forwardHistory(destination: string, signal: AbortSignal): AsyncIterable<ForwardHistoryEvent>;
  /** Deletes calls for good, or says what would go. */
  deleteHistory(request: DeletionRequest, signal?: AbortSignal): Promise<DeletionAnswer>;
  /** A compact copy of the ledger's database; `onBytes` is told how much of it has come. */
  database(signal: AbortSignal, onBytes?: (received: number, total: number) => void): Promise<Uint8Array>;
  /** Replaces every token, also this client's own: read the new one where it is kept. Admin token. */
  rotateTokens(signal?: AbortSignal): Promise<void>;
  /** What past calls were like: of a model, a task type, an agent. */
  history(query: HistoryQuery, signal?: AbortSignal): Promise<HistoryAnswer>;
  /** How far estimates were off, and what was learned from it. */
  estimates(signal?: AbortSignal): Promise<EstimateAccuracy>;
  /** Keeps an estimate, to be held against the request that it was made for. */
  keepEstimate(estimate: EstimateToKeep, signal?: AbortSignal): Promise<void>;
  /** Forgets all estimates that were kept, and what was learned from them. */
  forgetEstimates(signal?: AbortSignal): Promise<void>;
  shutdown(signal?: AbortSignal): Promise<void>;
}

/** What past calls have to have in common. */
export interface HistoryQuery {
  readonly model?: string;
  readonly task_type?: string;
  readonly agent?: string;
}

interface Call {
  readonly method?: 'GET' | 'PUT' | 'POST' | 'DELETE';
  readonly body?: unknown;
  readonly signal: AbortSignal | undefined;
  /** Instead of the client's, for what takes the engine long. ms. */
  readonly limitMs?: number;
}

const defaultTimeoutMs = 10_000;
/** Deleting or copying a million calls takes a while, and so does looking through a large home. ms. */
const longMs = 300_000;

export function createClient({ url, token, reads = {}, timeoutMs = defaultTimeoutMs }: ClientOptions): Client {
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

  /** One call from request to parsed answer, within the time-out. */
  async function call<T>(path: string, options: Call, parse: (value: unknown) => T): Promise<T> {
    const timeout = AbortSignal.timeout(options.limitMs ?? timeoutMs);
    const signal = options.signal ? AbortSignal.any([options.signal, timeout]) : timeout;
    return reportUnreachable(options.signal, url, async () => {
      const response = await request(path, { ...options, signal });
      const text = await response.text();
      return parse(text === '' ? null : JSON.parse(text));
    });
  }

  /** The body of an answer that goes on; the time-out holds for its beginning. */
  async function open(path: string, { signal, ...options }: Call & { readonly signal: AbortSignal }) {
    const opening = new AbortController();
    const fail = () => opening.abort(new DOMException('No answer', 'TimeoutError'));
    const timer = setTimeout(fail, options.limitMs ?? timeoutMs);
    const { headers, body } = await reportUnreachable(signal, url, () =>
      request(path, { ...options, signal: AbortSignal.any([signal, opening.signal]) }),
    ).finally(() => clearTimeout(timer));
    return { headers, body: body as ReadableStream<Uint8Array> | null };
  }

  async function* events(window: string | null, signal: AbortSignal): AsyncGenerator<ApiEvent, void, undefined> {
    const query = window === null ? '' : `?window=${encodeURIComponent(window)}`;
    const { body } = await open(`/v1/events${query}`, { signal });
    if (body) {
      yield* parseEvents(body);
    }
  }

  async function* importHistory(agents: readonly string[] | undefined, signal: AbortSignal) {
    const { body } = await open('/v1/import', { method: 'POST', body: { agents }, signal });
    if (body) {
      yield* parseImportEvents(body);
    }
  }

  async function* forwardHistory(destination: string, signal: AbortSignal) {
    const { body } = await open('/v1/forward/history', { method: 'POST', body: { destination }, signal });
    if (body) {
      yield* parseForwardEvents(body);
    }
  }

  async function database(signal: AbortSignal, onBytes: (received: number, total: number) => void = () => {}) {
    const { headers, body } = await open('/v1/database', { signal, limitMs: longMs });
    return reportUnreachable(signal, url, () => readAll(headers, body, onBytes));
  }

  const windowPath = (id: string) => `/v1/windows/${encodeURIComponent(id)}`;
  return {
    url,
    events,
    importHistory,
    forwardHistory,
    health: signal => call('/healthz', { signal }, parseHealth),
    summary: (range, groupBy, options = {}) =>
      call(
        `/v1/summary?${formatQuery({ ...reads, ...range }, groupBy, options)}`,
        { signal: options.signal },
        parseSummary,
      ),
    costs: (range, groupBy, options = {}) =>
      call(
        `/v1/costs?${formatQuery({ ...reads, ...range }, groupBy, options)}`,
        { signal: options.signal },
        parseCosts,
      ),
    team: (range, groupBy, options = {}) =>
      call(
        `/v1/team?${formatQuery({ ...reads, ...range }, groupBy, options)}`,
        { signal: options.signal, limitMs: longMs },
        parseTeam,
      ),
    sessions: (range, options = {}) =>
      call(
        `/v1/sessions?${formatQuery({ ...reads, ...range }, [], options)}`,
        { signal: options.signal },
        parseSessions,
      ),
    records: ({ range, order, limit, ...options }) => {
      const query = { ...reads, ...range, order, limit: String(limit) };
      return call(`/v1/records?${formatQuery(query, [], options)}`, { signal: options.signal }, parseRecords);
    },
    agents: signal => call('/v1/agents', { signal }, parseAgents),
    askSummary: (query, signal) => call(`/v1/summary?${new URLSearchParams(query)}`, { signal }, parseSummary),
    recordUsage: (body, signal) => call('/v1/usage', { method: 'POST', body, signal }, parseUsageAnswer),
    estimate: (body, signal) => call('/v1/estimate', { method: 'POST', body, signal }, parseEstimateAnswer),
    diagnostics: signal => call('/v1/diagnostics', { signal }, parseDiagnostics),
    record: (id, signal) => call(`/v1/records/${encodeURIComponent(id)}`, { signal }, parseRecordDetail),
    registerWindow: (id, body, signal) => call(windowPath(id), { method: 'PUT', body, signal }, parseWindowAnswer),
    forgetWindow: (id, signal) => call(windowPath(id), { method: 'DELETE', signal }, ignore),
    budgets: (periods, signal) =>
      call(`/v1/budgets?${new URLSearchParams({ ...reads, periods: String(periods) })}`, { signal }, parseBudgetList),
    allowBudget: (name, minutes, window, signal) => {
      const path = `/v1/budgets/${encodeURIComponent(name)}/allow?window=${encodeURIComponent(window)}`;
      return call(path, { method: 'POST', body: { minutes }, signal }, ignore);
    },
    answerNotice: (id, action, signal) =>
      call(`/v1/notices/${encodeURIComponent(id)}`, { method: 'POST', body: { action }, signal }, ignore),
    findTranscripts: (agents, signal) => {
      const query = agents === undefined ? '' : `?agents=${agents.map(encodeURIComponent).join(',')}`;
      return call(`/v1/import${query}`, { signal, limitMs: longMs }, parseFoundTranscripts);
    },
    deleteHistory: (body, signal) =>
      call('/v1/delete', { method: 'POST', body, signal, limitMs: longMs }, parseDeletion),
    database,
    rotateTokens: signal => call('/v1/tokens/rotate', { method: 'POST', signal }, ignore),
    history: (query, signal) => call(`/v1/history?${new URLSearchParams({ ...query })}`, { signal }, parseHistory),
    estimates: signal => call('/v1/estimates', { signal }, parseAccuracy),
    keepEstimate: (body, signal) => call('/v1/estimates', { method: 'POST', body, signal }, ignore),
    forgetEstimates: signal => call('/v1/estimates', { method: 'DELETE', signal }, ignore),
    shutdown: signal => call('/v1/shutdown', { method: 'POST', signal }, ignore),
  };
}

function ignore(): void {}

/** A question about calls: an empty value of a filter stands for calls without any. */
function formatQuery(
  query: Readonly<Record<string, string>>,
  groupBy: readonly GroupKey[],
  { filter = {}, isCompared }: ReadOptions,
): URLSearchParams {
  const params = new URLSearchParams({
    ...query,
    ...(groupBy.length > 0 ? { group_by: groupBy.join(',') } : {}),
    ...(isCompared ? { compare: 'previous' } : {}),
  });
  for (const [key, values] of Object.entries(filter)) {
    for (const value of values) {
      params.append(key, value ?? '');
    }
  }
  return params;
}

/** A body of a length that was announced. Throws when it ends before. */
async function readAll(
  headers: Headers,
  body: ReadableStream<Uint8Array> | null,
  onBytes: (received: number, total: number) => void,
): Promise<Uint8Array> {
  const bytes = new Uint8Array(Number(headers.get('content-length') ?? 0));
  let received = 0;
  for await (const piece of body ?? []) {
    if (received + piece.length > bytes.length) {
      throw new UnexpectedAnswerError('database');
    }
    bytes.set(piece, received);
    received += piece.length;
    onBytes(received, bytes.length);
  }
  if (received < bytes.length) {
    throw new Error('The copy ended too soon.');
  }
  return bytes;
}

/** Runs a call and says in our own error why the engine could not be reached. The caller's abort passes unchanged. */
async function reportUnreachable<T>(caller: AbortSignal | undefined, url: string, run: () => Promise<T>): Promise<T> {
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
