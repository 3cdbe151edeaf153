import { describe, expect, it } from 'vitest';
import { SpanNesting, type TracedCall } from '../../../../src/capture/otlp/nesting.ts';
import { parseOtlp } from '../../../../src/capture/otlp/otlp.ts';
import { makeRecord, makeTokens } from '../../ledger/makeLedger.ts';
import { encodeProtobuf } from './encodeProtobuf.ts';
import { arrival, attributes } from './telemetry.ts';

/** A call as a span tells it; `null` output is a span that tells of none. */
function span(id: string, parent: string | null, output: number | null, changes = {}): TracedCall {
  const tokens = makeTokens({ output, ...changes });
  const record = output === null ? null : makeRecord({ ids: [`~span/${id}`], signal: 'otlp_span', tokens });
  return { id, parent, record };
}

const http = span('http', 'outer', null);
const outer = span('outer', 'root', 500, { input: 1000 });
const inner = span('inner', 'http', 500, { input: 200, cacheRead: 800 });
const root = span('root', null, null);

/** How many calls the ledger makes of records: those with an id in common are one. */
function countCalls(deliveries: readonly (readonly TracedCall[])[], nesting = new SpanNesting()): number {
  let calls: Set<string>[] = [];
  for (const { ids } of deliveries.flatMap(spans => nesting.join(spans))) {
    const same = calls.filter(call => ids.some(id => call.has(id)));
    calls = [...calls.filter(call => !same.includes(call)), new Set([...same.flatMap(call => [...call]), ...ids])];
  }
  return calls.length;
}

function orders<T>(items: readonly T[]): T[][] {
  return items.length < 2
    ? [[...items]]
    : items.flatMap((item, index) => orders(items.filter((_, at) => at !== index)).map(rest => [item, ...rest]));
}

describe('a call that two instrumentations tell as nested spans', () => {
  it('is one, in any order, in one delivery or several', () => {
    for (const spans of orders([root, outer, http, inner])) {
      expect(countCalls([spans]), 'in one delivery').toBe(1);
      expect(countCalls(spans.map(one => [one])), 'one by one').toBe(1);
    }
  });

  it('is one when three tell it', () => {
    const third = span('third', 'inner', 500, { input: 1000 });
    for (const spans of orders([outer, http, inner, third])) {
      expect(countCalls(spans.map(one => [one]))).toBe(1);
    }
  });

  it('is told alike when the delivery is repeated', () => {
    const nesting = new SpanNesting();
    const first = nesting.join([inner, http, outer]);
    expect(nesting.join([inner, http, outer])).toEqual(first);
  });

  it('are two beside each other, with other counts, or in another trace', () => {
    const sibling = span('sibling', 'outer', 500, { input: 1000 });
    expect(countCalls([[root, span('a', 'root', 500), span('b', 'root', 500)]])).toBe(2);
    expect(countCalls([[outer, span('inner', 'outer', 501)]])).toBe(2);
    expect(countCalls([[outer, span('inner', 'elsewhere', 500)]])).toBe(2);
    // Of two that look like the one around them, one is it.
    expect(countCalls([[outer, http, inner, sibling]])).toBe(2);
  });

  it('are remembered as long as there is room', () => {
    const nesting = new SpanNesting();
    nesting.join([inner]);
    nesting.join(Array.from({ length: 5_000 }, (_, index) => span(`s${index}`, `p${index}`, 1)));
    expect(nesting.join([http, outer]).map(({ ids }) => ids)).toEqual([['~span/outer']]);
  });
});

it('reads the parents of spans from JSON and protobuf', () => {
  const make = (spanId: string, parentSpanId: string, values: Record<string, string | number>) => ({
    ...{ traceId: '0af7651916cd43dd8448eb211c80319c', spanId, parentSpanId, name: 'span' },
    ...{ startTimeUnixNano: '1795300001000000000', endTimeUnixNano: '1795300003000000000' },
    attributes: attributes(values),
  });
  const spans = [
    make('00000000000000b1', '00000000000000a1', {
      'openinference.span.kind': 'LLM',
      'llm.token_count.prompt': 900,
      'llm.token_count.completion': 30,
    }),
    make('00000000000000a1', '', {
      'gen_ai.operation.name': 'chat',
      'gen_ai.usage.input_tokens': 900,
      'gen_ai.usage.output_tokens': 30,
    }),
  ];
  const request = { resourceSpans: [{ scopeSpans: [{ scope: { name: 'app' }, spans }] }] };
  const json = parseOtlp({ encoding: 'json', text: JSON.stringify(request) }, 'traces', arrival).records;
  const binary = parseOtlp({ encoding: 'protobuf', bytes: encodeProtobuf(request, 'traces') }, 'traces', arrival);
  expect(json[0]?.ids).toEqual(expect.arrayContaining([...(json[1]?.ids ?? ['none'])]));
  expect(binary.records).toEqual(json);
});
