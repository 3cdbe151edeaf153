import { describe, expect, it } from 'vitest';
import { parseOtlp } from '../../../../src/capture/otlp/otlp.ts';
import { OtlpDecodeError } from '../../../../src/capture/otlp/parts.ts';
import { type OtlpBody, parsePayload } from '../../../../src/capture/otlp/payload.ts';
import type { OtlpSignal } from '../../../../src/capture/otlp/protobuf.ts';
import { encodeProtobuf } from './encodeProtobuf.ts';
import { arrival, attributes, countsOf, logs, parseJson, recordOf, spans, sums } from './telemetry.ts';

const json = (text: string): OtlpBody => ({ encoding: 'json', text });
const protobuf = (bytes: Uint8Array): OtlpBody => ({ encoding: 'protobuf', bytes });
const call = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.request.model': 'gpt-5.4',
  'gen_ai.usage.input_tokens': 10,
  'gen_ai.usage.output_tokens': 2,
};

describe('JSON as real exporters write it', () => {
  it('has whole numbers as numbers, as digits or as doubles', () => {
    for (const value of [{ intValue: 10 }, { intValue: '10' }, { doubleValue: 10 }, { stringValue: '10' }]) {
      const more = { attributes: [...attributes(call), { key: 'gen_ai.usage.input_tokens', value }] };
      expect(countsOf(recordOf(spans({}, {}, more)))[0]).toBe(10);
    }
  });

  it('has empty values, nulls and lists where something could be', () => {
    const odd = [
      { key: 'gen_ai.response.id', value: {} },
      { key: 'gen_ai.conversation.id', value: null },
      { key: 'session.id' },
      { value: { stringValue: 'x' } },
      { key: 'gen_ai.response.finish_reasons', value: { arrayValue: { values: [{ stringValue: 'stop' }] } } },
    ];
    const request = spans({}, {}, { attributes: [...attributes(call), ...odd], events: null, status: null, links: [] });
    expect(recordOf(request)).toMatchObject({ requestId: null, sessionId: null });
    const bare = {
      resourceSpans: [{ resource: null, scopeSpans: null }, { scopeSpans: [{ scope: null, spans: [] }] }],
    };
    expect(parseJson({ ...bare, resourceLogs: null })).toEqual({ records: [], points: [], rejected: 0, error: null });
  });

  it('may begin with a byte order mark and hold fields that nobody knows', () => {
    const text = `\uFEFF${JSON.stringify({ ...spans(call, {}, { newField: [1] }), another: {} })}`;
    expect(parseOtlp(json(text), 'traces', arrival).records).toHaveLength(1);
  });

  it('is read by its keys, whatever the path says, and may hold several kinds', () => {
    const both = { ...spans(call), ...logs({ 'event.name': 'codex.sse_event' }) };
    for (const signal of ['logs', 'traces', 'metrics', null] as const) {
      expect(parseOtlp(json(JSON.stringify(both)), signal, arrival).records).toHaveLength(1);
    }
  });

  it.each([
    ['', 'The body is not JSON.'],
    ['{"resourceLogs":', 'The body is not JSON.'],
    ['a secret', 'The body is not JSON.'],
    ['[]', 'The body must be an object with one of resourceLogs, resourceSpans, resourceMetrics.'],
    ['{"resourceLogs":{}}', 'resourceLogs must be a list.'],
    ['{"resourceLogs":[1]}', 'resourceLogs[0] must be an object.'],
    ['{"resourceSpans":[{"scopeSpans":"x"}]}', 'resourceSpans[0].scopeSpans must be a list.'],
    [
      '{"resourceSpans":[{"scopeSpans":[{"spans":[{"attributes":[null]}]}]}]}',
      'resourceSpans[0].scopeSpans[0].spans[0].attributes[0] must be an object.',
    ],
    [
      '{"resourceMetrics":[{"scopeMetrics":[{"metrics":[{"sum":[]}]}]}]}',
      'resourceMetrics[0].scopeMetrics[0].metrics[0].sum must be an object.',
    ],
  ])('is refused when it is no OTLP: %s', (text, message) => {
    expect(() => parsePayload(json(text), 'logs')).toThrow(new OtlpDecodeError(message));
  });

  it('needs a key that tells its kind where the path does not', () => {
    expect(parsePayload(json('{}'), 'logs')).toEqual({ logs: [], spans: [], points: [] });
    expect(() => parsePayload(json('{"other":[]}'), null)).toThrow(OtlpDecodeError);
  });

  it('may be nested as deep as it likes', () => {
    const depth = 100_000;
    const deep = `{"arrayValue":{"values":[${'['.repeat(depth)}${']'.repeat(depth)}]}}`;
    const text = JSON.stringify(spans(call)).replace(
      '"attributes":[{"key"',
      `"attributes":[{"key":"x","value":${deep}},{"key"`,
    );
    expect(parseOtlp(json(text), 'traces', arrival).records).toHaveLength(1);
  });
});

