/** Text of chat messages and what in them can't be counted. */
export interface ChatMessages {
  readonly count: number;
  readonly texts: readonly string[];
  /** What is left out of the count, as plural nouns: `images and other non-text parts`. */
  readonly uncounted: readonly string[];
}

/** A JSON request body: its messages, and the model it names. */
export interface ChatRequest extends ChatMessages {
  readonly model: string | null;
}

type Json = Readonly<Record<string, unknown>>;

/**
 * Reads `[{"role", "content"}, …]` or `{"model", "messages": […]}`. Null when the text is anything else, which is then plain text.
 * Content is a string, or parts of which those with a `text` count.
 */
export function parseChatRequest(text: string): ChatRequest | null {
  if (!/^\s*[[{]/.test(text)) {
    return null;
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  if (Array.isArray(value)) {
    const messages = parseMessages(value);
    return messages && { ...messages, model: null };
  }
  const body = asObject(value);
  const messages = body && Array.isArray(body.messages) ? parseMessages(body.messages) : null;
  if (!body || !messages) {
    return null;
  }
  const extras = ['system', 'tools', 'functions', 'response_format'].filter(key => body[key] !== undefined);
  const model = typeof body.model === 'string' ? body.model.trim() : '';
  return { ...messages, model: model || null, uncounted: [...messages.uncounted, ...extras.map(key => `\`${key}\``)] };
}

function parseMessages(values: readonly unknown[]): ChatMessages | null {
  const texts: string[] = [];
  const uncounted = new Set<string>();
  for (const value of values) {
    const message = asObject(value);
    if (!message || typeof message.role !== 'string') {
      return null;
    }
    if (message.tool_calls !== undefined || message.function_call !== undefined) {
      uncounted.add('tool calls');
    }
    const content = message.content ?? [];
    if (typeof content !== 'string' && !Array.isArray(content)) {
      return null;
    }
    for (const part of Array.isArray(content) ? content : [content]) {
      const partText = typeof part === 'string' ? part : asObject(part)?.text;
      if (typeof partText === 'string') {
        texts.push(partText);
      } else {
        uncounted.add('images and other non-text parts');
      }
    }
  }
  return values.length === 0 ? null : { count: values.length, texts, uncounted: [...uncounted] };
}

function asObject(value: unknown): Json | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as Json) : null;
}
