import { asObject, type Json, RequestParts } from './requestParts.ts';

/** Anthropic's Messages body, also as Bedrock and Vertex AI take it; null for anything else. https://platform.claude.com/docs/en/api/messages. */
export function readAnthropicRequest(body: Json): RequestParts | null {
  if (!Array.isArray(body.messages) || !isAnthropic(body)) {
    return null;
  }
  const parts = new RequestParts();
  if (body.system !== undefined) {
    parts.addMessage();
    readContent(body.system, parts);
  }
  for (const value of body.messages) {
    const message = asObject(value);
    if (typeof message?.role !== 'string') {
      return null;
    }
    parts.addMessage();
    readContent(message.content, parts);
  }
  parts.addTools(body.tools);
  return parts;
}

/** By what only this API has: `system` beside the messages, its version, tools with `input_schema`, its kinds of content. */
function isAnthropic(body: Json): boolean {
  const kinds = new Set(['tool_use', 'tool_result', 'thinking', 'image', 'document']);
  const hasOwnKind = (value: unknown): boolean => {
    const content = asObject(value)?.content;
    return Array.isArray(content) && content.some(part => kinds.has(String(asObject(part)?.type)));
  };
  return (
    body.system !== undefined ||
    body.anthropic_version !== undefined ||
    /claude/i.test(String(body.model ?? '')) ||
    (Array.isArray(body.tools) && body.tools.some(tool => asObject(tool)?.input_schema !== undefined)) ||
    (body.messages as unknown[]).some(hasOwnKind)
  );
}

function readContent(content: unknown, parts: RequestParts): void {
  for (const value of Array.isArray(content) ? content : [content]) {
    const block = asObject(value);
    if (!block) {
      parts.addText(value);
      continue;
    }
    switch (block.type) {
      case 'image':
        readImage(asObject(block.source), parts);
        break;
      case 'tool_use':
      case 'server_tool_use':
        parts.addText(block.name);
        parts.addJson(block.input);
        break;
      case 'tool_result':
        readContent(block.content, parts);
        break;
      case 'thinking':
        parts.addText(block.thinking);
        break;
      case 'document':
        readDocument(block, parts);
        break;
      default:
        if (typeof block.text === 'string') {
          parts.addText(block.text);
        } else {
          parts.addUncounted('other parts');
        }
    }
  }
}

function readImage(source: Json | null, parts: RequestParts): void {
  parts.addImage(source?.type === 'base64' && typeof source.data === 'string' ? source.data : null, null);
}

function readDocument({ source, title, context }: Json, parts: RequestParts): void {
  const document = asObject(source);
  parts.addText(title);
  parts.addText(context);
  if (document?.type === 'text') {
    parts.addText(document.data);
  } else if (document?.type === 'content') {
    readContent(document.content, parts);
  } else {
    parts.addUncounted('files');
  }
}
