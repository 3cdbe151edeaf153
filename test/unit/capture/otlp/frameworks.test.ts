import { describe, expect, it } from 'vitest';
import { countsOf, recordOf, recordsOf, rejectionOf, spans } from './telemetry.ts';

const app = { scope: 'my.app', resource: { 'service.name': 'shop' } };
const chat = {
  'gen_ai.operation.name': 'chat',
  'gen_ai.provider.name': 'openai',
  'gen_ai.request.model': 'gpt-5.4',
  'gen_ai.usage.input_tokens': 1000,
  'gen_ai.usage.output_tokens': 100,
};

describe('the GenAI conventions', () => {
  it.each(['chat', 'generate_content', 'text_completion'])('count %s', operation => {
    const record = recordOf(spans({ ...chat, 'gen_ai.operation.name': operation }, app));
    expect(countsOf(record)).toEqual([1000, 0, 0, 100, null]);
    expect(record).toMatchObject({ agent: 'shop', provider: 'openai', model: 'gpt-5.4', taskType: operation });
  });

  it.each([
    ...['invoke_agent', 'invoke_workflow', 'plan', 'execute_tool', 'agent_step', 'create_agent', 'fetch_response'],
    ...['retrieval', 'anything new'],
  ])('ignore %s', operation => {
    expect(recordsOf(spans({ ...chat, 'gen_ai.operation.name': operation }, app))).toEqual([]);
  });

  it('ignore spans without an operation and calls without usage', () => {
    expect(recordsOf(spans({ 'gen_ai.usage.input_tokens': 5 }, app))).toEqual([]);
    expect(recordsOf(spans({ 'gen_ai.operation.name': 'chat', 'gen_ai.request.model': 'gpt-5.4' }, app))).toEqual([]);
  });

  it('count embeddings, which put nothing out', () => {
    const values = { 'gen_ai.operation.name': 'embeddings', 'gen_ai.usage.input_tokens': 70 };
    expect(countsOf(recordOf(spans(values, app)))).toEqual([70, 0, 0, 0, null]);
  });

  it('leave a count unknown that nobody says', () => {
    const { 'gen_ai.usage.output_tokens': _, ...bare } = chat;
    expect(countsOf(recordOf(spans(bare, app)))).toEqual([1000, 0, 0, null, null]);
  });

  it.each([
    ['gen_ai.usage.input_tokens', 'gen_ai.usage.output_tokens'],
    ['gen_ai.usage.prompt_tokens', 'gen_ai.usage.completion_tokens'],
    ['llm.usage.prompt_tokens', 'llm.usage.completion_tokens'],
  ])('know %s and %s', (input, output) => {
    const values = { 'gen_ai.operation.name': 'chat', [input]: 1000, [output]: '100' };
    expect(countsOf(recordOf(spans(values, app)))).toEqual([1000, 0, 0, 100, null]);
  });

  it.each([
    'gen_ai.usage.cache_read.input_tokens',
    'gen_ai.usage.cache_read_input_tokens',
    'gen_ai.usage.input_tokens.cached',
  ])('know %s', key => {
    expect(countsOf(recordOf(spans({ ...chat, [key]: 300 }, app)))).toEqual([700, 300, 0, 100, null]);
  });

  it.each([
    'gen_ai.usage.cache_write.input_tokens',
    'gen_ai.usage.cache_creation.input_tokens',
    'gen_ai.usage.cache_write_input_tokens',
    'gen_ai.usage.cache_creation_input_tokens',
    'gen_ai.usage.input_tokens.cache_write',
  ])('know %s', key => {
    expect(countsOf(recordOf(spans({ ...chat, [key]: 300 }, app)))).toEqual([700, 0, 300, 100, null]);
  });

  it.each([
    'gen_ai.usage.reasoning.output_tokens',
    'gen_ai.usage.reasoning_tokens',
    'gen_ai.usage.output_tokens.reasoning',
  ])('know %s', key => {
    expect(countsOf(recordOf(spans({ ...chat, [key]: 30 }, app)))).toEqual([1000, 0, 0, 100, 30]);
  });

  it('count a number once that comes in two spellings', () => {
    const values = {
      ...chat,
      'gen_ai.usage.cache_write.input_tokens': 300,
      'gen_ai.usage.cache_creation.input_tokens': 300,
    };
    expect(countsOf(recordOf(spans(values, app)))).toEqual([700, 0, 300, 100, null]);
  });

  it('take an input without the cache where the cache is larger, which proves it', () => {
    const values = {
      ...chat,
      'gen_ai.usage.cache_read_input_tokens': 900,
      'gen_ai.usage.cache_creation_input_tokens': 200,
    };
    expect(countsOf(recordOf(spans(values, app)))).toEqual([1000, 900, 200, 100, null]);
  });

  it('take reasoning for apart from the output only where the total proves it', () => {
    const apart = { ...chat, 'gen_ai.usage.reasoning_tokens': 40, 'gen_ai.usage.total_tokens': 1140 };
    expect(countsOf(recordOf(spans(apart, app)))).toEqual([1000, 0, 0, 140, 40]);
    const inside = { ...apart, 'gen_ai.usage.total_tokens': 1100 };
    expect(countsOf(recordOf(spans(inside, app)))).toEqual([1000, 0, 0, 100, 40]);
    const wrong = { ...chat, 'gen_ai.usage.reasoning_tokens': 140 };
    expect(rejectionOf(spans(wrong, app))).toMatch(/^gen_ai.usage.reasoning_tokens is 140, more than/);
  });

  it('take the tier from the response', () => {
    const tier = (key: string) => recordOf(spans({ ...chat, [key]: 'flex' }, app)).serviceTier;
    expect(tier('openai.response.service_tier')).toBe('flex');
    expect(tier('gen_ai.openai.response.service_tier')).toBe('flex');
    expect(tier('gen_ai.openai.request.service_tier')).toBeNull();
  });

  it.each([
    ['gcp.gemini', 'google'],
    ['aws.bedrock', 'bedrock'],
    ['azure.ai.openai', 'azure'],
    ['openai.chat', 'openai'],
    ['google.vertex.chat', 'google'],
    ['Somebody', 'somebody'],
  ])('know the provider %s as %s', (name, provider) => {
    expect(recordOf(spans({ ...chat, 'gen_ai.provider.name': name }, app)).provider).toBe(provider);
    const { 'gen_ai.provider.name': _, ...bare } = chat;
    expect(recordOf(spans({ ...bare, 'gen_ai.system': name }, app)).provider).toBe(provider);
  });

  it('know a span again by its ids, and its response by its id', () => {
    const { ids } = recordOf(spans({ ...chat, 'gen_ai.response.id': 'r-1' }, app));
    expect(ids).toEqual(['r-1', '~span/0af7651916cd43dd8448eb211c80319c/cccccccccccccccc']);
    expect(recordOf(spans(chat, app, { spanId: '' }))).toMatchObject({ ids: [], requestId: null });
  });

  it('pass over the latency of a span that ends before it starts', () => {
    expect(recordOf(spans(chat, app, { endTimeUnixNano: '1795300000000000000' })).latencyMs).toBeNull();
    expect(recordOf(spans(chat, app, { endTimeUnixNano: '0' })).timestamp).toBe(1795300001000);
  });
});

