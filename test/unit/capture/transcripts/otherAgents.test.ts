import { describe, expect, it } from 'vitest';
import { parseClineTask, parseRooTask } from '../../../../src/capture/transcripts/cline.ts';
import { parseClineCliSession } from '../../../../src/capture/transcripts/clineCli.ts';
import { copilotChatFormat, parseCopilotChatFile } from '../../../../src/capture/transcripts/copilotChat.ts';
import { copilotCliFormat } from '../../../../src/capture/transcripts/copilotCli.ts';
import { geminiCliFormat, parseGeminiChat } from '../../../../src/capture/transcripts/geminiCli.ts';
import { parseOpenCodeFile, parseOpenCodeRow } from '../../../../src/capture/transcripts/openCode.ts';
import { countsOf, readLines, readWhole, somewhere } from './readTranscript.ts';

describe('Gemini CLI', () => {
  const message = (id: string, input: number, cached: number, more: object = {}) => ({
    id,
    timestamp: '2026-11-21T22:26:43.000Z',
    type: 'gemini',
    content: 'x',
    model: 'gemini-3.8-flash',
    tokens: { input, output: 10, cached, thoughts: 5, tool: 0, total: input + 15, ...more },
  });

  it('reads the form of one object per chat', () => {
    const chat = {
      sessionId: 'g1',
      messages: [{ id: 'u', type: 'user' }, message('m1', 100, 60), message('m2', 1, 2)],
    };
    const { records, skipped } = readWhole(parseGeminiChat, chat);
    expect(records.map(countsOf)).toEqual([[40, 15, 60, 0, 0, 0, 5]]);
    expect(records[0]).toMatchObject({ sessionId: 'g1', requestId: 'm1', agent: 'gemini-cli', taskType: 'chat' });
    expect(skipped).toBe(1);
  });

  it('reads messages of a checkpoint once, and the kind of a session that is not the main one', () => {
    const lines = [
      { sessionId: 'g1', startTime: 'x', kind: 'subagent' },
      message('m1', 100, 60),
      { $set: { messages: [message('m1', 100, 60), message('m2', 50, 0, { tool: 7 })] } },
      { $rewindTo: 'm1' },
    ];
    const { records } = readLines(geminiCliFormat, lines);
    expect(records.map(record => [record.taskType, ...countsOf(record).slice(0, 2)])).toEqual([
      ['subagent', 40, 15],
      ['subagent', 57, 15],
    ]);
  });
});

describe('OpenCode', () => {
  const data = (changes: object = {}) => ({
    role: 'assistant',
    agent: 'plan',
    path: { cwd: '/home/dev/demo' },
    tokens: { input: 11, output: 35, reasoning: 9, cache: { read: 3, write: 2 } },
    cost: 0.1,
    modelID: 'gpt-5.5',
    providerID: 'github-copilot',
    time: { created: 1795300000000, completed: 1795300002000 },
    ...changes,
  });
  const row = (id: string, value: object) => ({
    id,
    session_id: 'ses_1',
    time_created: 1795300000000,
    data: JSON.stringify(value),
  });
  const read = (id: string, value: object) => parseOpenCodeRow(row(id, value), somewhere);

  it('knows the copies that a fork made under new ids', () => {
    const [original] = read('msg_1', data());
    const [copy] = read('msg_2', data());
    const [twin] = read('msg_3', data({ time: { created: 1795300000000, completed: 1795300002001 } }));
    expect(original?.ids[1]).toBe(copy?.ids[1]);
    expect(original?.ids[1]).not.toBe(twin?.ids[1]);
    expect(original).toMatchObject({
      provider: 'github',
      sessionId: 'ses_1',
      taskType: 'plan',
      cwd: '/home/dev/demo',
      requestId: 'msg_1',
      billedNanoUsd: null,
    });
  });

  it('waits for the counts, and leaves out what is no answer', () => {
    const none = { input: 0, output: 0, reasoning: 0, cache: { read: 0, write: 0 } };
    expect(read('msg_1', data({ tokens: none, time: { created: 1795300000000 } }))).toEqual([]);
    expect(read('msg_1', { role: 'user', time: { created: 1 } })).toEqual([]);
  });

  it('reads the files from before the database', () => {
    const file = { id: 'msg_1', sessionID: 'ses_1', ...data() };
    expect(readWhole(parseOpenCodeFile, file).records[0]?.ids).toEqual(read('msg_1', data())[0]?.ids);
  });
});

describe('Copilot CLI', () => {
  it('takes folder and branch from the start, and GitHub’s own amount', () => {
    const usage = {
      model: 'gpt-5.5',
      inputTokens: 100,
      outputTokens: 10,
      apiCallId: 'call_1',
      totalNanoAiu: 250_000_000,
    };
    const { records } = readLines(copilotCliFormat, [
      { type: 'session.start', data: { sessionId: 'c1', context: { cwd: '/home/dev/demo', branch: 'topic' } } },
      { type: 'session.usage_record', data: { usage }, id: 'e1', timestamp: '2026-11-21T22:26:45.000Z' },
    ]);
    expect(records).toMatchObject([
      { ids: ['call_1'], provider: 'github', sessionId: 'c1', cwd: '/home/dev/demo', branch: 'topic' },
    ]);
    // 0.25 AI credits of 1 cent.
    expect(records[0]?.billedNanoUsd).toBe(2_500_000);
  });

  it('takes what GitHub bills from where its SDK types have it, and from no call with a key of one’s own', () => {
    const usage = {
      ...{ model: 'gpt-5.5', inputTokens: 100, outputTokens: 10, apiCallId: 'call_2' },
      copilotUsage: { totalNanoAiu: 1_234_567_850, model: 'gpt-5.5' },
    };
    const billed = (data: object) =>
      readLines(copilotCliFormat, [{ type: 'session.usage_record', data: { usage: data }, id: 'e2' }]).records[0]
        ?.billedNanoUsd;
    // 1.23456785 AI credits of 1 cent.
    expect(billed(usage)).toBe(12_345_679);
    expect(billed({ ...usage, isByok: true })).toBeNull();
    expect(billed({ ...usage, copilotUsage: null })).toBeNull();
  });
});

