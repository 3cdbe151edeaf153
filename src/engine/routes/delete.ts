import * as v from 'valibot';
import type { DeletionAnswer } from '../../api/contract.ts';
import { noSums, type Sums } from '../../core/sums.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { Selection } from '../../ledger/tables/change.ts';
import { formatFigures } from '../answers/figures.ts';
import { findLedger, type Route, sendJson } from '../http/call.ts';
import { readJson, requireShape } from '../http/jsonBody.ts';
import { HttpProblem } from '../http/problem.ts';
import { throwStorageProblem } from '../ledgers/storageProblem.ts';
import { parseInstant } from './selection.ts';

const maxBytes = 64 * 1024;
const hint = 'Give either from and to, or session_id. ';
const dryRun = v.optional(v.boolean(), false);
const instant = v.pipe(v.string(), v.nonEmpty());
// Strict: a misspelt `dry_run` must not delete.
const bySession = v.strictObject({ session_id: v.pipe(v.string(), v.nonEmpty()), dry_run: dryRun });
const byRange = v.strictObject({ from: instant, to: instant, dry_run: dryRun });

/** `POST /v1/delete`: deletes the calls of a range or a session for good, or with `dry_run` says what would go. */
export const deleteRoute: Route = {
  method: 'POST',
  path: '/v1/delete',
  access: 'ledger',
  handle: async call => {
    const live = findLedger(call);
    const { selection, isDryRun } = parseRequest(await readJson(call.request, { maxBytes }), live.zone);
    const sums = sumSelected(live.ledger, selection);
    if (!isDryRun && sums.requests > 0) {
      await live.delete(selection).catch(throwStorageProblem('not all was deleted'));
      call.engine.log('info', `Deleted ${sums.requests} calls from ${live.folder}, as was asked for.`);
    }
    const answer: DeletionAnswer = { deleted: formatFigures(sums) };
    sendJson(call.response, 200, answer);
  },
};

/** Of a range, also the sums that retention left; of a session only the calls that are still there, as its sums can't be told apart. */
function sumSelected(ledger: Ledger, selection: Selection): Sums {
  if ('range' in selection) {
    return ledger.sum(selection.range);
  }
  const range = { fromMs: ledger.detailSince, toMs: Number.MAX_SAFE_INTEGER };
  const groups = ledger.group(range, ['session_id'], 'UTC');
  return groups.find(({ key }) => key.session_id === selection.sessionId)?.sums ?? noSums;
}

function parseRequest(value: unknown, zone: string): { readonly selection: Selection; readonly isDryRun: boolean } {
  if (isSession(value)) {
    const { session_id, dry_run } = requireShape(bySession, value, hint);
    return { selection: { sessionId: session_id }, isDryRun: dry_run };
  }
  const { from, to, dry_run } = requireShape(byRange, value, hint);
  const range = { fromMs: parseInstant('from', from, zone), toMs: parseInstant('to', to, zone) };
  if (range.toMs < range.fromMs) {
    throw new HttpProblem(400, 'to is before from.', { field: 'to' });
  }
  return { selection: { range }, isDryRun: dry_run };
}

function isSession(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'session_id' in value;
}
