import { asObject, type JsonObject } from '../../../src/capture/json.ts';
import { lastOf, listOf } from './lists.ts';
import type { Asked, ReportedCall, ToolCall } from './reportedCall.ts';

/** What a `POST /v1/messages` asks for. */
export function readMessagesRequest(body: JsonObject): Asked {
  const last = lastOf(body.messages);
  return {
    model: String(body.model),
    isStream: body.stream === true,
    tools: listOf(body.tools).map(tool => String(asObject(tool)?.name)),
    hasToolResult: last.includes('"tool_result"'),
    isDelegating: last.includes('Delegate'),
  };
}

/** The answer: one JSON object, or the events of a stream. */
export function formatMessages(call: ReportedCall, tool: ToolCall | null, isStream: boolean): string {
  const usage = {
    input_tokens: call.input,
    cache_creation_input_tokens: call.cacheWrite5m + call.cacheWrite1h,
    cache_read_input_tokens: call.cacheRead,
    cache_creation: { ephemeral_5m_input_tokens: call.cacheWrite5m, ephemeral_1h_input_tokens: call.cacheWrite1h },
    output_tokens: call.output,
    output_tokens_details: { thinking_tokens: call.reasoning },
    service_tier: 'standard',
  };
  const block = tool
    ? { type: 'tool_use', id: `toolu_${call.id}`, name: tool.name, input: tool.input }
    : { type: 'text', text: 'One.' };
  const message = { id: call.id, type: 'message', role: 'assistant', model: call.model, stop_sequence: null };
  const stop = tool ? 'tool_use' : 'end_turn';
  if (!isStream) {
    return JSON.stringify({ ...message, content: [block], stop_reason: stop, usage });
  }
  const delta = tool
    ? { type: 'input_json_delta', partial_json: JSON.stringify(tool.input) }
    : { type: 'text_delta', text: 'One.' };
  const events = [
    {
      type: 'message_start',
      message: { ...message, content: [], stop_reason: null, usage: { ...usage, output_tokens: 1 } },
    },
    { type: 'content_block_start', index: 0, content_block: tool ? { ...block, input: {} } : { ...block, text: '' } },
    { type: 'content_block_delta', index: 0, delta },
    { type: 'content_block_stop', index: 0 },
    { type: 'message_delta', delta: { stop_reason: stop, stop_sequence: null }, usage },
    { type: 'message_stop' },
  ];
  return events.map(event => `event: ${event.type}\ndata: ${JSON.stringify(event)}\n\n`).join('');
}
