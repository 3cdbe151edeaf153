import { parseChatRequest } from './chatMessages.ts';
import { parseFrontMatter } from './frontMatter.ts';

/** What the user wants to send. */
export interface PromptSource {
  readonly text: string;
  /** Name or path of the file, when there is one; `.prompty` files have messages by role. */
  readonly fileName?: string;
  /** VS Code's language id; front matter is not looked for in YAML. */
  readonly languageId?: string;
  /** The text is to be counted as it is: no front matter, no messages. */
  readonly isPlain?: boolean;
}

/** A prompt, taken apart: the texts that are sent and what else counts. */
export interface PromptDocument {
  readonly format: 'plain' | 'messages';
  /** The texts that are sent, without front matter and JSON around them. */
  readonly texts: readonly string[];
  readonly messages: number;
  /** Tokens that are sent around the texts. */
  readonly overheadTokens: number;
  /** The model the document itself names. */
  readonly model: string | null;
  /** Tokens, when the document says so. */
  readonly expectedOutputTokens: number | null;
  /** Sentences for the user on what is not counted. */
  readonly notes: readonly string[];
}

/** Chat messages are wrapped in a few tokens each, and the answer is primed with some (issue 2, "Estimate"). */
export const tokensPerMessage = 4;
export const tokensPerConversation = 3;

/** Takes a prompt apart: front matter, chat messages as JSON, `.prompty` roles, else plain text. Never throws. */
export function parsePromptDocument(source: PromptSource): PromptDocument {
  if (source.isPlain) {
    return plainDocument(source.text);
  }
  const isYaml = source.languageId === 'yaml' || /\.ya?ml$/i.test(source.fileName ?? '');
  const front = parseFrontMatter(isYaml ? '' : source.text);
  const body = front.bodyStart > 0 ? source.text.slice(front.bodyStart) : source.text;
  const document = parseBody(body, /\.prompty$/i.test(source.fileName ?? '') || source.languageId === 'prompty');
  return {
    ...document,
    model: front.model ?? document.model,
    expectedOutputTokens: front.expectedOutputTokens,
  };
}

function parseBody(body: string, isPrompty: boolean): PromptDocument {
  const request = parseChatRequest(body);
  if (request) {
    return { ...messageDocument(request.texts, request.count, request.uncounted), model: request.model };
  }
  const roles = isPrompty ? parseRoles(body) : [];
  return roles.length > 0 ? messageDocument(roles, roles.length, []) : plainDocument(body);
}

function messageDocument(texts: readonly string[], messages: number, uncounted: readonly string[]): PromptDocument {
  return {
    ...plainDocument(''),
    format: 'messages',
    texts,
    messages,
    overheadTokens: messages * tokensPerMessage + tokensPerConversation,
    notes: uncounted.length > 0 ? [`Not counted: ${uncounted.join(', ')}.`] : [],
  };
}

function plainDocument(text: string): PromptDocument {
  return {
    format: 'plain',
    texts: text === '' ? [] : [text],
    messages: 0,
    overheadTokens: 0,
    model: null,
    expectedOutputTokens: null,
    notes: [],
  };
}

/** Messages of a `.prompty` body: each starts with a line that is a role and a colon. None when no line is. */
function parseRoles(body: string): readonly string[] {
  const parts = body.split(/^[ \t]*#?[ \t]*(?:system|user|assistant|developer|tool)[ \t]*:[ \t]*\r?$/im);
  const [before = '', ...texts] = parts.map(part => part.trim());
  return before !== '' && texts.length > 0 ? [before, ...texts] : texts;
}
