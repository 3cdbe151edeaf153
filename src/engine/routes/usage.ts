import { setImmediate as nextTurn } from 'node:timers/promises';
import type { UsageAnswer } from '../../api/contract.ts';
import {
  type CaptureItem,
  parseUsageItems,
  TooManyRecordsError,
  UnreadableBodyError,
  type UsageContext,
} from '../../capture/usageBody.ts';
import { formatUsageAnswer } from '../answers/usageAnswer.ts';
import { decodeText, readBody } from '../http/body.ts';
import { requireFewValues } from '../http/bodyRoom.ts';
import { findLedger, type Route, sendJson } from '../http/call.ts';
import { readContextHeaders } from '../http/contextHeaders.ts';
import { HttpProblem } from '../http/problem.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';
import { throwStorageProblem } from '../ledgers/storageProblem.ts';
import { answerTest, isTest } from '../ledgers/testRecord.ts';
import { appendPlaced, placeRecords } from '../routing/appendRouted.ts';
import type { Placed } from '../routing/ledgerRouter.ts';

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
    const found = parsed.flatMap(item => (item.kind === 'record' ? [item.record] : []));
    const router = call.engine.routerFor(call.access, call.query);
    const { items, placed } = refuseOld(parsed, await placeRecords(found, live, router));
    const appended =
      placed.length === 0 ? [] : await appendPlaced(placed).catch(throwStorageProblem('nothing was stored'));
    const answer: UsageAnswer = { ...formatUsageAnswer(items, appended), budget: tellingLedger(placed, live).budget() };
    call.engine.metrics.onRejected('/v1/usage', answer.rejected.length);
    sendJson(call.response, 200, answer);
  },
};

/** Items with those that their ledger's retention refuses as rejected ones, each input once; and where the others belong. */
function refuseOld(parsed: readonly CaptureItem[], places: readonly Placed[]) {
  const refused = new Set<number>();
  const items: CaptureItem[] = [];
  const placed: Placed[] = [];
  let next = 0;
  for (const item of parsed) {
    const place = item.kind === 'record' ? places[next++] : undefined;
    const error = place?.live.retention.refusesAny ? place.live.retention.refusalOf(place.record) : null;
    if (place && error === null) {
      placed.push(place);
    }
    if (error === null) {
      items.push(item);
    } else if (!refused.has(item.input)) {
      refused.add(item.input);
      items.push({ kind: 'rejected', input: item.input, field: 'timestamp', error });
    }
  }
  return { items, placed };
}

/** Whose budget the answer tells: that of the one ledger that all of it went to, else the token's. */
function tellingLedger(placed: readonly Placed[], live: LiveLedger): LiveLedger {
  const [first = live, ...others] = new Set(placed.map(place => place.live));
  return others.length === 0 ? first : live;
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
