import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { UsageRecord } from '../../../src/core/usageRecord.ts';
import { parseUsageBody } from './parseUsageBody.ts';

const folder = new URL('../../fixtures/wire/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');

interface Expected {
  readonly provider: string | null;
  readonly model: string | null;
  readonly input_tokens: number;
  readonly cache_read_tokens: number;
  readonly cache_write_tokens: number;
  readonly cache_write_5m_tokens: number | null;
  readonly cache_write_1h_tokens: number | null;
  readonly output_tokens: number;
  readonly reasoning_tokens: number | null;
  readonly dedupe_key?: string;
  readonly web_search_requests?: number;
  readonly inference_geo?: string;
  readonly service_tier?: string;
  readonly reported_cost_usd?: number;
}

const samples: Record<string, { records: Expected[] }> = JSON.parse(read('expected.json'));
const arrival = Date.UTC(2026, 10, 22, 12);

function toExpected(record: UsageRecord): Expected {
  const { tokens } = record;
  const isSplit = tokens.cacheWrite5m + tokens.cacheWrite1h > 0;
  return {
    provider: record.provider,
    model: record.model,
    input_tokens: tokens.input ?? Number.NaN,
    cache_read_tokens: tokens.cacheRead,
    cache_write_tokens: tokens.cacheWrite5m + tokens.cacheWrite1h + tokens.cacheWrite,
    cache_write_5m_tokens: isSplit ? tokens.cacheWrite5m : null,
    cache_write_1h_tokens: isSplit ? tokens.cacheWrite1h : null,
    output_tokens: tokens.output ?? Number.NaN,
    reasoning_tokens: tokens.reasoning,
    ...(record.ids[0] === undefined ? {} : { dedupe_key: record.ids[0] }),
    ...(record.webSearches === 0 ? {} : { web_search_requests: record.webSearches }),
    ...(record.inferenceGeo === null ? {} : { inference_geo: record.inferenceGeo }),
    ...(record.serviceTier === null ? {} : { service_tier: record.serviceTier }),
    ...(record.billedNanoUsd === null ? {} : { reported_cost_usd: record.billedNanoUsd / 1e9 }),
  };
}

function recordsOf(body: string): UsageRecord[] {
  return parseUsageBody(body, {}, arrival).map(item => {
    if (item.kind === 'rejected') {
      throw new Error(`rejected: ${item.field}: ${item.error}`);
    }
    return item.record;
  });
}

describe.each(Object.keys(samples))('%s', file => {
  const body = read(file);
  const expected = samples[file]?.records ?? [];

  it('gives its records', () => {
    const records = recordsOf(body);
    expect(records.map(toExpected)).toEqual(expected);
    for (const record of records) {
      expect(record).toMatchObject({ signal: 'response', completeness: 'complete', speed: null });
    }
  });

  it('gives the same inside {response}, as text or as an object', () => {
    const wrapped = [JSON.stringify({ response: body, session_id: 's-1' })];
    if (file.endsWith('.json')) {
      wrapped.push(JSON.stringify({ response: JSON.parse(body), session_id: 's-1' }));
    }
    for (const text of wrapped) {
      const records = recordsOf(text);
      expect(records.map(toExpected)).toEqual(expected);
      expect(records.map(record => record.sessionId)).toEqual(expected.map(() => 's-1'));
    }
  });

  it('gives the same with CRLF, a byte order mark and without its last blank line', () => {
    for (const text of [body.replaceAll('\n', '\r\n'), `\uFEFF${body}`, body.trimEnd()]) {
      expect(recordsOf(text).map(toExpected)).toEqual(expected);
    }
  });

  it('keeps no text of the conversation', () => {
    const texts = JSON.stringify(recordsOf(body));
    expect(texts).not.toMatch(/invented|"x"|"hi"|ented/);
  });
});
