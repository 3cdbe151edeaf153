import type { RecordRow, Records } from '../../api/contract.ts';
import { findSubagent } from '../../core/subagent.ts';
import type { Range } from '../../core/sums.ts';
import { cacheWriteTokens, promptTokens } from '../../core/usageRecord.ts';
import { type CallOrder, type CallQuery, callOrders, compareCalls } from '../../ledger/sums/callList.ts';
import type { CallRow } from '../../ledger/tables/change.ts';
import { formatCost } from '../answers/figures.ts';
import { findLedger, type Route, sendJson } from '../http/call.ts';
import { HttpProblem } from '../http/problem.ts';
import { isMachineWide, parseCount, parseFilter, parseRange } from './selection.ts';

const allTime: Range = { fromMs: 0, toMs: Number.MAX_SAFE_INTEGER };

/** `GET /v1/records`: single calls, the newest first when nothing else is asked for. */
export const recordsRoute: Route = {
  method: 'GET',
  path: '/v1/records',
  access: 'ledger',
  handle: async call => {
    const { query, engine } = call;
    const { ledger, zone } = findLedger(call);
    const hasRange = ['period', 'from', 'to'].some(field => query.has(field));
    const asked: CallQuery = {
      range: hasRange ? parseRange(query, Date.now(), zone) : allTime,
      filter: parseFilter(query),
      order: parseOrder(query.get('order') ?? 'newest'),
      limit: parseCount(query, 'limit', { least: 1, most: 1000, otherwise: 20 }),
      offset: parseCount(query, 'offset', { least: 0, most: 1_000_000, otherwise: 0 }),
    };
    const machine = isMachineWide(call) ? engine.machineSums : null;
    const rows = machine ? await readAll(machine, asked) : ledger.calls(asked);
    const answer: Records = { records: rows.map(formatRow) };
    sendJson(call.response, 200, answer);
  },
};

type Machine = NonNullable<Parameters<Route['handle']>[0]['engine']['machineSums']>;

/** Those of all ledgers; a call that several hold comes once. */
async function readAll(machine: Machine, { limit, offset, ...asked }: CallQuery): Promise<CallRow[]> {
  const { parts, extra } = await machine.collect(asked.range, ledger =>
    ledger.calls({ ...asked, limit: limit + offset, offset: 0 }),
  );
  const doubled = new Set(extra.map(({ id }) => id));
  return parts
    .flat()
    .filter(({ id }) => !doubled.has(id))
    .sort(compareCalls(asked.order))
    .slice(offset, offset + limit);
}

/** A call as a list shows it. */
export function formatRow({ id, record, cost, signals, observations }: CallRow): RecordRow {
  return {
    id,
    timestamp: new Date(record.timestamp).toISOString(),
    provider: record.provider,
    model: record.model,
    agent: record.agent,
    session_id: record.sessionId,
    task_type: record.taskType,
    prompt_tokens: promptTokens(record.tokens),
    completion_tokens: record.tokens.output,
    cost_usd: formatCost(cost.nanoUsd),
    cost_basis: cost.basis,
    signal: record.signal,
    cache_read_tokens: record.tokens.cacheRead,
    cache_write_tokens: cacheWriteTokens(record.tokens),
    reasoning_tokens: record.tokens.reasoning,
    latency_ms: record.latencyMs,
    service_tier: record.serviceTier,
    user_id: record.userId,
    project: record.project,
    branch: record.branch,
    request_id: record.requestId,
    subagent: findSubagent(record.agent, record.taskType, record.signal === 'transcript'),
    signals,
    observations,
  };
}

function parseOrder(text: string): CallOrder {
  const order = callOrders.find(known => known === text);
  if (order === undefined) {
    throw new HttpProblem(400, `order must be one of ${callOrders.join(', ')}.`, { field: 'order' });
  }
  return order;
}
