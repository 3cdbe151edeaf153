import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { createSseReader } from '../../../../src/capture/providers/stream.ts';
import { arrival, recordsOf } from '../captured.ts';

const folder = new URL('../../../fixtures/wire/', import.meta.url);
const samples = [
  'anthropic-messages-stream',
  'openai-chat-stream',
  'openai-responses-stream',
  'gemini-stream',
  'openrouter-chat-stream',
];

describe.each(samples)('a live stream: %s', name => {
  const text = readFileSync(new URL(`${name}.sse`, folder), 'utf8');

  it('gives the same however it is cut', () => {
    const expected = recordsOf(text);
    fc.assert(
      fc.property(fc.array(fc.nat(text.length), { maxLength: 8 }), cuts => {
        const reader = createSseReader();
        const ends = [...cuts, text.length].sort((a, b) => a - b);
        ends.reduce((from, to) => {
          reader.push(text.slice(from, to));
          return to;
        }, 0);
        reader.finish();
        expect(reader.calls.flatMap(call => call.parse({}, arrival))).toEqual(expected);
      }),
    );
  });

  it('never tells more than was there when it broke off', () => {
    const whole = recordsOf(text)[0]?.tokens;
    fc.assert(
      fc.property(fc.nat(text.length), end => {
        const reader = createSseReader();
        reader.push(text.slice(0, end));
        reader.finish();
        for (const call of reader.calls) {
          const tokens = parseOrNull(() => call.parse({}, arrival)[0]?.tokens);
          expect(tokens?.output ?? 0).toBeLessThanOrEqual(whole?.output ?? 0);
        }
      }),
    );
  });
});

it('a gateway can give its own signal and ids', () => {
  const reader = createSseReader();
  reader.push(readFileSync(new URL('openai-responses-stream.sse', folder), 'utf8'));
  reader.finish();
  const [record] = reader.calls[0]?.parse({ signal: 'gateway', requestId: 'req_1', provider: 'openai' }, arrival) ?? [];
  expect(record).toMatchObject({ signal: 'gateway', ids: ['req_1', 'resp_sample2'], requestId: 'req_1' });
});

function parseOrNull<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch {
    return null;
  }
}
