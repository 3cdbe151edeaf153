import { asObject, type JsonObject } from '../../../src/capture/json.ts';
import { lastOf, listOf } from './lists.ts';
import type { Asked, ReportedCall, ToolCall } from './reportedCall.ts';

/** What a `POST /v1/chat/completions` asks for. */
export function readChatRequest(body: JsonObject): Asked {
  const last = lastOf(body.messages);
  return {
    model: String(body.model),
    isStream: body.stream === true,
    tools: listOf(body.tools).map(tool => String(asObject(asObject(tool)?.function)?.name)),
    hasToolResult: last.includes('"role":"tool"'),
    isDelegating: false,
  };
}

/** The answer: the completion, or the chunks of a stream, the last one with the usage. */
export function formatCompletion(call: ReportedCall, tool: ToolCall | null, isStream: boolean): string {
  const written = call.cacheWrite5m + call.cacheWrite1h;
  const prompt = call.input + call.cacheRead + written;
  const usage = {
    prompt_tokens: prompt,
    completion_tokens: call.output,
    total_tokens: prompt + call.output,
    prompt_tokens_details: { cached_tokens: call.cacheRead, cache_write_tokens: written },
    completion_tokens_details: { reasoning_tokens: call.reasoning },
  };
  const calls = tool && [
    {
      index: 0,
      id: `call_${call.id}`,
      type: 'function',
      function: { name: tool.name, arguments: JSON.stringify(tool.input) },
    },
  ];
  const content = calls ? { content: null, tool_calls: calls } : { content: 'One.' };
  const head = { id: call.id, created: Math.floor(Date.now() / 1000), model: call.model };
  const reason = tool ? 'tool_calls' : 'stop';
  if (!isStream) {
    const choice = { index: 0, message: { role: 'assistant', ...content }, finish_reason: reason };
    return JSON.stringify({ ...head, object: 'chat.completion', choices: [choice], usage });
  }
  const chunk = { ...head, object: 'chat.completion.chunk', usage: null };
  const events = [
    { ...chunk, choices: [{ index: 0, delta: { role: 'assistant', ...content }, finish_reason: null }] },
    { ...chunk, choices: [{ index: 0, delta: {}, finish_reason: reason }] },
    { ...chunk, choices: [], usage },
  ];
  return `${events.map(event => `data: ${JSON.stringify(event)}\n\n`).join('')}data: [DONE]\n\n`;
}
