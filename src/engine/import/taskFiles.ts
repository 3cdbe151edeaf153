import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { asObject, asText } from '../../capture/json.ts';
import type { ModelUse } from '../../capture/transcripts/transcript.ts';
import { parseTimestamp } from '../../core/time/time.ts';

/** A JSON file; null when it is not there, too large or no JSON. */
export async function readJson(path: string): Promise<unknown> {
  try {
    return JSON.parse(await readFile(path, 'utf8'));
  } catch {
    return null;
  }
}

/** What the files beside `ui_messages.json` of Cline and Roo tell. */
export interface TaskFiles {
  readonly models: readonly ModelUse[];
  readonly cwd: string | null;
}

/**
 * Cline lists the models in `task_metadata.json`; Roo names them, and both the working folder, in the environment details that they send
 * along with prompts (`api_conversation_history.json`).
 */
export async function readTaskFiles(folder: string): Promise<TaskFiles> {
  const metadata = asObject(await readJson(join(folder, 'task_metadata.json')));
  const usage: unknown[] = Array.isArray(metadata?.model_usage) ? metadata.model_usage : [];
  const history = await readJson(join(folder, 'api_conversation_history.json'));
  const details = (Array.isArray(history) ? history : []).map(entry => ({
    time: parseTimestamp(asObject(entry)?.ts),
    text: JSON.stringify(asObject(entry)?.role === 'user' ? asObject(entry)?.content : ''),
  }));
  const listed = usage.flatMap(value => {
    const use = asObject(value);
    const model = asText(use?.model_id);
    return model === null
      ? []
      : { from: parseTimestamp(use?.ts) ?? 0, model, provider: asText(use?.model_provider_id) };
  });
  const named = details.flatMap(({ time, text }) => {
    const model = asText(/<model>([^<\\]{1,200})<\/model>/.exec(text)?.[1]);
    return model === null ? [] : { from: time ?? 0, model, provider: null };
  });
  const folders = details.flatMap(
    ({ text }) => /Current (?:Working|Workspace) Directory \(((?:[^)"\\]|\\\\)+)\)/.exec(text)?.[1] ?? [],
  );
  const models = (listed.length > 0 ? listed : named).sort((a, b) => a.from - b.from);
  return { models, cwd: folders[0]?.replaceAll('\\\\', '\\') ?? null };
}
