import type { Completeness, TokenCounts, UsageRecord } from '../../core/usageRecord.ts';
import type { UsageContext } from '../context.ts';
import { asObject, type JsonObject, UsageError } from '../json.ts';
import { buildRecord } from '../record.ts';

/** The agents whose transcripts can be read, by the names of the command line (docs/import.md). */
export const transcriptAgents = [
  'claude-code',
  'codex',
  'gemini-cli',
  'copilot-cli',
  'copilot-chat',
  'opencode',
  'cline',
  'cline-cli',
  'roo',
] as const;
export type TranscriptAgent = (typeof transcriptAgents)[number];

/** A model that was in use from a time on, as a file beside the transcript says. */
export interface ModelUse {
  /** Epoch ms. */
  readonly from: number;
  readonly model: string;
  readonly provider: string | null;
}

/** What is known of a transcript besides its text: from its place on disk, and from files beside it. */
export interface TranscriptPlace {
  /** The session (task, chat) that the file or its folder is named after. */
  readonly sessionId: string | null;
  /** The agent's own word for what the session does, e.g. the type of a subagent. */
  readonly taskType: string | null;
  readonly cwd: string | null;
  /** Models in use, oldest first; for transcripts whose calls name none. */
  readonly models: readonly ModelUse[];
  /** Time of calls that have none: when the file was changed last, epoch ms. */
  readonly changedAt: number;
}

/** Reads the lines of one file in order. */
export interface LineParser {
  /**
   * The calls that a complete line tells of, mostly none; one call may be told several times. Throws `UsageError` for a line that
   * contradicts itself and `SyntaxError` for one that is not JSON; the lines after it can still be read.
   */
  push(line: string): UsageRecord[];
  /** What the parser has to know to go on after the last line, as JSON. */
  readonly state: unknown;
}

/** A transcript that grows by lines. */
export interface LineFormat {
  /** A line without any of these tells nothing and needs no parsing. Empty: every line must be parsed. */
  readonly markers: readonly string[];
  /**
   * Whether a line that begins like this tells nothing, whatever follows, so that a long one need not be looked through. The head may end
   * anywhere; only what is sure counts.
   */
  readonly isSilent?: (head: string) => boolean;
  /** A parser at the start of a file, or where another one with this state stopped. */
  create(place: TranscriptPlace, state?: unknown): LineParser;
}

/** The calls of a transcript that is rewritten as a whole, and how many of its entries contradict themselves. */
export interface WholeReading {
  readonly records: readonly UsageRecord[];
  readonly skipped: number;
}

/** Reads a transcript that is rewritten as a whole. Throws `UsageError` when it is something else. */
export type WholeParser = (value: unknown, place: TranscriptPlace) => WholeReading;

/** A line as an object. Throws `SyntaxError` or `UsageError`. */
export function parseLine(line: string): JsonObject {
  const object = asObject(JSON.parse(line));
  if (!object) {
    throw new UsageError(null, 'The line is not a JSON object.');
  }
  return object;
}

/** A call as a transcript tells it. */
export interface TranscriptCall {
  /** The id that others know the call by too; null when there is none. */
  readonly id: string | null;
  /** Ids that only this transcript and its copies have; they begin with `reportIdMark`. */
  readonly ownIds: readonly (string | null)[];
  /** The id shown to people, where `id` is null. */
  readonly shownId?: string | null;
  readonly provider: string | null;
  readonly model: string | null;
  readonly tokens: TokenCounts;
  readonly completeness?: Completeness;
  readonly billedNanoUsd?: number | null;
  /** The agent's own idea of the cost, nano-USD. */
  readonly agentCostNanoUsd?: number | null;
  /** As the transcript has it; the file's time when unreadable. */
  readonly time: unknown;
  readonly context: UsageContext;
}

/** The record of a call of an agent. */
export function buildCall(agent: TranscriptAgent, call: TranscriptCall, place: TranscriptPlace): UsageRecord {
  const { id, provider, model, tokens, time } = call;
  const facts = {
    id,
    provider,
    model,
    created: time,
    tokens,
    completeness: call.completeness ?? 'complete',
    billedNanoUsd: call.billedNanoUsd ?? null,
    agentCostNanoUsd: call.agentCostNanoUsd ?? null,
  } as const;
  const context: UsageContext = {
    ...call.context,
    agent,
    sessionId: call.context.sessionId ?? place.sessionId ?? undefined,
    taskType: call.context.taskType ?? place.taskType ?? 'chat',
    cwd: call.context.cwd ?? place.cwd ?? undefined,
  };
  const record = buildRecord(facts, context, place.changedAt, 'transcript');
  const ids = [...record.ids, ...call.ownIds.filter(own => own !== null)];
  return { ...record, ids, requestId: record.requestId ?? call.shownId ?? null };
}

/** The model in use at a time, by the files beside the transcript. */
export function modelAt(place: TranscriptPlace, time: number | null): ModelUse | null {
  const before = place.models.findLast(use => time !== null && use.from <= time);
  return before ?? place.models[0] ?? null;
}

/** Reads each entry; those that contradict themselves are counted instead. */
export function readEntries(
  entries: readonly unknown[],
  read: (entry: JsonObject, index: number) => UsageRecord[],
): WholeReading {
  const records: UsageRecord[] = [];
  let skipped = 0;
  entries.forEach((value, index) => {
    const entry = asObject(value);
    try {
      records.push(...(entry ? read(entry, index) : []));
    } catch (error) {
      if (!(error instanceof UsageError)) {
        throw error;
      }
      skipped += 1;
    }
  });
  return { records, skipped };
}
