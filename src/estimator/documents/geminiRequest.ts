import { asObject, type Json, RequestParts } from './requestParts.ts';

/** Gemini's generateContent body; null for anything else. https://ai.google.dev/api/generate-content. Both spellings of its fields count. */
export function readGeminiRequest(body: Json): RequestParts | null {
  const contents = typeof body.contents === 'string' ? [{ parts: [{ text: body.contents }] }] : body.contents;
  if (!Array.isArray(contents) || contents.length === 0) {
    return null;
  }
  const parts = new RequestParts();
  const system = asObject(body.systemInstruction ?? body.system_instruction);
  for (const value of system ? [system, ...contents] : contents) {
    const content = asObject(value);
    if (!content || !Array.isArray(content.parts)) {
      return null;
    }
    parts.addMessage();
    for (const part of content.parts) {
      readPart(asObject(part), parts, resolutionOf(body));
    }
  }
  for (const value of Array.isArray(body.tools) ? body.tools : []) {
    const tool = asObject(value);
    parts.addTools(tool?.functionDeclarations ?? tool?.function_declarations);
  }
  const config = asObject(body.generationConfig ?? body.generation_config);
  parts.addJson(config?.responseSchema ?? config?.responseJsonSchema ?? config?.response_schema);
  return parts;
}

function readPart(part: Json | null, parts: RequestParts, detail: unknown): void {
  const inline = asObject(part?.inlineData ?? part?.inline_data);
  const called = asObject(part?.functionCall ?? part?.function_call);
  const result = asObject(part?.functionResponse ?? part?.function_response);
  const kind = String(inline?.mimeType ?? inline?.mime_type ?? '');
  if (typeof part?.text === 'string') {
    parts.addText(part.text);
  } else if (inline && kind.startsWith('image/')) {
    parts.addImage(typeof inline.data === 'string' ? inline.data : null, detail);
  } else if (called ?? result) {
    parts.addText((called ?? result)?.name);
    parts.addJson(called?.args ?? result?.response);
  } else {
    parts.addUncounted(kind.startsWith('audio/') ? 'audio' : 'files');
  }
}

/** `MEDIA_RESOLUTION_LOW` and the like. */
function resolutionOf(body: Json): unknown {
  const config = asObject(body.generationConfig ?? body.generation_config);
  return config?.mediaResolution ?? config?.media_resolution;
}
