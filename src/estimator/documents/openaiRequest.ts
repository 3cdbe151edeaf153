import { asObject, dataOf, type Json, RequestParts } from './requestParts.ts';

/**
 * OpenAI's request bodies, which most others take too: Chat Completions (`messages`) and Responses (`input`, `instructions`). Null for
 * anything else. https://platform.openai.com/docs/api-reference/chat/create, …/responses/create.
 */
export function readOpenAiRequest(body: Json): RequestParts | null {
  const parts = new RequestParts();
  const isChat = Array.isArray(body.messages);
  if (!(isChat ? readMessages(body.messages as unknown[], parts) : readInput(body, parts))) {
    return null;
  }
  parts.addTools(body.tools ?? body.functions);
  const format = asObject(body.response_format) ?? asObject(asObject(body.text)?.format);
  parts.addJson(asObject(format?.json_schema)?.schema ?? format?.schema);
  return parts;
}

function readMessages(messages: readonly unknown[], parts: RequestParts): boolean {
  return messages.length > 0 && messages.every(value => readMessage(asObject(value), parts));
}

function readMessage(message: Json | null, parts: RequestParts): boolean {
  const content = message?.content ?? [];
  if (typeof message?.role !== 'string' || (typeof content !== 'string' && !Array.isArray(content))) {
    return false;
  }
  parts.addMessage();
  readContent(content, parts);
  for (const call of Array.isArray(message.tool_calls) ? message.tool_calls : [message.function_call]) {
    const called = asObject(asObject(call)?.function) ?? asObject(call);
    parts.addText(called?.name);
    parts.addJson(called?.arguments);
  }
  return true;
}

function readInput({ input, instructions }: Json, parts: RequestParts): boolean {
  const items = typeof input === 'string' ? [{ role: 'user', content: input }] : input;
  if (!Array.isArray(items) || items.length === 0 || !items.every(item => asObject(item) !== null)) {
    return false;
  }
  if (typeof instructions === 'string') {
    parts.addMessage();
    parts.addText(instructions);
  }
  for (const item of items as Json[]) {
    if (item.role !== undefined) {
      if (!readMessage(item, parts)) {
        return false;
      }
    } else {
      // Calls of tools and their results, reasoning that is sent back.
      parts.addMessage();
      parts.addText(item.name);
      parts.addJson(item.arguments ?? item.output ?? item.summary);
    }
  }
  return true;
}

function readContent(content: string | readonly unknown[], parts: RequestParts): void {
  for (const value of typeof content === 'string' ? [content] : content) {
    const part = asObject(value);
    const type = String(part?.type ?? '');
    if (typeof value === 'string' || typeof part?.text === 'string') {
      parts.addText(part?.text ?? value);
    } else if (type.includes('image')) {
      const image = asObject(part?.image_url);
      const url = image?.url ?? part?.image_url;
      parts.addImage(dataOf(url), image?.detail ?? part?.detail);
    } else if (typeof part?.refusal === 'string') {
      parts.addText(part.refusal);
    } else {
      parts.addUncounted(type.includes('audio') ? 'audio' : type.includes('file') ? 'files' : 'other parts');
    }
  }
}
