import { asObject, type JsonObject } from '../../../src/capture/json.ts';
import { lastOf, listOf } from './lists.ts';
import type { Asked, ReportedCall, ToolCall } from './reportedCall.ts';

/** What a `POST /v1beta/models/{model}:generateContent` or `:streamGenerateContent` asks for. */
export function readGenerateRequest(body: JsonObject, path: string): Asked {
  const declared = listOf(body.tools).flatMap(tool => listOf(asObject(tool)?.functionDeclarations));
  return {
    model: /models\/([^:/]+):/.exec(path)?.[1] ?? 'unknown',
    isStream: path.includes(':streamGenerateContent'),
    tools: declared.map(tool => String(asObject(tool)?.name)),
    hasToolResult: lastOf(body.contents).includes('"functionResponse"'),
    isDelegating: false,
  };
}

/** Whether the answer must be JSON of a schema: Gemini CLI's router, which chooses the model. */
export function wantsJson(body: JsonObject): boolean {
  return asObject(body.generationConfig)?.responseMimeType === 'application/json';
}

/** The answer: one object, or the events of a stream. Gemini has no cache writes, and its candidates leave the thoughts out. */
export function formatGenerated(call: ReportedCall, tool: ToolCall | null, isStream: boolean, isJson: boolean): string {
  const usageMetadata = {
    promptTokenCount: call.input + call.cacheRead,
    cachedContentTokenCount: call.cacheRead,
    candidatesTokenCount: call.output - call.reasoning,
    thoughtsTokenCount: call.reasoning,
    totalTokenCount: call.input + call.cacheRead + call.output,
  };
  const text = isJson ? JSON.stringify({ reasoning: 'simple', model_choice: 'flash', complexity_score: 10 }) : 'One.';
  const part = tool ? { functionCall: { name: tool.name, args: tool.input } } : { text };
  const head = { modelVersion: call.model, responseId: call.id };
  const candidate = { index: 0, content: { role: 'model', parts: [part] } };
  const last = { candidates: [{ ...candidate, finishReason: 'STOP' }], usageMetadata, ...head };
  if (!isStream) {
    return JSON.stringify(last);
  }
  const early = {
    candidates: [{ index: 0, content: { role: 'model', parts: [{ text: '', thought: true }] } }],
    usageMetadata: {
      promptTokenCount: usageMetadata.promptTokenCount,
      totalTokenCount: usageMetadata.promptTokenCount,
    },
    ...head,
  };
  return [early, last].map(event => `data: ${JSON.stringify(event)}\r\n\r\n`).join('');
}
