import { asObject, type JsonObject } from '../../../src/capture/json.ts';
import { lastOf, listOf } from './lists.ts';
import type { Asked, ReportedCall, ToolCall } from './reportedCall.ts';

/** What a `POST /v1/responses` asks for. */
export function readResponsesRequest(body: JsonObject): Asked {
  const last = lastOf(body.input);
  return {
    model: String(body.model),
    isStream: body.stream === true,
    tools: listOf(body.tools).map(tool => String(asObject(tool)?.name)),
    hasToolResult: last.includes('call_output"'),
    isDelegating: false,
  };
}

/** The answer: the response, or the events of a stream. OpenAI has one time to live for what it writes to the cache. */
export function formatResponse(call: ReportedCall, tool: ToolCall | null, isStream: boolean): string {
  const written = call.cacheWrite5m + call.cacheWrite1h;
  const input = call.input + call.cacheRead + written;
  const item = tool
    ? {
        type: 'function_call',
        id: `fc_${call.id}`,
        call_id: `call_${call.id}`,
        name: tool.name,
        arguments: JSON.stringify(tool.input),
        status: 'completed',
      }
    : {
        type: 'message',
        id: `msg_${call.id}`,
        role: 'assistant',
        status: 'completed',
        content: [{ type: 'output_text', text: 'One.', annotations: [] }],
      };
  const response = {
    id: call.id,
    object: 'response',
    created_at: Math.floor(Date.now() / 1000),
    status: 'completed',
    model: call.model,
    output: [item],
    service_tier: 'default',
    usage: {
      input_tokens: input,
      input_tokens_details: { cached_tokens: call.cacheRead, cache_write_tokens: written },
      output_tokens: call.output,
      output_tokens_details: { reasoning_tokens: call.reasoning },
      total_tokens: input + call.output,
    },
  };
  if (!isStream) {
    return JSON.stringify(response);
  }
  const begun = { ...response, status: 'in_progress', output: [], usage: null };
  const text = tool ? [] : [{ type: 'response.output_text.delta', item_id: item.id, output_index: 0, delta: 'One.' }];
  const events = [
    { type: 'response.created', response: begun },
    {
      type: 'response.output_item.added',
      output_index: 0,
      item: { ...item, status: 'in_progress', ...(tool ? { arguments: '' } : { content: [] }) },
    },
    ...text,
    { type: 'response.output_item.done', output_index: 0, item },
    { type: 'response.completed', response },
  ];
  return events
    .map((event, index) => `event: ${event.type}\ndata: ${JSON.stringify({ ...event, sequence_number: index })}\n\n`)
    .join('');
}
