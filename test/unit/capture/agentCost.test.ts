import { describe, expect, it } from 'vitest';
import { readAgentCost } from '../../../src/capture/agentCost.ts';
import { claudeCodeFormat } from '../../../src/capture/transcripts/claudeCode.ts';
import { parseClineTask, parseRooTask } from '../../../src/capture/transcripts/cline.ts';
import { parseClineCliSession } from '../../../src/capture/transcripts/clineCli.ts';
import { parseOpenCodeFile } from '../../../src/capture/transcripts/openCode.ts';
import { recordOf, spans } from './otlp/telemetry.ts';
import { readLines, readWhole } from './transcripts/readTranscript.ts';

describe('an agent’s own cost', () => {
  it('is an amount of USD, or nothing', () => {
    expect([0.0346565, '0.25', 0].map(readAgentCost)).toEqual([34_656_500, 250_000_000, 0]);
    for (const value of [-1, Number.NaN, Number.POSITIVE_INFINITY, 1e300, '', 'free', true, null, undefined, {}]) {
      expect(readAgentCost(value), String(value)).toBeNull();
    }
  });

  it('is kept aside by every transcript that has one', () => {
    const usage = { input_tokens: 1, output_tokens: 1 };
    const message = { id: 'msg_1', role: 'assistant', model: 'claude-opus-4-5', stop_reason: 'end_turn', usage };
    const claude = readLines(claudeCodeFormat, [{ type: 'assistant', costUSD: 0.5, message }]);
    const tokens = { input: 1, output: 1, reasoning: 0, cache: { read: 0, write: 0 } };
    const openCode = { role: 'assistant', id: 'm', cost: 0.5, modelID: 'gpt-5.5', providerID: 'openai', tokens };
    const text = JSON.stringify({ tokensIn: 1, tokensOut: 1, cost: 0.5 });
    const task = [{ ts: 1, say: 'api_req_started', text }];
    const metrics = { inputTokens: 1, outputTokens: 1, cost: 0.5 };
    const found = [
      claude,
      readWhole(parseOpenCodeFile, openCode),
      readWhole(parseClineTask, task),
      readWhole(parseRooTask, task),
      readWhole(parseClineCliSession, { messages: [{ role: 'assistant', metrics }] }),
    ];
    for (const { records } of found) {
      expect(records).toMatchObject([{ agentCostNanoUsd: 500_000_000, billedNanoUsd: null }]);
    }
  });

  it('is kept aside by telemetry that has one', () => {
    const scope = { scope: 'app' };
    const llm = { 'openinference.span.kind': 'LLM', 'llm.token_count.prompt': 5, 'llm.cost.total': 0.5 };
    const generation = {
      'langfuse.observation.type': 'generation',
      'langfuse.observation.usage_details': '{"input":5,"output":1}',
    };
    const costs = { 'langfuse.observation.cost_details': '{"input":0.25,"output":0.25}' };
    expect(recordOf(spans(llm, scope))).toMatchObject({ agentCostNanoUsd: 500_000_000, billedNanoUsd: null });
    expect(recordOf(spans({ ...generation, ...costs }, scope))).toMatchObject({ agentCostNanoUsd: 500_000_000 });
    expect(recordOf(spans(generation, scope))).toMatchObject({ agentCostNanoUsd: null });
  });
});
