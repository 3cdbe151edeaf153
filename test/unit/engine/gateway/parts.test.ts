import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { attributeCall } from '../../../../src/engine/gateway/attribution.ts';
import { forwardAnswerHeaders, forwardRequestHeaders } from '../../../../src/engine/gateway/forwardedHeaders.ts';
import { createJsonOutline } from '../../../../src/engine/gateway/jsonOutline.ts';
import { findUpstream, parseTarget } from '../../../../src/engine/gateway/upstreams.ts';

describe('attributeCall', () => {
  const uuid = '11111111-2222-3333-4444-555555555555';
  it.each([
    [
      { 'user-agent': 'claude-cli/2.1.330 (external, cli)', 'x-claude-code-session-id': 's' },
      null,
      { agent: 'claude-code', sessionId: 's' },
    ],
    [
      { 'x-claude-code-session-id': 's', 'x-claude-code-agent-id': 'a' },
      null,
      { agent: 'claude-code', sessionId: 's', taskType: 'subagent' },
    ],
    [{}, { metadata: { user_id: `{"device_id":"d","session_id":"${uuid}"}` } }, { sessionId: uuid }],
    [{}, { metadata: { user_id: `user_ab_account__session_${uuid}` } }, { sessionId: uuid }],
    [{}, { metadata: { user_id: 'ann' } }, { sessionId: undefined }],
    [{ 'x-initiator': 'agent', 'x-interaction-type': 'conversation-edits' }, null, { taskType: 'conversation-edits' }],
    [
      { 'user-agent': 'codex_exec/0.169.0', 'session-id': 'root', 'thread-id': 't' },
      null,
      { agent: 'codex', sessionId: 't' },
    ],
    [
      { originator: 'codex_cli_rs', 'x-codex-turn-metadata': '{"thread_id":"t"}' },
      null,
      { agent: 'codex', sessionId: 't' },
    ],
    // Copilot CLI 1.0.102 with a key of one's own, captured; its later calls leave the type out.
    [
      { 'user-agent': 'OpenAI/JS 5.20.1', 'x-initiator': 'agent' },
      { model: 'm' },
      { agent: 'copilot-cli', model: 'm' },
    ],
    [{ 'user-agent': 'GitHubCopilotChat/0.40.1', 'x-initiator': 'user' }, null, { agent: 'copilot-chat' }],
    [
      { 'user-agent': 'GeminiCLI-tui/0.61.0/gemini-3.1-pro-preview (linux; x64; terminal)' },
      null,
      { agent: 'gemini-cli' },
    ],
    [{ 'user-agent': 'GeminiCLI/0.61.0/gemini-2.5-pro (linux; x64)' }, null, { agent: 'gemini-cli' }],
    [
      { 'user-agent': 'opencode/1.18.33', 'x-session-id': 'ses_1' },
      { model: 'm' },
      { agent: 'opencode', sessionId: 'ses_1', model: 'm' },
    ],
    [
      { 'user-agent': 'curl/8 claude-cli/2' },
      { model: 7, metadata: [] },
      { agent: undefined, sessionId: undefined, model: undefined },
    ],
  ])('reads %j %j', (headers, body, expected) => {
    expect(attributeCall(headers, body)).toMatchObject(expected);
  });
});

describe('headers', () => {
  const options = {
    host: 'up',
    bodyLength: null,
    method: 'POST',
    isOwnAuthorization: (value: string) => value.includes('ours'),
  };
  it('keep their order, case and repeats, but for what is one connection’s', () => {
    const raw = [
      'Host',
      'a',
      'X-A',
      '1',
      'x-a',
      '2',
      'TE',
      'trailers',
      'Connection',
      'x-b, Content-Length',
      'X-B',
      '3',
      'Content-Length',
      '4',
      'Proxy-Authorization',
      'x',
      'Authorization',
      'Bearer ours',
      'authorization',
      'Bearer theirs',
      'Expect',
      '100-continue',
      'X-Spend-Lens-User',
      'ann',
    ];
    expect(forwardRequestHeaders(raw, options)).toEqual([
      'Host',
      'up',
      'X-A',
      '1',
      'x-a',
      '2',
      'Content-Length',
      '4',
      'authorization',
      'Bearer theirs',
    ]);
    expect(forwardRequestHeaders(raw, { ...options, bodyLength: 9 }).slice(6, 8)).toEqual(['Content-Length', '9']);
  });
  it('say how the body comes', () => {
    expect(forwardRequestHeaders(['Transfer-Encoding', 'chunked', 'Trailer', 'x'], options)).toEqual([
      'Host',
      'up',
      'Trailer',
      'x',
      'Transfer-Encoding',
      'chunked',
    ]);
    expect(forwardRequestHeaders(['Transfer-Encoding', 'chunked'], { ...options, bodyLength: 3 })).toEqual([
      'Host',
      'up',
      'Content-Length',
      '3',
    ]);
    expect(forwardRequestHeaders([], options)).toEqual(['Host', 'up', 'Content-Length', '0']);
    expect(forwardRequestHeaders([], { ...options, method: 'GET' })).toEqual(['Host', 'up']);
  });
  it('of an answer lose what no longer fits', () => {
    const raw = [
      'Content-Encoding',
      'br',
      'content-length',
      '3',
      'Trailer',
      'x',
      'Transfer-Encoding',
      'chunked',
      'Retry-After',
      '1',
    ];
    expect(forwardAnswerHeaders(raw, false, true)).toEqual([
      'Content-Encoding',
      'br',
      'content-length',
      '3',
      'Trailer',
      'x',
      'Retry-After',
      '1',
    ]);
    expect(forwardAnswerHeaders(raw, true, false)).toEqual(['Retry-After', '1']);
  });
});

