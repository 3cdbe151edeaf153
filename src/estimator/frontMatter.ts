/** What front matter says about an estimate; null where it says nothing. */
export interface FrontMatter {
  readonly model: string | null;
  /** Tokens. */
  readonly expectedOutputTokens: number | null;
  /** Where the text behind the front matter starts; 0 without front matter. */
  readonly bodyStart: number;
}

const none: FrontMatter = { model: null, expectedOutputTokens: null, bodyStart: 0 };
const block = /^\uFEFF?---[ \t]*\r?\n([\s\S]*?)(?:^)(?:---|\.\.\.)[ \t]*(?:\r?\n|$)/m;
/** Front matter is short; a longer block is text between two rules. */
const longestBlock = 64 * 1024;

/**
 * Reads the front matter of a prompt file: the block between a first line `---` and the next one, if it has a `key: value` line
 * at all. Of YAML only top-level `key: value` lines are understood, quoted or not, and the first entry of `[a, b]`; of keys
 * only `model` and `expected_output_tokens` or `expectedOutputTokens`.
 */
export function parseFrontMatter(text: string): FrontMatter {
  if (!/^\uFEFF?---[ \t]*\r?\n/.test(text)) {
    return none;
  }
  const match = block.exec(text.slice(0, longestBlock));
  const lines = match?.[1]?.split(/\r?\n/) ?? [];
  const entries = new Map<string, string>();
  for (const line of lines) {
    const [, key, value] = /^([A-Za-z_][\w-]*)[ \t]*:(?:[ \t]+(.*))?$/.exec(line) ?? [];
    if (key) {
      entries.set(key, parseScalar(value ?? ''));
    }
  }
  if (!match || (entries.size === 0 && lines.some(line => line.trim() !== ''))) {
    return none;
  }
  const tokens = Number(
    (entries.get('expected_output_tokens') ?? entries.get('expectedOutputTokens'))?.replaceAll('_', ''),
  );
  return {
    model: modelName(entries.get('model') ?? ''),
    expectedOutputTokens: Number.isSafeInteger(tokens) && tokens >= 0 ? tokens : null,
    bodyStart: match[0].length,
  };
}

/** A scalar without its comment and quotes; of `[a, b]` the first entry. */
function parseScalar(value: string): string {
  const trimmed = value.trim();
  const first = trimmed.startsWith('[') ? (trimmed.slice(1).split(/[,\]]/)[0] ?? '') : trimmed;
  const quoted = /^\s*(["'])(.*?)\1/.exec(first);
  return (quoted?.[2] ?? first.replace(/(^|\s)#.*$/, '')).trim();
}

/** VS Code's prompt files name models as its picker shows them, `GPT-5 mini (copilot)`: brought to the API's form, `gpt-5-mini`. */
function modelName(value: string): string | null {
  const name = value.replace(/\s*\([^)]*\)$/, '');
  const isPickerName = name !== value || /\s/.test(name) || /^(GPT|Claude|Gemini|Grok)/.test(name);
  return (isPickerName ? name.toLowerCase().replaceAll(/\s+/g, '-') : name) || null;
}