describe('Traceloop', () => {
  const values = {
    'llm.request.type': 'chat',
    'gen_ai.system': 'Anthropic',
    'gen_ai.response.model': 'claude-sonnet-4-5',
    'gen_ai.usage.prompt_tokens': 2500,
    'gen_ai.usage.completion_tokens': 75,
    'llm.usage.total_tokens': 2575,
    'gen_ai.usage.cache_read_input_tokens': 2000,
    'gen_ai.usage.cache_creation_input_tokens': 300,
  };

  it('counts chat and completion', () => {
    for (const type of ['chat', 'completion']) {
      const record = recordOf(spans({ ...values, 'llm.request.type': type }, app));
      expect(countsOf(record)).toEqual([200, 2000, 300, 75, null]);
      expect(record).toMatchObject({ provider: 'anthropic', model: 'claude-sonnet-4-5' });
    }
  });

  it('ignores workflows, agents and tools', () => {
    expect(recordsOf(spans({ ...values, 'llm.request.type': 'rerank' }, app))).toEqual([]);
    const { 'llm.request.type': _, ...bare } = values;
    expect(recordsOf(spans({ ...bare, 'traceloop.span.kind': 'workflow' }, app))).toEqual([]);
  });
});

describe('Vercel AI SDK', () => {
  const sdk = { scope: 'ai', resource: { 'service.name': 'opencode' } };
  const call = {
    'ai.operationId': 'ai.streamText.doStream',
    'ai.model.provider': 'openai.responses',
    'ai.model.id': 'gpt-5.4',
    'ai.response.id': 'resp_1',
    'ai.response.model': 'gpt-5.4-2026-03-05',
  };
  const v4 = { 'ai.usage.promptTokens': 1000, 'ai.usage.completionTokens': 100 };
  const v5 = {
    'ai.usage.inputTokens': 1000,
    'ai.usage.outputTokens': 100,
    'ai.usage.totalTokens': 1100,
    'ai.usage.reasoningTokens': 40,
    'ai.usage.cachedInputTokens': 600,
  };
  const v6 = {
    ...v5,
    'ai.usage.inputTokenDetails.noCacheTokens': 300,
    'ai.usage.inputTokenDetails.cacheReadTokens': 600,
    'ai.usage.inputTokenDetails.cacheWriteTokens': 100,
    'ai.usage.outputTokenDetails.textTokens': 60,
    'ai.usage.outputTokenDetails.reasoningTokens': 40,
  };
  const anthropic = { 'ai.model.provider': 'anthropic.messages', 'ai.response.model': 'claude-sonnet-4-5' };

  it('is read in the words of version 4, 5 and 6', () => {
    expect(countsOf(recordOf(spans({ ...call, ...v4 }, sdk)))).toEqual([1000, 0, 0, 100, null]);
    expect(countsOf(recordOf(spans({ ...call, ...v5 }, sdk)))).toEqual([400, 600, 0, 100, 40]);
    const record = recordOf(spans({ ...call, ...v6 }, sdk));
    expect(countsOf(record)).toEqual([300, 600, 100, 100, 40]);
    expect(record).toMatchObject({ agent: 'opencode', provider: 'openai', model: 'gpt-5.4-2026-03-05' });
    expect(record.ids[0]).toBe('resp_1');
  });

  it('leaves the cache out of the input of version 5 with Anthropic, and of no later one', () => {
    expect(countsOf(recordOf(spans({ ...call, ...anthropic, ...v5 }, sdk)))).toEqual([1000, 600, 0, 100, 40]);
    expect(countsOf(recordOf(spans({ ...call, ...anthropic, ...v6 }, sdk)))).toEqual([300, 600, 100, 100, 40]);
  });

  it('finds the cache writes of version 4 and 5 in the metadata', () => {
    const usage = { input_tokens: 1000, cache_read_input_tokens: 600, cache_creation_input_tokens: 50 };
    const metadata = (value: unknown) => ({ 'ai.response.providerMetadata': JSON.stringify(value) });
    const five = { ...call, ...anthropic, ...v5, ...metadata({ anthropic: { usage, cacheCreationInputTokens: 50 } }) };
    expect(countsOf(recordOf(spans(five, sdk)))).toEqual([1000, 600, 50, 100, 40]);
    const cache = { cacheCreationInputTokens: 50, cacheReadInputTokens: 600 };
    const four = { ...call, ...anthropic, ...v4, ...metadata({ anthropic: cache }) };
    expect(countsOf(recordOf(spans(four, sdk)))).toEqual([1000, 600, 50, 100, null]);
    const bedrock = {
      'ai.model.provider': 'amazon-bedrock',
      ...metadata({ bedrock: { usage: { cacheWriteInputTokens: 7 } } }),
    };
    expect(countsOf(recordOf(spans({ ...call, ...v5, ...bedrock }, sdk)))).toEqual([1000, 600, 7, 100, 40]);
    const broken = { ...call, ...anthropic, ...v5, 'ai.response.providerMetadata': '{"anthropic":' };
    expect(countsOf(recordOf(spans(broken, sdk)))).toEqual([1000, 600, 0, 100, 40]);
  });

  it.each(['ai.generateText.doGenerate', 'ai.generateObject.doGenerate', 'ai.streamObject.doStream'])(
    'counts %s',
    name => {
      const { 'ai.operationId': _, ...bare } = call;
      expect(recordsOf(spans({ ...bare, ...v5 }, sdk, { name }))).toHaveLength(1);
    },
  );

  it.each(['ai.generateText', 'ai.streamText', 'ai.toolCall', 'ai.embed'])('ignores %s', operation => {
    expect(recordsOf(spans({ ...call, ...v5, 'ai.operationId': operation }, sdk))).toEqual([]);
  });

  it('counts embeddings', () => {
    const values = { ...call, 'ai.operationId': 'ai.embedMany.doEmbed', 'ai.usage.tokens': 12 };
    expect(countsOf(recordOf(spans(values, sdk)))).toEqual([12, 0, 0, 0, null]);
  });

  it('takes session, user and task from what the application says', () => {
    const values = {
      ...call,
      ...v5,
      'ai.telemetry.functionId': 'write-title',
      'ai.telemetry.metadata.sessionId': 'ses_1',
      'ai.telemetry.metadata.userId': 'ann',
    };
    expect(recordOf(spans(values, sdk))).toMatchObject({ sessionId: 'ses_1', userId: 'ann', taskType: 'write-title' });
  });

  it('counts only chat of version 7, with the cache in the input', () => {
    const seven = { scope: 'gen_ai' };
    expect(recordsOf(spans({ ...chat, 'gen_ai.operation.name': 'agent_step' }, seven))).toEqual([]);
    const values = { ...chat, 'gen_ai.usage.cache_creation.input_tokens': 300 };
    expect(countsOf(recordOf(spans(values, seven)))).toEqual([700, 0, 300, 100, null]);
    expect(rejectionOf(spans({ ...values, 'gen_ai.usage.cache_read.input_tokens': 900 }, seven))).not.toBeNull();
  });
});

