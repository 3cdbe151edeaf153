import type { AgentsAnswer } from './connectContract.ts';
import type { Costs } from './costContract.ts';
import { parseAgents, parseRecordDetail, parseRecords } from './parseRecords.ts';
import { parseCosts, parseSessions, parseSummary, parseTeam } from './parseSums.ts';
import { formatQuery, type ReadOptions, type RecordOptions, type SummaryRange } from './question.ts';
import type { RecordDetail, Records } from './recordContract.ts';
import type { GroupKey, Sessions, Summary } from './sumsContract.ts';
import type { TeamAnswer, TeamKey } from './teamContract.ts';
import { longMs, type Transport } from './transport.ts';

/** What was spent. Each throws as `Client` says. */
export interface SpendCalls {
  /** The same by the route's own parameters. */
  askSummary(query: Readonly<Record<string, string>>, signal?: AbortSignal): Promise<Summary>;
  summary(range: SummaryRange, groupBy: readonly GroupKey[], options?: ReadOptions): Promise<Summary>;
  /** What the cost of a range is made of. */
  costs(range: SummaryRange, groupBy: readonly GroupKey[], options?: ReadOptions): Promise<Costs>;
  /** What all engines of a team spent, with the lead's budgets. Needs the admin token. */
  team(range: SummaryRange, groupBy: readonly TeamKey[], options?: ReadOptions): Promise<TeamAnswer>;
  /** The sessions of a range, the latest first. */
  sessions(range: SummaryRange, options?: ReadOptions): Promise<Sessions>;
  /** Single calls; without a range those of all time. */
  records(options: RecordOptions): Promise<Records>;
  /** One call with its rate and the reports that made it. */
  record(id: string, signal?: AbortSignal): Promise<RecordDetail>;
  /** When each agent was last heard of. */
  agents(signal?: AbortSignal): Promise<AgentsAnswer>;
}

export function createSpendCalls({ call }: Transport, reads: Readonly<Record<string, string>>): SpendCalls {
  return {
    askSummary: (query, signal) => call(`/v1/summary?${new URLSearchParams(query)}`, { signal }, parseSummary),
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
    record: (id, signal) => call(`/v1/records/${encodeURIComponent(id)}`, { signal }, parseRecordDetail),
    agents: signal => call('/v1/agents', { signal }, parseAgents),
  };
}
