import { describe, expect, it } from 'vitest';
import { arrival, countsOf, logs, parseJson, recordOf, recordsOf, rejectionOf, spans } from './telemetry.ts';

const claudeScope = { scope: 'com.anthropic.claude_code.events', resource: { 'service.name': 'claude-code' } };
const claudeCall = {
  'event.name': 'api_request',
  'session.id': 's-1',
  'event.sequence': 4,
  model: 'claude-opus-5-5',
  input_tokens: 14,
  output_tokens: 520,
  cache_read_tokens: 31000,
  cache_creation_tokens: 2400,
  request_id: 'req_1',
  query_source: 'agent:builtin:general-purpose',
  'agent.name': 'general-purpose',
  cost_usd: 0.03,
  duration_ms: 4100,
};

describe('Claude Code', () => {
  it('counts api_request, input without the cache, and never its own cost', () => {
    expect(recordOf(logs(claudeCall, claudeScope))).toEqual({
      ids: ['req_1'],
      requestId: 'req_1',
      timestamp: 1795300003000,
      provider: 'anthropic',
      model: 'claude-opus-5-5',
      agent: 'claude-code',
      sessionId: 's-1',
      taskType: 'agent:builtin:general-purpose',
      userId: null,
      team: null,
      project: null,
      branch: null,
      folder: null,
      plan: null,
      cwd: null,
      endpoint: null,
      latencyMs: 4100,
      serviceTier: null,
      speed: null,
      inferenceGeo: null,
      webSearches: 0,
      tokens: {
        input: 14,
        cacheRead: 31000,
        cacheWrite5m: 0,
        cacheWrite1h: 0,
        cacheWrite: 2400,
        output: 520,
        reasoning: null,
      },
      completeness: 'complete',
      signal: 'otlp_log',
      billedNanoUsd: null,
      // Kept aside: what it cost is told by the counts.
      agentCostNanoUsd: 30_000_000,
    });
  });

  it('tells fast from normal, and who sells', () => {
    const fast = recordOf(logs({ ...claudeCall, speed: 'fast', 'anthropic.provider': 'bedrock' }, claudeScope));
    expect(fast).toMatchObject({ speed: 'fast', provider: 'bedrock' });
    const normal = recordOf(logs({ ...claudeCall, speed: 'normal', 'anthropic.provider': 'firstParty' }, claudeScope));
    expect(normal).toMatchObject({ speed: null, provider: 'anthropic' });
  });

  it('ignores every other event, the response with the same request id too', () => {
    for (const name of [
      'user_prompt',
      'assistant_response',
      'tool_result',
      'tool_decision',
      'plugin_loaded',
      'api_error',
    ]) {
      expect(parseJson(logs({ ...claudeCall, 'event.name': name }, claudeScope))).toMatchObject({
        records: [],
        rejected: 0,
      });
    }
  });

  it('knows a report without a request id again, and no other', () => {
    const { request_id, ...bare } = claudeCall;
    const ids = (values: Parameters<typeof logs>[0]) => recordOf(logs(values, claudeScope)).ids;
    expect(ids(bare)).toEqual(ids(bare));
    expect(ids(bare)[0]).toMatch(/^~claude-code\/s-1\//);
    expect(ids({ ...bare, 'event.sequence': 5 })).not.toEqual(ids(bare));
    expect(ids({ ...bare, 'session.id': null })).toEqual([]);
  });

  it('rejects writes that are larger in parts than in sum, with the field and without a number of ours', () => {
    const values = { ...claudeCall, cache_creation_5m_tokens: 2000, cache_creation_1h_tokens: 1000 };
    expect(rejectionOf(logs(values, claudeScope))).toMatch(/^cache_creation_tokens is 2400/);
    expect(rejectionOf(logs({ ...claudeCall, input_tokens: -1 }, claudeScope))).toMatch(/^input_tokens must be/);
    expect(rejectionOf(logs({ ...claudeCall, input_tokens: 'secret' }, claudeScope))).not.toMatch(/secret/);
  });

  it('counts its spans as the weaker signal of the same request, uncached although they look like gen_ai', () => {
    const values = {
      ...claudeCall,
      'gen_ai.request.model': 'claude-opus-5-5',
      'gen_ai.response.id': 'req_1',
      'gen_ai.operation.name': 'chat',
      'gen_ai.usage.input_tokens': 33414,
    };
    const around = { scope: 'com.anthropic.claude_code.tracing' };
    const span = recordOf(spans(values, around, { name: 'claude_code.llm_request' }));
    expect(span).toMatchObject({ ids: ['req_1'], signal: 'otlp_span', sessionId: 's-1', tokens: { input: 14 } });
    expect(recordsOf(spans(values, around, { name: 'claude_code.interaction' }))).toEqual([]);
    expect(recordsOf(spans({ ...values, request_id: null }, around, { name: 'claude_code.llm_request' }))).toEqual([]);
  });
});

const codexScope = { scope: 'codex_otel.log_only', resource: { 'service.name': 'codex_exec' } };
const codexCall = {
  'event.name': 'codex.sse_event',
  'event.kind': 'response.completed',
  'event.timestamp': '2026-11-21T22:26:42.000Z',
  'conversation.id': 'c-1',
  model: 'gpt-5.5',
  input_token_count: '9000',
  output_token_count: '310',
  cached_token_count: 8192,
  cache_write_token_count: 512,
  reasoning_token_count: 200,
  tool_token_count: '9310',
};
const codexTime = {
  timeUnixNano: '0',
  observedTimeUnixNano: '1795300009000000000',
  body: null,
  eventName: 'event x.rs:1',
};

describe('Codex', () => {
  it('counts the completed response, at the time of its event', () => {
    const record = recordOf(logs(codexCall, codexScope, codexTime));
    expect(countsOf(record)).toEqual([296, 8192, 512, 310, 200]);
    expect(record).toMatchObject({
      timestamp: Date.UTC(2026, 10, 21, 22, 26, 42),
      agent: 'codex',
      provider: 'openai',
      sessionId: 'c-1',
      taskType: 'chat',
      requestId: null,
    });
    expect(record.ids).toEqual(['~codex/c-1/2026-11-21T22:26:42.000Z/296,8192,512,310']);
  });

  it('takes the observed time, then arrival, when nobody says more', () => {
    const values = { ...codexCall, 'event.timestamp': null };
    expect(recordOf(logs(values, codexScope, codexTime)).timestamp).toBe(1795300009000);
    const nothing = { timeUnixNano: 0, observedTimeUnixNano: '0' };
    expect(recordOf(logs(values, codexScope, nothing))).toMatchObject({ timestamp: arrival, ids: [] });
  });

  it('ignores the completed response without counts and all other events', () => {
    const { input_token_count, output_token_count, ...bare } = codexCall;
    for (const values of [
      bare,
      { ...codexCall, 'event.kind': 'response.created' },
      { ...codexCall, 'event.name': 'x' },
    ]) {
      expect(recordsOf(logs(values, codexScope, codexTime))).toEqual([]);
    }
  });

  it('never counts a span, whatever it carries', () => {
    const values = {
      'gen_ai.operation.name': 'chat',
      'gen_ai.usage.input_tokens': 9000,
      'gen_ai.usage.output_tokens': 1,
    };
    for (const resource of [{ 'service.name': 'codex_exec' }, { 'service.name': 'codex-app-server' }]) {
      expect(recordsOf(spans(values, { scope: 'codex_core', resource }))).toEqual([]);
    }
  });

  it('rejects more cache than prompt', () => {
    expect(rejectionOf(logs({ ...codexCall, input_token_count: '100' }, codexScope))).toMatch(
      /^cached_token_count is too/,
    );
  });
});

const geminiScope = { scope: 'gemini-cli', resource: { 'service.name': 'gemini-cli', 'session.id': 'g-1' } };
const geminiCall = {
  'event.name': 'gemini_cli.api_response',
  model: 'gemini-3.8-flash',
  input_token_count: 8000,
  output_token_count: 250,
  cached_content_token_count: 6000,
  thoughts_token_count: 750,
  tool_token_count: 0,
  total_token_count: 9000,
  prompt_id: 'p-1',
  role: 'utility_router',
  duration_ms: 900,
};

describe('Gemini CLI', () => {
  it('adds thoughts to the output and takes the cache out of the input', () => {
    const record = recordOf(logs(geminiCall, geminiScope));
    expect(countsOf(record)).toEqual([2000, 6000, 0, 1000, 750]);
    expect(record).toMatchObject({
      agent: 'gemini-cli',
      provider: 'google',
      sessionId: 'g-1',
      taskType: 'utility_router',
      latencyMs: 900,
    });
  });

  it('counts what tools put into the prompt where the total says that it is apart', () => {
    const apart = recordOf(logs({ ...geminiCall, tool_token_count: 40, total_token_count: 9040 }, geminiScope));
    expect(apart.tokens.input).toBe(2040);
    expect(recordOf(logs({ ...geminiCall, tool_token_count: 40 }, geminiScope)).tokens.input).toBe(2000);
  });

  it('ignores the request, the twin in the words of gen_ai, and spans', () => {
    const genAi = {
      'gen_ai.operation.name': 'generate_content',
      'gen_ai.usage.input_tokens': 8000,
      'gen_ai.usage.output_tokens': 250,
    };
    const twin = { ...genAi, 'event.name': 'gen_ai.client.inference.operation.details' };
    expect(recordsOf(logs({ ...geminiCall, 'event.name': 'gemini_cli.api_request' }, geminiScope))).toEqual([]);
    expect(recordsOf(logs(twin, geminiScope))).toEqual([]);
    expect(recordsOf(spans(genAi, geminiScope, { name: 'llm_call' }))).toEqual([]);
  });
});

const chat = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'github',
  'gen_ai.request.model': 'gpt-5.4',
  'gen_ai.response.model': 'gpt-5.4-2026-03-05',
  'gen_ai.response.id': 'chatcmpl-1',
  'gen_ai.conversation.id': 'conv-1',
  'gen_ai.usage.input_tokens': 3566,
  'gen_ai.usage.output_tokens': 100,
  'gen_ai.usage.cache_read.input_tokens': 222,
};

