import { mkdir, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { transcriptAgents } from '../../../../src/capture/transcripts/transcript.ts';
import { openCursors } from '../../../../src/engine/import/cursors.ts';
import { runImport } from '../../../../src/engine/import/runImport.ts';
import type { Ledger } from '../../../../src/ledger/ledger.ts';
import { makeFolder, open } from '../../ledger/makeLedger.ts';

export const session = '11111111-2222-4333-8444-555555555555';

/** The line of an answer of Claude Code in a session. */
export function claudeLine(id: string, output: number, more: object = {}): string {
  const usage = { input_tokens: 10, output_tokens: output, cache_read_input_tokens: 100 };
  const message = { id: `msg_${id}`, role: 'assistant', model: 'claude-opus-5-5', stop_reason: 'end_turn', usage };
  const place = { sessionId: session, cwd: '/home/dev/demo', uuid: `u-${id}`, requestId: `req_${id}` };
  return `${JSON.stringify({ type: 'assistant', timestamp: '2026-11-21T22:26:44.000Z', ...place, message, ...more })}\n`;
}

/** The lines of an old rollout of Codex with one call per output count. */
export function codexLines(thread: string, outputs: readonly number[]): string {
  let total = 0;
  const at = (second: number) => new Date(Date.UTC(2026, 10, 21, 22, 0, second)).toISOString();
  const lines: object[] = [
    {
      timestamp: at(0),
      type: 'session_meta',
      payload: { id: thread, cwd: '/home/dev/demo', model_provider: 'openai' },
    },
    { timestamp: at(0), type: 'turn_context', payload: { model: 'gpt-5.5' } },
  ];
  for (const [index, output] of outputs.entries()) {
    total += output;
    const usage = (output_tokens: number) => ({ input_tokens: output_tokens * 10, output_tokens });
    const info = { last_token_usage: usage(output), total_token_usage: usage(total) };
    lines.push({ timestamp: at(index + 5), type: 'event_msg', payload: { type: 'token_count', info } });
  }
  return lines.map(line => `${JSON.stringify(line)}\n`).join('');
}

/** A file below a home. */
export async function write(home: string, path: string, content: string | Uint8Array): Promise<string> {
  const file = join(home, path);
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, content);
  return file;
}

export interface Import {
  readonly home: string;
  readonly ledger: Ledger;
  /** Imports once and gives the counts. */
  run(agents?: typeof transcriptAgents): ReturnType<typeof runImport>;
  /** Session, prompt and output of each call, sorted. */
  rows(): (string | number | null)[][];
  readonly log: string[];
}

/** A home, and a ledger to import it into. From `threadFromBytes` on a thread of its own reads. */
export async function makeImport(threadFromBytes?: number): Promise<Import> {
  const [home, folder] = await Promise.all([makeFolder(), makeFolder()]);
  const ledger = await open(folder);
  const log: string[] = [];
  return {
    home,
    ledger,
    log,
    run: async (agents = transcriptAgents) =>
      runImport({
        agents,
        home: { home, env: {} },
        cursors: await openCursors(folder),
        sinkFor: () => ledger,
        ...(threadFromBytes !== undefined && { threadFromBytes }),
        log: (level, message) => log.push(`${level} ${message}`),
      }),
    rows: () =>
      ledger
        .recent(1000)
        .map(({ sessionId, promptTokens, completionTokens }) => [sessionId, promptTokens, completionTokens])
        .sort((a, b) => String(a).localeCompare(String(b))),
  };
}