describe('OpenInference', () => {
  const llm = {
    'openinference.span.kind': 'LLM',
    'llm.system': 'anthropic',
    'llm.model_name': 'claude-sonnet-4-5',
    'llm.token_count.prompt': 3300,
    'llm.token_count.completion': 100,
    'llm.token_count.total': 3400,
    'llm.token_count.prompt_details.cache_read': 3000,
    'llm.token_count.prompt_details.cache_write': 200,
    'llm.token_count.completion_details.reasoning': 60,
    'llm.cost.total': 1.5,
  };

  it('counts spans of models', () => {
    const record = recordOf(spans(llm, app));
    expect(countsOf(record)).toEqual([100, 3000, 200, 100, 60]);
    expect(record).toMatchObject({ provider: 'anthropic', model: 'claude-sonnet-4-5', billedNanoUsd: null });
  });

  it('guards against a prompt without the cache', () => {
    const values = { ...llm, 'llm.token_count.prompt': 100, 'llm.token_count.total': 200 };
    expect(countsOf(recordOf(spans(values, app)))).toEqual([100, 3000, 200, 100, 60]);
  });

  it.each(['CHAIN', 'AGENT', 'TOOL', 'RETRIEVER'])('ignores %s, whatever else it carries', kind => {
    expect(recordsOf(spans({ ...chat, ...llm, 'openinference.span.kind': kind }, app))).toEqual([]);
  });
});