describe('targets', () => {
  it.each([
    ['/gateway/openai/v1/x?a=%2f', {}, 'https://api.openai.com', '/v1/x?a=%2f'],
    ['/gateway/openai/v1/../x', { openai: 'http://h:1/base/' }, 'http://h:1', '/base/v1/../x'],
    ['/gateway/mine', { mine: 'http://[::1]:9' }, 'http://[::1]:9', '/'],
    ['/gateway/mine?q', { mine: 'http://h' }, 'http://h', '/?q'],
  ])('%s', (target, upstreams, origin, path) => {
    expect(findUpstream(parseTarget(target) as never, upstreams)).toMatchObject({ origin, path });
  });
  it.each([
    ['openai', 'https://api.openai.com'],
    ['anthropic', 'https://api.anthropic.com'],
    ['google', 'https://generativelanguage.googleapis.com'],
    ['openrouter', 'https://openrouter.ai'],
    ['deepseek', 'https://api.deepseek.com'],
    ['mistral', 'https://api.mistral.ai'],
    ['xai', 'https://api.x.ai'],
    ['ollama', 'http://127.0.0.1:11434'],
  ])('have the origin of %s', (name, origin) => {
    const upstream = findUpstream({ name, rest: '/v1/x', endpoint: '/v1/x' }, {});
    expect(upstream).toMatchObject({ origin, path: '/v1/x', isTls: origin.startsWith('https:') });
  });
  it('have no query in their endpoint', () => {
    expect(parseTarget('/gateway/google/v1beta/m:generateContent?key=secret')?.endpoint).toBe(
      '/v1beta/m:generateContent',
    );
  });
});

describe('createJsonOutline', () => {
  const read = (text: string, size: number) => {
    const found: unknown[] = [];
    const outline = createJsonOutline(object => found.push(object));
    const bytes = Buffer.from(text);
    for (let at = 0; at < bytes.length; at += size) {
      outline.push(bytes.subarray(at, at + size));
    }
    return found;
  };
  it('is the object itself when all is short, wherever the bytes are cut', () => {
    const short = fc.dictionary(fc.string(), fc.jsonValue({ maxDepth: 4 }));
    fc.assert(
      fc.property(short, fc.integer({ min: 1, max: 9 }), fc.nat(2), (object, size, indent) => {
        const text = JSON.stringify(object, null, indent);
        const expected = JSON.parse(text);
        expect(read(text, size)).toEqual([expected]);
        expect(read(`[${text},\n${text}]`, size)).toEqual([expected, expected]);
        expect(read(`${JSON.stringify(object)}\n${JSON.stringify(object)}`, size)).toEqual([expected, expected]);
      }),
      { numRuns: 200 },
    );
  });
  it('empties long strings and cuts long arrays', () => {
    const long = {
      a: 'x\\"'.repeat(1000),
      b: [Array.from({ length: 5000 }, (_, index) => index), 'é'],
      c: { usage: 7 },
    };
    const [found] = read(JSON.stringify(long), 1000) as [typeof long];
    expect(found).toEqual({ a: '', b: [long.b[0]?.slice(0, 64), 'é'], c: { usage: 7 } });
  });
  it('gives up what it can’t bound, and what is no JSON', () => {
    expect(read(`{${'"key":"value",'.repeat(30_000)}"b":1}`, 5000)).toEqual([]);
    expect(read('['.repeat(1000), 7)).toEqual([]);
    expect(read('}}]]{"a":1}', 3)).toEqual([{ a: 1 }]);
    expect(read('{"a":}', 3)).toEqual([]);
  });
});
