import { EventEmitter } from 'node:events';
import type { IncomingMessage } from 'node:http';
import { BinaryWriter, WireType } from '@bufbuild/protobuf/wire';
import { describe, expect, it } from 'vitest';
import { decodeProtobuf } from '../../../../src/capture/otlp/protobuf.ts';
import { createSseReader } from '../../../../src/capture/providers/stream.ts';
import { createBodyRoom, requireFewValues } from '../../../../src/engine/http/bodyRoom.ts';
import { ask, bearer, startEngine } from '../startEngine.ts';

const mib = 1024 * 1024;
const makeRequest = () => new EventEmitter() as unknown as IncomingMessage;

describe('the room for bodies', () => {
  it('turns away what does not fit, until others are done, and never one alone or a small one', () => {
    const room = createBodyRoom(10 * mib);
    const [first, second, small] = [makeRequest(), makeRequest(), makeRequest()];
    room.take(first, 9 * mib);
    expect(() => room.take(second, 2 * mib)).toThrow(expect.objectContaining({ status: 429 }));
    room.take(small, 60 * 1024);
    (first as unknown as EventEmitter).emit('close');
    room.take(second, 2 * mib);
    (second as unknown as EventEmitter).emit('close');
    (small as unknown as EventEmitter).emit('close');
    room.take(makeRequest(), 16 * mib);
  });

  it('gives everything back: many large bodies one after the other are taken', async () => {
    const { url, token } = await startEngine();
    for (let index = 0; index < 15; index++) {
      const answer = await ask(url, '/v1/usage', { headers: bearer(token), body: ' '.repeat(15 * mib) });
      expect(answer.status).toBe(400);
    }
  });
});

describe('what would take too long to read', () => {
  it('is refused: a text with too many values', async () => {
    expect(() => requireFewValues(Buffer.from('[1,2,3]'), 2)).toThrow(expect.objectContaining({ status: 413 }));
    expect(() => requireFewValues(Buffer.from('["abcdefgh"]'), 3)).not.toThrow();
    const { url, token } = await startEngine();
    const body = `{"resourceLogs":[${'{},'.repeat(2_000_000)}{}]}`;
    for (const path of ['/v1/usage', '/v1/logs']) {
      const headers = { ...bearer(token), 'content-type': 'application/json' };
      expect((await ask(url, path, { headers, body })).status).toBe(413);
    }
  });

  it('is refused: telemetry of too many messages', () => {
    const bytes = new BinaryWriter();
    for (let index = 0; index < 2_000_001; index++) {
      bytes.tag(1, WireType.LengthDelimited).uint32(0);
    }
    expect(() => decodeProtobuf(bytes.finish(), 'logs')).toThrow(/more than 2000000 messages/);
  });

  it('is skipped: events that are no JSON, once there were too many', () => {
    const reader = createSseReader();
    const chunk = { id: 'c', object: 'chat.completion.chunk', model: 'gpt-4.1', choices: [] };
    reader.push('data: {x}\n\n'.repeat(999));
    reader.push(`data: ${JSON.stringify(chunk)}\n\n`);
    expect(reader.calls).toHaveLength(1);
    const since = performance.now();
    reader.push('data: {x}\n\n'.repeat(500_000));
    // Each failure would cost some 10 µs.
    expect(performance.now() - since).toBeLessThan(3_000);
    reader.push(`data: ${JSON.stringify({ ...chunk, id: 'd' })}\n\n`);
    expect(reader.calls).toHaveLength(1);
  });
});