describe('Copilot', () => {
  it('counts the chat spans of the CLI, the cache inside the input', () => {
    const values = {
      ...chat,
      'gen_ai.usage.cache_write.input_tokens': 3333,
      'gen_ai.usage.reasoning.output_tokens': 80,
    };
    const record = recordOf(spans(values, { scope: 'github.copilot', resource: { 'service.name': 'github-copilot' } }));
    expect(countsOf(record)).toEqual([11, 222, 3333, 100, 80]);
    expect(record).toMatchObject({
      ids: ['chatcmpl-1', '~span/0af7651916cd43dd8448eb211c80319c/cccccccccccccccc'],
      requestId: 'chatcmpl-1',
      timestamp: 1795300003000,
      latencyMs: 2000,
      agent: 'copilot-cli',
      provider: 'github',
      model: 'gpt-5.4-2026-03-05',
      sessionId: 'conv-1',
      taskType: 'chat',
      signal: 'otlp_span',
      billedNanoUsd: null,
    });
  });

  it('takes GitHub credits as the amount, and neither 0 nor premium requests', () => {
    const cost = (values: object) => recordOf(spans({ ...chat, ...values }, { scope: 'github.copilot' })).billedNanoUsd;
    // 1.5 credits of $0.01.
    expect(cost({ 'github.copilot.nano_aiu': 1_500_000_000 })).toBe(15_000_000);
    expect(cost({ 'github.copilot.nano_aiu': 0, 'github.copilot.cost': 1.0 })).toBeNull();
  });

  it('counts the chat spans of VS Code, with the session that its files have', () => {
    const { 'gen_ai.usage.cache_read.input_tokens': _, ...bare } = chat;
    const values = {
      ...bare,
      'gen_ai.usage.cache_read.input_tokens': 3000,
      'gen_ai.usage.cache_creation.input_tokens': 500,
      'gen_ai.usage.reasoning.output_tokens': 64,
      'gen_ai.usage.reasoning_tokens': 64,
      'copilot_chat.chat_session_id': 'chat-1',
      'copilot_chat.debug_name': 'panel/editAgent',
    };
    const resource = { 'service.name': 'copilot-chat', 'session.id': 'window-1' };
    const record = recordOf(spans(values, { scope: 'copilot-chat', resource }));
    expect(countsOf(record)).toEqual([66, 3000, 500, 100, 64]);
    expect(record).toMatchObject({ agent: 'copilot-chat', sessionId: 'chat-1', taskType: 'panel/editAgent' });
    // Also under a name of the user's own.
    expect(recordOf(spans(values, { resource: { 'service.name': 'mine' } })).agent).toBe('copilot-chat');
  });

  it('ignores the sums around the calls, events and metrics', () => {
    const around = { scope: 'copilot-chat', resource: { 'service.name': 'copilot-chat' } };
    expect(recordsOf(spans({ ...chat, 'gen_ai.operation.name': 'invoke_agent' }, around))).toEqual([]);
    for (const name of ['gen_ai.client.inference.operation.details', 'copilot_chat.agent.turn']) {
      expect(recordsOf(logs({ ...chat, 'event.name': name }, around))).toEqual([]);
    }
  });

  it('rejects a span whose cache is larger than its input: its meaning is known', () => {
    const values = { ...chat, 'gen_ai.usage.cache_read.input_tokens': 5000 };
    expect(rejectionOf(spans(values, { scope: 'github.copilot' }))).toMatch(/gen_ai.usage.input_tokens is 3566/);
  });

  it('has the agents of VS Code by the runtime that sends, in a namespace of the host', () => {
    const host = { 'service.namespace': 'vscode.agent-host' };
    const copilot = { scope: 'github.copilot', resource: { ...host, 'service.name': 'github-copilot' } };
    expect(recordOf(spans(chat, copilot)).agent).toBe('copilot-cli');
    expect(recordsOf(spans({}, { resource: host }, { name: 'vscode.agent_host.session' }))).toEqual([]);
    const codex = { scope: 'codex_otel.log_only', resource: { 'service.name': 'codex-app-server' } };
    expect(recordOf(logs(codexCall, codex)).agent).toBe('codex');
    const claude = { ...claudeScope, resource: { ...host, 'service.name': 'claude-code' } };
    expect(recordOf(logs(claudeCall, claude)).agent).toBe('claude-code');
  });
});
