import { setImmediate as nextTurn } from 'node:timers/promises';
import type { UsageAnswer } from '../../api/contract.ts';
import {
  type CaptureItem,
  parseUsageItems,
  TooManyRecordsError,
  UnreadableBodyError,
  type UsageContext,
} from '../../capture/usageBody.ts';
import { decodeText, readBody } from '../body.ts';
import { requireFewValues } from '../bodyRoom.ts';
import { findLedger, type Route, sendJson } from '../call.ts';
import { readContextHeaders } from '../contextHeaders.ts';
import type { LiveLedger } from '../liveLedger.ts';
import { HttpProblem } from '../problem.ts';
import { throwStorageProblem } from '../storageProblem.ts';
import { answerTest, isTest } from '../testRecord.ts';
import { formatUsageAnswer } from '../usageAnswer.ts';

/** How long parsing may hold up everything else, ms, and after how many items the clock is looked at. */
const turnMs = 8;
const itemsPerLook = 50;

/** `POST /v1/usage`: stores what the body tells of model calls; the answer says that it is durable. */
export const usageRoute: Route = {
  method: 'POST',
  path: '/v1/usage',
  access: 'ledger',
  handle: async call => {
    const live = findLedger(call);
    const receivedAt = Date.now();
    const bytes = await readBody(call.request);
    requireFewValues(bytes);
    const parsed = await parseBody(decodeText(bytes), readContextHeaders(call.request), receivedAt);
    if (isTest(call.request)) {
      const rejected = parsed.flatMap(item =>
        item.kind === 'rejected' ? [{ field: item.field, error: item.error }] : [],
      );
      answerTest(
        call.response,
        live,
        parsed.flatMap(item => (item.kind === 'record' ? [item.record] : [])),
        rejected,
      );
      return;
    }
    const items = refuseOld(parsed, live);
    const records = items.flatMap(item => (item.kind === 'record' ? [item.record] : []));
    const appended =
      records.length === 0 ? [] : await live.append(records).catch(throwStorageProblem('nothing was stored'));
    const answer: UsageAnswer = { ...formatUsageAnswer(items, appended), budget: live.budget() };
    call.engine.metrics.onRejected('/v1/usage', answer.rejected.length);
    sendJson(call.response, 200, answer);
  },
};

/** Items with those that the ledger's retention refuses as rejected ones, each input once. */
function refuseOld(items: readonly CaptureItem[], { retention }: LiveLedger): CaptureItem[] {
  if (!retention.refusesAny) {
    return [...items];
  }
  const refused = new Set<number>();
  return items.flatMap((item): CaptureItem[] => {
    const error = item.kind === 'record' ? retention.refusalOf(item.record) : null;
    if (error === null) {
      return [item];
    }
    const isFirst = !refused.has(item.input);
    refused.add(item.input);
    return isFirst ? [{ kind: 'rejected', input: item.input, field: 'timestamp', error }] : [];
  });
}

/** Parses a body, a large one with turns for others in between. Throws 400 and 413. */
async function parseBody(text: string, context: UsageContext, receivedAt: number): Promise<CaptureItem[]> {
  try {
    const items: CaptureItem[] = [];
    let until = performance.now() + turnMs;
    for (const some of parseUsageItems(text, context, receivedAt)) {
      items.push(...some);
      if (items.length % itemsPerLook === 0 && performance.now() > until) {
        await nextTurn();
        until = performance.now() + turnMs;
      }
    }
    return items;
  } catch (error) {
    const status = error instanceof UnreadableBodyError ? 400 : error instanceof TooManyRecordsError ? 413 : null;
    throw status === null ? error : new HttpProblem(status, (error as Error).message, { field: 'body' });
  }
}