describe('Langfuse', () => {
  const generation = (details: unknown, more = {}) =>
    spans(
      {
        'langfuse.observation.type': 'generation',
        'langfuse.observation.model.name': 'gpt-5.4',
        'langfuse.observation.usage_details': JSON.stringify(details),
        'langfuse.observation.cost_details': '{"total":1.5}',
        'session.id': 's-1',
        ...more,
      },
      app,
    );

  it('counts disjoint details', () => {
    const details = { input: 300, input_cached_tokens: 600, output: 60, output_reasoning_tokens: 40, total: 1000 };
    const record = recordOf(generation(details));
    expect(countsOf(record)).toEqual([300, 600, 0, 100, 40]);
    expect(record).toMatchObject({ model: 'gpt-5.4', sessionId: 's-1', provider: null, billedNanoUsd: null });
    const anthropic = { input: 10, cache_read_input_tokens: 600, cache_creation_input_tokens: 50, output: 60 };
    expect(countsOf(recordOf(generation(anthropic)))).toEqual([10, 600, 50, 60, null]);
  });

  it('adds what else went in and out', () => {
    const details = { input: 300, input_audio_tokens: 20, output: 60, output_audio_tokens: 5, custom: 9 };
    expect(countsOf(recordOf(generation(details)))).toEqual([320, 0, 0, 65, null]);
  });

  it('takes details for parts of input and output where the total proves it', () => {
    const details = { input: 900, input_cached_tokens: 600, output: 100, output_reasoning_tokens: 40, total: 1000 };
    expect(countsOf(recordOf(generation(details)))).toEqual([300, 600, 0, 100, 40]);
  });

  it('takes the counts of the conventions where it has none of its own', () => {
    const { 'gen_ai.operation.name': _, ...counts } = chat;
    const record = recordOf(spans({ ...counts, 'langfuse.observation.type': 'generation' }, app));
    expect(countsOf(record)).toEqual([1000, 0, 0, 100, null]);
  });

  it('ignores other observations and rejects what is no JSON, without quoting it', () => {
    const span = { 'langfuse.observation.type': 'span' };
    expect(recordsOf(generation({ input: 1 }, span))).toEqual([]);
    expect(recordsOf(spans({ ...chat, 'langfuse.observation.type': 'agent' }, app))).toEqual([]);
    const broken = { 'langfuse.observation.usage_details': 'the secret' };
    expect(rejectionOf(generation({}, broken))).toBe('langfuse.observation.usage_details must be JSON of an object.');
  });
});
