import { type JsonObject, readCount, readText, UsageError } from '../../capture/json.ts';
import { usdToNano } from '../../core/money.ts';
import type { Estimate } from '../../ledger/side/estimates.ts';
import { computeAccuracy } from '../estimates/accuracy.ts';
import { findLedger, type Route, sendJson } from '../http/call.ts';
import { readJsonObject } from '../http/jsonBody.ts';
import { HttpProblem } from '../http/problem.ts';

const dayMs = 86_400_000;
/** What is older says little about today's tokenizers and prompts. */
const accuracyDays = 365;
const example = '{"model":"gpt-4.1","input_tokens":1200}';

/** `GET /v1/estimates`: how far the estimates of a year were off, and what was learned from it. */
const readEstimates: Route = {
  method: 'GET',
  path: '/v1/estimates',
  access: 'ledger',
  handle: call => {
    const { ledger } = findLedger(call);
    const range = { fromMs: Date.now() - accuracyDays * dayMs, toMs: Number.MAX_SAFE_INTEGER };
    sendJson(call.response, 200, computeAccuracy(ledger.estimates.list(range)));
  },
};

/** `POST /v1/estimates`: keeps an estimate, to be held against the request that it was made for. */
const keepEstimate: Route = {
  method: 'POST',
  path: '/v1/estimates',
  access: 'ledger',
  handle: async call => {
    const live = findLedger(call);
    await live.estimates.keep(parseEstimate(await readJsonObject(call.request, { example })));
    sendJson(call.response, 200, {});
  },
};

/** `DELETE /v1/estimates`: forgets them, and what was learned from them. */
const forgetEstimates: Route = {
  method: 'DELETE',
  path: '/v1/estimates',
  access: 'ledger',
  handle: async call => {
    await findLedger(call).estimates.forget();
    sendJson(call.response, 200, {});
  },
};

export const estimatesRoutes: readonly Route[] = [readEstimates, keepEstimate, forgetEstimates];

function parseEstimate(body: JsonObject): Estimate {
  try {
    const model = requireField(readText(body, 'model'), 'model');
    const inputTokens = requireField(readCount(body, 'input_tokens'), 'input_tokens');
    const textHash = readText(body, 'text_hash');
    if (textHash !== null && !/^[0-9a-f]{32}$/.test(textHash)) {
      throw new UsageError('text_hash', 'text_hash must be 32 hex digits.');
    }
    return {
      timestamp: Date.now(),
      model,
      sessionId: readText(body, 'session_id'),
      textHash,
      fileType: readText(body, 'file_type'),
      isExact: body.exact === true,
      inputTokens,
      inputLow: readCount(body, 'input_low_tokens') ?? inputTokens,
      inputHigh: readCount(body, 'input_high_tokens') ?? inputTokens,
      baseTokens: readCount(body, 'base_tokens') ?? inputTokens,
      outputTokens: readCount(body, 'output_tokens'),
      costNanoUsd: readUsd(body, 'cost_usd'),
      costLowNanoUsd: readUsd(body, 'low_usd'),
      costHighNanoUsd: readUsd(body, 'high_usd'),
    };
  } catch (error) {
    throw error instanceof UsageError ? new HttpProblem(400, error.message, { field: error.field }) : error;
  }
}

function readUsd(body: JsonObject, field: string): number | null {
  const value = body[field];
  if (value === undefined || value === null) {
    return null;
  }
  if (typeof value !== 'number' || !(value >= 0 && value <= 1_000_000)) {
    throw new UsageError(field, `${field} must be an amount in USD.`);
  }
  return usdToNano(value);
}

function requireField<T>(value: T | null, field: string): T {
  if (value === null) {
    throw new UsageError(field, `${field} is missing.`);
  }
  return value;
}
