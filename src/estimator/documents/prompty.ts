import { parseFrontMatter } from './frontMatter.ts';
import { notePlaceholders } from './placeholders.ts';
import { messageRequest, oneRequest, type PromptDocument, plainRequest } from './promptDocument.ts';

/** A role on a line of its own, as Prompty writes it; `[name=…]` may follow the role. */
const roleLine = /^[ \t]*#?[ \t]*(?:system|user|assistant|developer|tool|function)(?:\[[^\]\n]*\])?[ \t]*:[ \t]*\r?$/im;

/** A `.prompty` file (prompty.ai): front matter, then messages that each begin with a role and a colon. */
export function parsePrompty(text: string): PromptDocument {
  const front = parseFrontMatter(text);
  const body = front.bodyStart > 0 ? text.slice(front.bodyStart) : text;
  const parts = body.split(new RegExp(roleLine, 'gim')).map(part => part.trim());
  const [before = '', ...texts] = parts;
  const messages = before !== '' && texts.length > 0 ? [before, ...texts] : texts;
  const request = messages.length > 0 ? messageRequest(messages, messages.length) : plainRequest(body);
  return {
    ...oneRequest('.prompty', request),
    model: front.model,
    expectedOutputTokens: front.expectedOutputTokens,
    taskType: front.taskType,
    notes: [
      ...notePlaceholders(request.texts),
      ...(front.tools.length > 0 ? [{ kind: 'toolsNamed', count: front.tools.length } as const] : []),
      ...(front.isBroken ? [{ kind: 'brokenFrontMatter' } as const] : []),
    ],
  };
}
