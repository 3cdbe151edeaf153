import type { UsageRecord } from '../core/usageRecord.ts';
import type { UsageContext } from './context.ts';
import { asObject, asText, type JsonObject, readText, UsageError } from './json.ts';
import { buildRecord } from './record.ts';
import { readCounts, toTokens } from './transcripts/codexUsage.ts';

/** What `codex exec --json` says of one thread: its id, and the usage of the last turn that ended. */
export interface CodexThread {
  readonly id: string;
  usage: JsonObject | null;
}

/** The threads in the lines that `codex exec --json` prints; none in anything else. */
export function findCodexThreads(values: readonly unknown[]): CodexThread[] {
  const threads = new Map<string, CodexThread>();
  let current: CodexThread | null = null;
  for (const value of values) {
    const event = asObject(value);
    const id = event?.type === 'thread.started' ? asText(event.thread_id) : null;
    if (id !== null) {
      current = threads.get(id) ?? { id, usage: null };
      threads.set(id, current);
    } else if (current && event?.type === 'turn.completed') {
      current.usage = asObject(event.usage) ?? current.usage;
    }
  }
  return [...threads.values()];
}

/**
 * The record of a thread. A turn's usage is the sum of all of the thread's turns so far, also of those of earlier runs (wire formats, D2), so a
 * thread has one row, which grows: what it tells is a lower bound, and the sum of several prompts is no prompt to choose a rate by. No model is named. Throws `UsageError` for counts that contradict themselves, and without any.
 */
export function parseCodexThread({ id, usage }: CodexThread, context: UsageContext, receivedAt: number): UsageRecord {
  if (usage === null) {
    throw new UsageError(null, 'There is no usage in the response.');
  }
  const path = 'usage.';
  const tokens = toTokens(readCounts(usage, path), path);
  const facts = { id: null, provider: 'openai', model: null, tokens, completeness: 'lower_bound' } as const;
  const thread = readText({ thread_id: id }, 'thread_id') ?? undefined;
  const who = { ...context, agent: context.agent ?? 'codex', sessionId: context.sessionId ?? thread };
  const record = buildRecord(facts, who, receivedAt, 'usage');
  return { ...record, ids: [...record.ids, `~codex-exec:${thread}`] };
}
