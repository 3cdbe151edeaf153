import zlib from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { spliceIncludeUsage } from '../../../../src/engine/gateway/includeUsage.ts';
import { createUsageChunkFilter } from '../../../../src/engine/gateway/usageChunkFilter.ts';
import { ask } from '../startEngine.ts';
import { events, startGateway, startProvider } from './fakeProvider.ts';

const splice = (text: string) => spliceIncludeUsage(Buffer.from(text))?.toString() ?? null;

describe('spliceIncludeUsage', () => {
  it.each([
    ['{"stream":true}', '{"stream":true,"stream_options":{"include_usage":true}}'],
    [
      ' { "stream" : true , "a":"}\\"é" } \n',
      ' { "stream" : true , "a":"}\\"é" ,"stream_options":{"include_usage":true}} \n',
    ],
    ['{"stream":true,"stream_options":null}', '{"stream":true,"stream_options":{"include_usage":true}}'],
    ['{"stream_options":{ },"stream":true}', '{"stream_options":{"include_usage":true },"stream":true}'],
    [
      '{"stream":true,"stream_options":{"x":[1,{}]}}',
      '{"stream":true,"stream_options":{"include_usage":true,"x":[1,{}]}}',
    ],
    [
      '{"stream":true,"stream_options":{"include_usage": false }}',
      '{"stream":true,"stream_options":{"include_usage": true }}',
    ],
    ['{"str\\u0065am":true}', '{"str\\u0065am":true,"stream_options":{"include_usage":true}}'],
  ])('splices %s', (given, expected) => {
    expect(splice(given)).toBe(expected);
    expect(JSON.parse(expected).stream_options.include_usage).toBe(true);
  });

  it.each([
    '{"stream":false}',
    '{}',
    '',
    '[]',
    'null',
    '{"stream":true',
    '{"stream":true}x',
    '{"stream":true,"stream":false}',
    '{"stream":"true"}',
    '{"a":{"stream":true}}',
    '{"stream":true,"stream_options":{"include_usage":true}}',
    '{"stream":true,"stream_options":[]}',
    '{"stream":true,"stream_options":{"include_usage":1}}',
    '\u0000{"stream":true}',
    '{stream:true}',
  ])('leaves %s alone', text => {
    expect(splice(text)).toBe(null);
  });

  it('changes nothing but the option, whatever else is in the body', () => {
    fc.assert(
      fc.property(fc.dictionary(fc.string(), fc.jsonValue()), fc.nat(4), (others, indent) => {
        const { stream_options: _, ...rest } = others;
        const text = JSON.stringify({ ...rest, stream: true }, null, indent);
        const spliced = splice(text) as string;
        expect(JSON.parse(spliced)).toEqual({ ...JSON.parse(text), stream_options: { include_usage: true } });
        expect(spliced.replace(',"stream_options":{"include_usage":true}', '')).toBe(text);
      }),
      { numRuns: 300 },
    );
  });
});

const chunk = {
  id: 'c1',
  object: 'chat.completion.chunk',
  model: 'gpt-4.1',
  choices: [{ index: 0, delta: { content: 'Hé' } }],
  usage: null,
};
const last = { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: 'stop' }] };
const usage = { ...chunk, choices: [], usage: { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 } };

