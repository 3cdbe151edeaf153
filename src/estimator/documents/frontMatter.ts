import { parseDocument } from 'yaml';

/** What front matter says; null where it says nothing. */
export interface FrontMatter {
  readonly model: string | null;
  /** Tokens. */
  readonly expectedOutputTokens: number | null;
  /** As calls report it; null where it says nothing. */
  readonly taskType: string | null;
  /** Names of tools; empty when it names none. */
  readonly tools: readonly string[];
  /** Files an instruction file is for, as one pattern list. */
  readonly applyTo: string | null;
  readonly name: string | null;
  readonly description: string | null;
  /** Where the text behind the front matter starts; 0 without front matter. */
  readonly bodyStart: number;
  /** There is a block that looks like front matter and is no YAML. */
  readonly isBroken: boolean;
}

const none: FrontMatter = {
  model: null,
  expectedOutputTokens: null,
  taskType: null,
  tools: [],
  applyTo: null,
  name: null,
  description: null,
  bodyStart: 0,
  isBroken: false,
};
const opening = /^\uFEFF?---[ \t]*\r?\n/;
const block = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)(?:^)(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/m;
/** Front matter is short; a longer block is text between two rules. */
const longestBlock = 64 * 1024;

/**
 * Reads the front matter of a prompt file: the YAML between a first line `---` and the next one, if it is a map or empty. A block that is
 * neither is part of the text.
 */
export function parseFrontMatter(text: string): FrontMatter {
  const match = opening.test(text) ? block.exec(text.slice(0, longestBlock)) : null;
  if (!match) {
    return none;
  }
  const parsed = parseYaml(match[1] ?? '');
  if (parsed === undefined) {
    return { ...none, isBroken: /^[A-Za-z_][\w-]*[ \t]*:/m.test(match[1] ?? '') };
  }
  const fields = asRecord(parsed);
  if (!fields && parsed !== null) {
    return none;
  }
  return { ...readFields(fields ?? {}), bodyStart: match[0].length, isBroken: false };
}

/** The value of a YAML text; undefined when it is none. Aliases may not blow it up (yaml's own limit of 100). */
export function parseYaml(text: string): unknown {
  const document = parseDocument(text, { uniqueKeys: false, logLevel: 'silent' });
  if (document.errors.length > 0) {
    return undefined;
  }
  try {
    return document.toJS();
  } catch {
    return undefined;
  }
}

function readFields(fields: Readonly<Record<string, unknown>>): Omit<FrontMatter, 'bodyStart' | 'isBroken'> {
  const tokens = readCount(fields.expected_output_tokens ?? fields.expectedOutputTokens);
  return {
    model: readModel(fields.model),
    expectedOutputTokens: tokens,
    taskType: readString(fields.task_type ?? fields.taskType),
    tools: readNames(fields.tools ?? fields['allowed-tools']),
    applyTo: readNames(fields.applyTo).join(',') || null,
    name: readString(fields.name),
    description: readString(fields.description),
  };
}

/**
 * `model: gpt-4.1`, the first of a list, or Prompty's map: `model.id` (v2), `model.configuration.azure_deployment`, `.model` or
 * `.name` (v1; prompty.ai, "Specification").
 */
function readModel(value: unknown): string | null {
  const first = Array.isArray(value) ? value[0] : value;
  const fields = asRecord(first);
  if (!fields) {
    return typeof first === 'string' ? normalizeModel(first) : null;
  }
  const configuration = asRecord(fields.configuration) ?? {};
  const found = [fields.id, configuration.model, configuration.name, configuration.azure_deployment].find(
    name => typeof name === 'string' && name !== '' && !name.includes('${'),
  );
  return typeof found === 'string' ? normalizeModel(found) : null;
}

/** VS Code's prompt files name models as its picker shows them, `GPT-5 mini (copilot)`: brought to the API's form, `gpt-5-mini`. */
function normalizeModel(value: string): string | null {
  const name = value.trim().replace(/\s*\([^)]*\)$/, '');
  const isPickerName = name !== value.trim() || /\s/.test(name) || /^(GPT|Claude|Gemini|Grok)/.test(name);
  return (isPickerName ? name.toLowerCase().replaceAll(/\s+/g, '-') : name) || null;
}

/** A list, or a text with commas (Claude's `allowed-tools: Read, Grep`); the keys of a map (VS Code's older `tools`). */
function readNames(value: unknown): readonly string[] {
  const names = Array.isArray(value)
    ? value
    : typeof value === 'string'
      ? value.split(',')
      : Object.keys(asRecord(value) ?? {});
  return names.map(name => String(asRecord(name)?.name ?? name).trim()).filter(name => name !== '');
}

function readCount(value: unknown): number | null {
  const count = typeof value === 'string' ? Number(value.replaceAll('_', '') || Number.NaN) : value;
  return typeof count === 'number' && Number.isSafeInteger(count) && count >= 0 ? count : null;
}

function readString(value: unknown): string | null {
  return typeof value === 'string' && value.trim() !== '' ? value.trim() : null;
}

function asRecord(value: unknown): Readonly<Record<string, unknown>> | null {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
    ? (value as Readonly<Record<string, unknown>>)
    : null;
}
