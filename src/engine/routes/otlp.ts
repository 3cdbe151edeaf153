import { type Capture, joinCaptures } from '../../capture/otlp/capture.ts';
import { buildMetricRecords } from '../../capture/otlp/metricRecords.ts';
import { SpanNesting } from '../../capture/otlp/nesting.ts';
import { type OtlpCapture, parseOtlp } from '../../capture/otlp/otlp.ts';
import { OtlpDecodeError } from '../../capture/otlp/parts.ts';
import type { OtlpSignal } from '../../capture/otlp/protobuf.ts';
import { StorageError } from '../../ledger/disk/files.ts';
import { readBody } from '../http/body.ts';
import { requireFewValues } from '../http/bodyRoom.ts';
import { findLedger, type GrantedCall, type Route } from '../http/call.ts';
import { HttpProblem } from '../http/problem.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';
import { answerTest, isTest } from '../ledgers/testRecord.ts';
import { answerOtlp, type OtlpEncoding, readEncoding } from '../otlp/otlpAnswer.ts';
import { createPressure } from '../otlp/pressure.ts';
import { createSeriesStore, type SeriesStore } from '../otlp/seriesStore.ts';
import { appendPlaced, placeRecords } from '../routing/appendRouted.ts';
import type { LedgerRouter, Placed } from '../routing/ledgerRouter.ts';

/** OTLP/HTTP: `POST /v1/logs`, `/v1/traces`, `/v1/metrics`, and `POST /` for exporters that add no path (docs/otlp.md). */
export const otlpRoutes: readonly Route[] = (['logs', 'traces', 'metrics', null] as const).map(signal => ({
  method: 'POST',
  path: `/${signal === null ? '' : `v1/${signal}`}`,
  access: 'ledger',
  handle: call => receive(call, signal),
}));

const pressure = createPressure();
const stores = new WeakMap<LiveLedger, SeriesStore>();
const nestings = new WeakMap<LiveLedger, SpanNesting>();

async function receive(call: GrantedCall, signal: OtlpSignal | null): Promise<void> {
  const { request, response } = call;
  const live = findLedger(call);
  const work = pressure.enter(request);
  try {
    const bytes = await readBody(request);
    work.decoded(bytes.length);
    const encoding = readEncoding(request) ?? sniffEncoding(bytes);
    const parsed = parse(bytes, encoding, signal, findNesting(live));
    if (isTest(request)) {
      answerTest(response, live, parsed.records, parsed.error === null ? [] : [{ field: null, error: parsed.error }]);
      return;
    }
    const capture = await store(live, parsed, call.engine.routerFor(call.access, call.query));
    call.engine.metrics.onRejected(`/${signal === null ? '' : `v1/${signal}`}`, capture.rejected);
    answerOtlp(response, encoding, signal ?? 'logs', capture);
  } finally {
    work.leave();
  }
}

/** A content type that says nothing: JSON begins with a brace, a protobuf request with the tag of its first field. */
function sniffEncoding(bytes: Buffer): OtlpEncoding {
  return /^\s*\{/.test(bytes.toString('latin1', 0, 64)) ? 'json' : 'protobuf';
}

function parse(bytes: Buffer, encoding: OtlpEncoding, signal: OtlpSignal | null, nesting: SpanNesting): OtlpCapture {
  if (encoding === 'json') {
    requireFewValues(bytes);
  }
  try {
    const body = encoding === 'json' ? { encoding, text: new TextDecoder().decode(bytes) } : { encoding, bytes };
    return parseOtlp(body, signal, Date.now(), nesting);
  } catch (error) {
    throw error instanceof OtlpDecodeError ? new HttpProblem(400, error.message, { field: 'body' }) : error;
  }
}

/** Stores what was captured; resolves when it is durable. */
async function store(live: LiveLedger, { points, ...direct }: OtlpCapture, router: LedgerRouter | null) {
  try {
    const { steps, undo } = await findStore(live).advance(points);
    const { records, ...rest } = joinCaptures([direct, buildMetricRecords(steps, Date.now())]);
    const { placed, capture } = refuseOld(await placeRecords(records, live, router), rest);
    await appendPlaced(placed).catch(error => {
      undo();
      throw error;
    });
    return capture;
  } catch (error) {
    // Full or broken: exporters try again on 503, but not on 507.
    throw error instanceof StorageError
      ? new HttpProblem(503, `The disk refuses, nothing was stored: ${error.message}`, {
          headers: { 'retry-after': '5' },
        })
      : error;
  }
}

/** A capture with the records that their ledger's retention refuses as rejected pieces. */
function refuseOld(places: readonly Placed[], rest: Omit<Capture, 'records'>) {
  const errors = places.map(({ live, record }) => live.retention.refusalOf(record));
  const refused = errors.filter(error => error !== null);
  const placed = places.filter((_, index) => errors[index] === null);
  const admitted = { ...rest, records: placed.map(({ record }) => record) };
  const capture = joinCaptures([admitted, { records: [], rejected: refused.length, error: refused[0] ?? null }]);
  return { placed, capture };
}

function findStore(live: LiveLedger): SeriesStore {
  const store = stores.get(live) ?? createSeriesStore(live.folder);
  stores.set(live, store);
  return store;
}

function findNesting(live: LiveLedger): SpanNesting {
  const nesting = nestings.get(live) ?? new SpanNesting();
  nestings.set(live, nesting);
  return nesting;
}
