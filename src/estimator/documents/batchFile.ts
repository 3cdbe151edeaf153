import {
  type DocumentNote,
  oneRequest,
  type PromptDocument,
  type PromptRequest,
  plainRequest,
} from './promptDocument.ts';
import { type ParsedRequest, parseRequestBody } from './requestBody.ts';
import { asObject } from './requestParts.ts';

interface Line {
  readonly parsed: ParsedRequest;
  readonly isBatch: boolean;
}

/**
 * A file of one request a line, as the batch APIs take it: OpenAI's `{custom_id, body}` (platform.openai.com/docs/guides/batch), Anthropic's
 * `{custom_id, params}` (…/build-with-claude/batch-processing), Gemini's `{key, request}` (ai.google.dev/gemini-api/docs/batch-api). Lines that
 * are requests themselves are counted at standard rates. Null when no line is a request.
 */
export function parseBatchFile(text: string): PromptDocument | null {
  const lines = text.split('\n').filter(line => line.trim() !== '');
  const found: Line[] = [];
  for (const line of lines) {
    const parsed = parseLine(line);
    if (parsed) {
      found.push(parsed);
    }
  }
  const [first] = found;
  if (!first) {
    return null;
  }
  const requests = found.map(({ parsed }) => parsed.request);
  const models = new Set(requests.map(({ model }) => model));
  const notes: DocumentNote[] = [...mergeNotes(found.flatMap(({ parsed }) => parsed.notes))];
  if (models.size > 1) {
    notes.push({ kind: 'severalModels', count: models.size });
  }
  if (found.length < lines.length) {
    notes.push({ kind: 'unreadLines', count: lines.length - found.length });
  }
  return {
    ...oneRequest('.jsonl', first.parsed.request ?? plainRequest('')),
    format: 'batch',
    requests: requests as readonly PromptRequest[],
    model: requests.find(({ model }) => model !== null)?.model ?? null,
    serviceTier: found.every(({ isBatch }) => isBatch) ? 'batch' : null,
    notes,
  };
}

function parseLine(line: string): Line | null {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch {
    return null;
  }
  const object = asObject(value);
  const wrapped = asObject(object?.body) ?? asObject(object?.params) ?? asObject(object?.request);
  const parsed = parseRequestBody(wrapped ?? value);
  return parsed && { parsed, isBatch: wrapped !== null };
}

/** The notes of all lines as one of each kind. */
function mergeNotes(notes: readonly DocumentNote[]): readonly DocumentNote[] {
  const merged = new Map<string, DocumentNote>();
  for (const note of notes) {
    const known = merged.get(note.kind);
    if (known?.kind === 'uncounted' && note.kind === 'uncounted') {
      merged.set(note.kind, { ...note, parts: [...new Set([...known.parts, ...note.parts])] });
    } else if (known && 'count' in known && 'count' in note) {
      merged.set(note.kind, { ...note, count: known.count + note.count });
    } else {
      merged.set(note.kind, note);
    }
  }
  return [...merged.values()];
}