describe('protobuf', () => {
  const requests: [OtlpSignal, unknown][] = [
    ['logs', logs({ count: -5, rate: 0.5, on: true }, { scope: 's', resource: { a: 'b' } }, { eventName: 'x' })],
    ['traces', spans(call, { scope: 's', resource: { a: 'b' } })],
    ['metrics', sums([{ name: 'm', values: { a: 1 }, value: '7' }], 2, { scope: 's', resource: { a: 'b' } })],
  ];

  it.each(requests)('reads %s like JSON, and tells them by their content', (signal, request) => {
    const bytes = encodeProtobuf(request, signal);
    expect(parsePayload(protobuf(bytes), signal)).toEqual(parsePayload(json(JSON.stringify(request)), signal));
    expect(parsePayload(protobuf(bytes), null)).toEqual(parsePayload(protobuf(bytes), signal));
  });

  it('tells a log of Codex by the observed time alone', () => {
    const bytes = encodeProtobuf(
      logs({ a: 1 }, {}, { timeUnixNano: '0', observedTimeUnixNano: '1795300009000000000' }),
      'logs',
    );
    expect(parsePayload(protobuf(bytes), null).logs).toHaveLength(1);
  });

  it('reads a histogram', () => {
    const point = { attributes: attributes({ a: 1 }), timeUnixNano: '1795300009000000000', count: '2', sum: 12 };
    const metric = { name: 'h', histogram: { aggregationTemporality: 1, dataPoints: [point] } };
    const request = { resourceMetrics: [{ scopeMetrics: [{ metrics: [metric] }] }] };
    for (const body of [json(JSON.stringify(request)), protobuf(encodeProtobuf(request, 'metrics'))]) {
      expect(parsePayload(body, null).points).toMatchObject([{ metric: 'h', value: 12, isCumulative: false }]);
    }
  });

  it('may be empty', () => {
    for (const signal of ['logs', 'traces', 'metrics', null] as const) {
      expect(parsePayload(protobuf(new Uint8Array()), signal)).toEqual({ logs: [], spans: [], points: [] });
    }
  });

  it('is refused when it is none', () => {
    for (const bytes of ['{"resourceLogs":[]}', '\x0a\xff\xff\xff\xff\x0fshort', '\x0a\x03\x12\x05ab', '\xff\xff']) {
      for (const signal of ['logs', null] as const) {
        expect(() => parsePayload(protobuf(Buffer.from(bytes, 'latin1')), signal), bytes).toThrow(OtlpDecodeError);
      }
    }
  });

  it('skips lists and maps, however deep they are', () => {
    let value: Buffer = Buffer.from([0x0a, 0x01, 0x78]);
    for (let level = 0; level < 2_000; level++) {
      value = wrap(5, wrap(1, value));
    }
    const attribute = wrap(9, Buffer.concat([wrap(1, Buffer.from('x')), wrap(2, value)]));
    const bytes = wrap(1, wrap(2, wrap(2, Buffer.concat([attribute, wrap(5, Buffer.from('name'))]))));
    expect(parsePayload(protobuf(bytes), 'traces').spans).toMatchObject([{ name: 'name', attributes: new Map() }]);
  });

  it('refuses fields that are longer than their message or of another kind', () => {
    const entry = (bytes: readonly number[]) => protobuf(wrap(1, wrap(2, wrap(2, Buffer.from(bytes)))));
    expect(parsePayload(entry([0x2a, 1, 0x78]), 'traces').spans).toHaveLength(1);
    for (const bytes of [[0x2a, 9, 0x78], [0x28, 1], [0x3a, 1, 0x78], [0x4c], [0x07]]) {
      expect(() => parsePayload(entry(bytes), 'traces'), String(bytes)).toThrow(OtlpDecodeError);
    }
  });

  it('skips fields that are newer than the table', () => {
    const request = spans(
      call,
      {},
      { flags: 1, droppedEventsCount: 3, status: { code: 2, message: 'x' }, events: [{ name: 'e' }] },
    );
    expect(parsePayload(protobuf(encodeProtobuf(request, 'traces')), null).spans).toHaveLength(1);
  });
});

/** A length-delimited field. */
function wrap(field: number, content: Buffer): Buffer {
  const length: number[] = [];
  let rest = content.length;
  do {
    length.push((rest & 0x7f) | (rest > 0x7f ? 0x80 : 0));
    rest >>= 7;
  } while (rest > 0);
  return Buffer.concat([Buffer.from([(field << 3) | 2, ...length]), content]);
}
