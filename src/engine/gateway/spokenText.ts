import { asObject, type JsonObject } from '../../capture/json.ts';

/** Fields of the providers' languages whose values are no text of a prompt: names, ids, settings, and media in base64. */
const silent = new Set(
  `role type id object model data url image_url images file_data file_id file_uri fileUri filename signature thoughtSignature
  thought_signature encrypted_content call_id tool_call_id tool_use_id item_id response_id media_type mimeType mime_type user user_id
  session_id previous_response_id prompt_cache_key safety_identifier service_tier ttl detail effort verbosity status truncation
  tool_choice encoding_format format keep_alive phase category threshold summary created_at done_reason finish_reason finishReason
  stop_reason system_fingerprint responseId modelVersion task_type taskType`.split(/\s+/),
);

/** Names that belong to the languages; any other name is the caller's own (a parameter of a tool), which is sent to the model. */
const grammar = new Set(
  `content contents text parts messages message input instructions system system_instruction systemInstruction prompt tools
  function functions functionDeclarations functionCall functionResponse function_call tool_calls arguments args name description
  parameters parameters_json_schema input_schema properties required items additionalProperties strict stream stream_options
  include_usage max_tokens max_completion_tokens max_output_tokens maxOutputTokens temperature top_p topP top_k topK stop metadata
  reasoning thinking budget_tokens cache_control generationConfig safetySettings options store n seed choices delta index output
  candidates response response_format usage done created refusal annotations logprobs reasoning_content source inlineData inline_data
  output_text incomplete_details error parallel_tool_calls background include top_logprobs tool_resources`.split(/\s+/),
);

export interface SpokenText {
  /** Texts in their order. */
  readonly texts: readonly string[];
  /** Messages, as far as they name a role. */
  readonly messages: number;
}

/**
 * The texts in the JSON of a request or an answer, in any provider's language, whole or cut off: what a model reads or writes. Media
 * are left out.
 */
export function readSpokenText(json: string): SpokenText {
  const texts: string[] = [];
  let messages = 0;
  let field = '';
  for (let at = json.indexOf('"'); at !== -1; ) {
    const end = findStringEnd(json, at);
    const isWhole = end !== -1;
    const raw = json.slice(at + 1, isWhole ? end : undefined);
    const isName = isWhole && isBeforeColon(json, end + 1);
    if (isName) {
      field = raw;
      messages += raw === 'role' ? 1 : 0;
    }
    const isSpoken = isName
      ? !silent.has(raw) && !grammar.has(raw)
      : !silent.has(field) && !/^data:[^,]{0,100};base64,/.test(raw);
    if (isSpoken && raw !== '') {
      texts.push(unescapeJson(raw, isWhole));
    }
    at = isWhole ? json.indexOf('"', end + 1) : -1;
  }
  return { texts, messages };
}

/** What one event of a streamed answer adds to its text; empty for one that repeats or adds none. */
export function readSpokenPiece(piece: JsonObject): string {
  const type = typeof piece.type === 'string' ? piece.type : '';
  if (type.startsWith('response.')) {
    const isText = type.endsWith('.delta') && !type.endsWith('audio.delta');
    return isText
      ? asSpoken(piece.delta)
      : type.endsWith('output_item.added')
        ? asSpoken(asObject(piece.item)?.name)
        : '';
  }
  if (type === 'content_block_start') {
    return asSpoken(asObject(piece.content_block)?.name);
  }
  if (type === 'content_block_delta') {
    const { text, thinking, partial_json: json } = asObject(piece.delta) ?? {};
    return asSpoken(text) + asSpoken(thinking) + asSpoken(json);
  }
  return (
    listObjects(piece.choices).map(readChoice).join('') + listObjects(piece.candidates).map(readCandidate).join('')
  );
}

function readChoice(choice: JsonObject): string {
  const delta = asObject(choice.delta) ?? {};
  const calls = [...listObjects(delta.tool_calls).map(call => asObject(call.function)), asObject(delta.function_call)];
  return (
    asSpoken(choice.text) +
    asSpoken(delta.content) +
    asSpoken(delta.reasoning_content ?? delta.reasoning) +
    asSpoken(delta.refusal) +
    calls.map(call => asSpoken(call?.name) + asSpoken(call?.arguments)).join('')
  );
}

function readCandidate(candidate: JsonObject): string {
  const parts = listObjects(asObject(candidate.content)?.parts);
  return parts
    .map(part => asSpoken(part.text) + (part.functionCall === undefined ? '' : JSON.stringify(part.functionCall)))
    .join('');
}

function listObjects(value: unknown): JsonObject[] {
  return Array.isArray(value) ? value.map(asObject).filter(item => item !== null) : [];
}

/** Some servers send the content of a delta as parts. */
function asSpoken(value: unknown): string {
  return typeof value === 'string'
    ? value
    : listObjects(value)
        .map(part => asSpoken(part.text))
        .join('');
}

/** The closing quote of the string that begins at `from`; -1 when it is cut off. */
function findStringEnd(json: string, from: number): number {
  for (let at = json.indexOf('"', from + 1); at !== -1; at = json.indexOf('"', at + 1)) {
    let slashes = 0;
    while (json[at - 1 - slashes] === '\\') {
      slashes += 1;
    }
    if (slashes % 2 === 0) {
      return at;
    }
  }
  return -1;
}

function isBeforeColon(json: string, from: number): boolean {
  let at = from;
  while (json[at] === ' ' || json[at] === '\n' || json[at] === '\r' || json[at] === '\t') {
    at += 1;
  }
  return json[at] === ':';
}

function unescapeJson(raw: string, isWhole: boolean): string {
  if (!raw.includes('\\')) {
    return raw;
  }
  try {
    // The end of a string that is cut off may be half an escape.
    return JSON.parse(`"${isWhole ? raw : raw.replace(/\\(?:u[0-9a-f]{0,3})?$/i, '')}"`);
  } catch {
    return raw;
  }
}