describe('the usage chunk', () => {
  it('is taken out, wherever the bytes are cut', () => {
    const without = `: hello\n\n${events(chunk, last, '[DONE]')}`;
    for (const [full, expected] of [
      [`: hello\n\n${events(chunk, last, usage, '[DONE]')}`, without],
      [`: hello\n\n${events(chunk, last, usage, '[DONE]')}`.replaceAll('\n', '\r\n'), without.replaceAll('\n', '\r\n')],
      [`: hello\n\n${events(chunk, last)}data: ${JSON.stringify(usage)}`, `: hello\n\n${events(chunk, last)}`],
      [
        `${events(chunk)}data: "${'x'.repeat(200_000)}"\n\n${events(usage, last)}`,
        `${events(chunk)}data: "${'x'.repeat(200_000)}"\n\n${events(last)}`,
      ],
    ] as const) {
      for (const size of [1, 2, 3, 7, 64, 100_000, 1_000_000]) {
        if (size < 64 && full.length > 10_000) {
          continue;
        }
        const filter = createUsageChunkFilter();
        const bytes = Buffer.from(full);
        const out: Buffer[] = [];
        for (let at = 0; at < bytes.length; at += size) {
          out.push(Buffer.from(filter.push(bytes.subarray(at, at + size))));
        }
        expect(Buffer.concat([...out, filter.finish()]).toString() === expected, `cut by ${size}`).toBe(true);
      }
    }
  });

  it('is known by its empty list of choices, however that is written, and by usage that is there', () => {
    const pass = (event: string) => Buffer.from(createUsageChunkFilter().push(Buffer.from(event))).toString();
    for (const taken of [
      'data: {"choices" : [ ],"usage":{"prompt_tokens":1}}\n\n',
      'data: {"note":"\\"choices\\":[1]","choices":\t[]\t,"usage":{}}\n\n',
    ]) {
      expect(pass(taken)).toBe('');
    }
    for (const kept of [
      'data: {"choices":[],"usage":null}\n\n',
      'data: {"choices":[]}\n\n',
      'data: {"choices":[[]],"usage":{"prompt_tokens":1}}\n\n',
      'data: {"choices":[{"delta":{"content":"\\"choices\\":[]"}}],"usage":{"prompt_tokens":1}}\n\n',
      'data: {"choices":[{"choices":[]}],"usage":{"prompt_tokens":1}}\n\n',
      'data: "choices":[]\n\n',
      'data: {"choices"',
    ]) {
      expect(pass(kept) + (kept.endsWith('\n\n') ? '' : kept)).toBe(kept);
    }
  });

  it.each([
    ['identity', null],
    ['gzip', zlib.gzipSync],
    ['deflate', zlib.deflateSync],
    ['br', zlib.brotliCompressSync],
    ['zstd', zlib.zstdCompressSync],
  ] as const)('is asked for and taken out on the way (%s)', async (encoding, encode) => {
    const provider = await startProvider(response => {
      response.writeHead(200, {
        'content-type': 'text/event-stream',
        ...(encode && { 'content-encoding': encoding }),
      });
      const text = Buffer.from(events(chunk, last, usage, '[DONE]'));
      response.end(encode ? encode(text) : text);
    });
    const gateway = await startGateway({ openai: provider.url });
    const body = '{"model":"gpt-4.1","stream":true}';
    const answer = await ask(gateway.url, `${gateway.base}/openai/v1/chat/completions`, {
      body,
      headers: { 'accept-encoding': encoding },
    });
    expect(answer.text).toBe(events(chunk, last, '[DONE]'));
    const sent = '{"model":"gpt-4.1","stream":true,"stream_options":{"include_usage":true}}';
    expect(provider.seen[0]?.body.toString()).toBe(sent);
    expect(provider.seen[0]?.headers).toMatchObject({
      'content-length': String(sent.length),
      'accept-encoding': encoding,
    });
    expect(await gateway.waitForRecords(1)).toEqual([
      expect.objectContaining({ prompt_tokens: 1000, cost_usd: 0.006 }),
    ]);
  });

  it('stays for clients that asked for it, and with the setting off nothing is changed', async () => {
    const provider = await startProvider((response, { body }) => {
      response.writeHead(200, { 'content-type': 'text/event-stream' });
      response.end(body.includes('include_usage') ? events(chunk, usage, '[DONE]') : events(chunk, '[DONE]'));
    });
    const on = await startGateway({ openai: provider.url });
    const asked = '{"stream":true,"stream_options":{"include_usage":true}}';
    const path = '/openai/v1/chat/completions';
    expect((await ask(on.url, on.base + path, { body: asked })).text).toBe(events(chunk, usage, '[DONE]'));
    const off = await startGateway({ openai: provider.url }, { includeUsage: false });
    expect((await ask(off.url, off.base + path, { body: '{"stream":true}' })).text).toBe(events(chunk, '[DONE]'));
    expect(provider.seen.map(({ body }) => body.toString())).toEqual([asked, '{"stream":true}']);
  });
});
