import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { buildMetricRecords } from '../../../../src/capture/otlp/metricRecords.ts';
import { parseOtlp } from '../../../../src/capture/otlp/otlp.ts';
import type { OtlpBody } from '../../../../src/capture/otlp/payload.ts';
import type { OtlpSignal } from '../../../../src/capture/otlp/protobuf.ts';
import { hasCallId, type UsageRecord } from '../../../../src/core/usageRecord.ts';
import { encodeProtobuf } from './encodeProtobuf.ts';
import { arrival } from './telemetry.ts';

const folder = new URL('../../../fixtures/wire/otlp/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder));

interface Expected {
  readonly dedupe_key?: string;
  readonly session?: string;
  readonly agent_id?: string;
  readonly reported_cost_usd?: number;
}

const samples: Record<string, { records: Expected[] }> = JSON.parse(read('expected.json').toString());

function parse(body: OtlpBody, signal: OtlpSignal | null): UsageRecord[] {
  const { records, points, rejected } = parseOtlp(body, signal, arrival);
  expect(rejected).toBe(0);
  return [...records, ...buildMetricRecords(points, arrival).records];
}

function toExpected({ provider, model, tokens, ids }: UsageRecord) {
  const isSplit = tokens.cacheWrite5m + tokens.cacheWrite1h > 0;
  return {
    provider,
    model,
    input_tokens: tokens.input,
    cache_read_tokens: tokens.cacheRead,
    cache_write_tokens: tokens.cacheWrite5m + tokens.cacheWrite1h + tokens.cacheWrite,
    cache_write_5m_tokens: isSplit ? tokens.cacheWrite5m : null,
    cache_write_1h_tokens: isSplit ? tokens.cacheWrite1h : null,
    output_tokens: tokens.output,
    reasoning_tokens: tokens.reasoning,
    ...(hasCallId(ids) ? { dedupe_key: ids[0] } : {}),
  };
}

function signalOf(file: string): OtlpSignal {
  return (/logs|traces|metrics/.exec(file)?.[0] ?? 'logs') as OtlpSignal;
}

/** An agent's own price is no cost, and its id of a subagent is kept nowhere. */
function withoutForeign({ reported_cost_usd, agent_id, session, ...rest }: Expected) {
  return rest;
}

describe.each(Object.keys(samples))('%s', file => {
  const bytes = read(file);
  const expected = samples[file]?.records ?? [];
  const signal = signalOf(file);
  const bodies: OtlpBody[] = file.endsWith('.pb')
    ? [{ encoding: 'protobuf', bytes }]
    : [
        { encoding: 'json', text: bytes.toString() },
        { encoding: 'protobuf', bytes: encodeProtobuf(JSON.parse(bytes.toString()), signal) },
      ];

  it.each(bodies)('gives its records as $encoding, at its path and at any', body => {
    for (const path of [signal, null]) {
      const records = parse(body, path);
      expect(records.map(toExpected)).toEqual(expected.map(withoutForeign));
      for (const [index, { sessionId }] of records.entries()) {
        expect(sessionId).toBe(expected[index]?.session ?? sessionId);
      }
    }
  });

  it('gives records with the same ids when it is delivered twice', () => {
    const [body] = bodies as [OtlpBody];
    const ids = () => parse(body, signal).map(record => record.ids);
    expect(ids()).toEqual(ids());
    expect(ids().every(each => each.length > 0)).toBe(true);
  });
});

it('reads JSON and protobuf to the same records', () => {
  const text = read('claude-code-otlp-logs.json').toString();
  const pb = read('claude-code-otlp-logs.pb');
  expect(parse({ encoding: 'protobuf', bytes: pb }, 'logs')).toEqual(parse({ encoding: 'json', text }, 'logs'));
});