describe('Copilot Chat', () => {
  const request = (id: string, promptTokens?: number) => ({
    requestId: id,
    timestamp: 1795300001000,
    message: { text: 'a secret' },
    modelId: 'copilot/gpt-5.4',
    ...(promptTokens === undefined ? {} : { result: { metadata: { promptTokens, outputTokens: 4 } } }),
  });

  it('follows operations: whole, set, push with a cut, delete', () => {
    const parser = copilotChatFormat.create(somewhere);
    const lines = [
      { kind: 0, v: { sessionId: 'chat-1', requests: [request('r1', 10), request('r2')] } },
      { kind: 1, k: ['requests', 1, 'result'], v: { metadata: { promptTokens: 20, outputTokens: 4 } } },
      { kind: 2, k: ['requests'], i: 1, v: [request('r3')] },
      { kind: 1, k: ['requests', 1, 'result', 'metadata', 'promptTokens'], v: 30 },
      { kind: 1, k: ['requests', 1, 'response'], v: [] },
      { kind: 3, k: ['requests', 1, 'result'] },
    ];
    const { records } = readLines(copilotChatFormat, lines, somewhere, parser);
    expect(records.map(record => [record.requestId, record.model, record.tokens.input, record.completeness])).toEqual([
      ['chat-1:r1', 'copilot/gpt-5.4', 10, 'estimated'],
      ['chat-1:r2', 'copilot/gpt-5.4', 20, 'estimated'],
      ['chat-1:r3', 'copilot/gpt-5.4', 30, 'estimated'],
    ]);
    expect(JSON.stringify(parser.state)).not.toContain('secret');
  });

  it('reads the form of one object per chat', () => {
    const chat = { sessionId: 'chat-1', requests: [request('r1', 10), request('r2')] };
    expect(readWhole(parseCopilotChatFile, chat).records).toMatchObject([{ requestId: 'chat-1:r1' }]);
  });
});

describe('Cline and Roo', () => {
  const started = (ts: number, value: object) => ({
    ts,
    type: 'say',
    say: 'api_req_started',
    text: JSON.stringify(value),
  });
  const place = {
    ...somewhere,
    models: [
      { from: 1795300000000, model: 'gpt-5.5', provider: 'openai-native' },
      { from: 1795300005000, model: 'claude-sonnet-4-5', provider: 'anthropic' },
    ],
  };

  it('read the same keys differently: Roo’s input includes the cache', () => {
    const messages = [started(1795300006000, { tokensIn: 100, tokensOut: 5, cacheWrites: 20, cacheReads: 70 })];
    const [cline] = readWhole(parseClineTask, messages, place).records;
    const [roo] = readWhole(parseRooTask, messages, place).records;
    expect([cline?.tokens.input, roo?.tokens.input]).toEqual([100, 10]);
    expect(cline).toMatchObject({ model: 'claude-sonnet-4-5', provider: 'anthropic', sessionId: 's-file' });
    expect(roo?.ids).toEqual(['~roo:s-file:1795300006000']);
  });

  it('keep an id when a request is written again with its tokens; a cancelled one is a lower bound', () => {
    const { records, skipped } = readWhole(parseClineTask, [
      started(1795300001000, { request: 'x' }),
      started(1795300002000, { tokensIn: 1, tokensOut: 2, cancelReason: 'user_cancelled' }),
      { ts: 3, say: 'api_req_started', text: '{"tokensIn":' },
      {
        ...started(1795300004000, { tokensIn: 1, tokensOut: 2 }),
        modelInfo: { modelId: 'm', providerId: 'openrouter' },
      },
    ]);
    expect(records.map(({ completeness, model, provider }) => [completeness, model, provider])).toEqual([
      ['lower_bound', null, null],
      ['complete', 'm', 'openrouter'],
    ]);
    expect(skipped).toBe(1);
  });

  it('of the command line: input with the cache, sums left out', () => {
    const metrics = { inputTokens: 100, outputTokens: 5, cacheReadTokens: 60, cacheWriteTokens: 30, cost: 1 };
    const message = {
      id: 'a',
      role: 'assistant',
      ts: 1795300001000,
      metrics,
      modelInfo: { id: 'gpt-5.5', provider: 'openai' },
    };
    const { records } = readWhole(parseClineCliSession, { messages: [{ role: 'user' }, message], usage: metrics });
    expect(records.map(countsOf)).toEqual([[10, 5, 60, 0, 0, 30, null]]);
    expect(records[0]).toMatchObject({ model: 'gpt-5.5', provider: 'openai', ids: ['~cline-cli:s-file:a'] });
  });
});
