import type { UsageContext } from '../../capture/context.ts';
import { asText, type JsonObject } from '../../capture/json.ts';
import { buildRecord } from '../../capture/record.ts';
import { makerOfModel } from '../../core/prices/modelMaker.ts';
import { emptyRecord, type UsageRecord } from '../../core/usageRecord.ts';
import type { Estimator } from '../../estimator/estimatorWorker.ts';
import type { AnswerReader } from './answerReader.ts';
import type { HeldBytes } from './heldBytes.ts';
import { guessPrompt, guessText } from './tokenGuess.ts';

/** What is known of a call whose usage was not told, or not to its end. */
export interface UntoldCall {
  readonly context: UsageContext;
  /** What the answer says of itself. */
  readonly head: JsonObject;
  readonly reader: AnswerReader;
  readonly requestBody: HeldBytes;
  readonly requestEncoding: string | undefined;
  /** The answer came to its end. */
  readonly isWhole: boolean;
  /** The answer could not be read: what was written is not known. */
  readonly isLost: boolean;
  /** The answer is no text: an embedding. */
  readonly isMute: boolean;
  /** Epoch ms. */
  readonly startedAt: number;
}

/** Answers that end when all was written: they say their id, model, time and tier under these names. */
const [ids, models, times] = [
  ['id', 'responseId'],
  ['model', 'modelVersion'],
  ['created', 'created_at', 'createTime'],
];

/**
 * A record of a call whose answer told no usage: both sides are estimated from their texts, which are not kept. Of an answer that broke off
 * the output is a lower bound.
 */
export async function estimateCall(estimator: Estimator, call: UntoldCall): Promise<UsageRecord> {
  const { context, head, isWhole } = call;
  const model = readFirst(head, models) ?? context.model ?? null;
  const prompt = await guessPrompt(estimator, model, call.requestBody, call.requestEncoding);
  const written = call.isMute ? { likely: 0, low: 0 } : await guessText(estimator, model, call.reader.readText());
  const facts = {
    id: readFirst(head, ids),
    provider: context.provider ?? (model === null ? null : makerOfModel(model)),
    model,
    created: times.map(name => head[name]).find(value => value !== undefined && value !== null),
    tokens: {
      ...emptyRecord.tokens,
      input: prompt?.likely ?? null,
      output: call.isLost ? null : isWhole ? written.likely : written.low,
    },
    completeness: 'estimated',
    serviceTier: asText(head.service_tier),
  } as const;
  return buildRecord(facts, context, call.startedAt, 'gateway');
}

/**
 * The record of an answer that broke off, with at least the output that had come: some providers tell the output at the end only, and a
 * placeholder in the beginning.
 */
export async function raiseLowerBound(
  estimator: Estimator,
  record: UsageRecord,
  reader: AnswerReader,
): Promise<UsageRecord> {
  const { low } = await guessText(estimator, record.model, reader.readText());
  return { ...record, tokens: { ...record.tokens, output: Math.max(record.tokens.output ?? 0, low) } };
}

function readFirst(head: JsonObject, names: readonly string[]): string | null {
  for (const name of names) {
    const text = asText(head[name]);
    if (text !== null && text.length <= 300) {
      return text;
    }
  }
  return null;
}
