import type { HistoryAnswer } from '../../api/estimateContract.ts';
import type { Filter } from '../../core/filter.ts';
import { modelNames } from '../../core/prices/modelNames.ts';
import { computeQuantiles } from '../../core/quantiles.ts';
import type { Range } from '../../core/sums.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { summarizeTasks } from './taskHistory.ts';

/** Fewer calls predict nothing. */
export const minimumCalls = 10;
/** Habits change: what is older says little. */
const historyDays = 90;
const dayMs = 86_400_000;
const mostCalls = 1000;
const mostTaskCalls = 4000;

/** Which past calls are wanted; what is left out is any. */
export interface HistoryQuestion {
  readonly model: string | null;
  readonly taskType: string | null;
  readonly agent: string | null;
}

/** What past calls were like: their output, and what sessions took. */
export function readHistory(ledger: Ledger, question: HistoryQuestion, nowMs: number): HistoryAnswer {
  const range = rangeBefore(nowMs);
  const filter = filterOf(question);
  const calls = ledger.calls({ range, filter, order: 'newest', limit: mostTaskCalls, offset: 0 });
  return { ...readOutputs(ledger, question, nowMs), tasks: summarizeTasks(calls.toReversed()) };
}

/** The output of past calls with model, task type and agent, and while these are too few, of those with the model alone. */
export function readOutputs(ledger: Ledger, question: HistoryQuestion, nowMs: number): Omit<HistoryAnswer, 'tasks'> {
  const range = rangeBefore(nowMs);
  const ofModel: Filter = question.model === null ? {} : { model: findReportedNames(ledger, question.model, range) };
  const wanted = { ...filterOf(question), ...ofModel };
  const exact = listOutputs(ledger, range, wanted);
  const isEnough = exact.length >= minimumCalls || question.model === null;
  const [outputs, used] = isEnough ? [exact, wanted] : [listOutputs(ledger, range, ofModel), ofModel];
  return {
    calls: outputs.length,
    output_tokens: outputs.length >= minimumCalls ? computeQuantiles(outputs) : null,
    matched_by: Object.keys(used) as HistoryAnswer['matched_by'],
    minimum_calls: minimumCalls,
  };
}

/** Of the newest calls that were told as a whole, each alone. */
function listOutputs(ledger: Ledger, range: Range, filter: Filter): number[] {
  if (filter.model?.length === 0) {
    return [];
  }
  return ledger
    .calls({ range, filter, order: 'newest', limit: mostCalls, offset: 0 })
    .filter(({ record }) => record.completeness === 'complete' && record.signal !== 'otlp_metric')
    .flatMap(({ record }) => (record.tokens.output === null ? [] : [record.tokens.output]));
}

function rangeBefore(nowMs: number): Range {
  return { fromMs: nowMs - historyDays * dayMs, toMs: nowMs + dayMs };
}

function filterOf({ taskType, agent }: HistoryQuestion): Filter {
  return {
    ...(taskType === null ? {} : { task_type: [taskType] }),
    ...(agent === null ? {} : { agent: [agent] }),
  };
}

/** The names under which calls of a model were reported: `gpt-4.1` is also `gpt-4.1-2025-04-14` and `openai/gpt-4.1`. */
function findReportedNames(ledger: Ledger, model: string, range: Range): string[] {
  const wanted = new Set(modelNames(model));
  return ledger
    .group(range, ['model'], 'UTC')
    .flatMap(({ key }) =>
      typeof key.model === 'string' && modelNames(key.model).some(name => wanted.has(name)) ? [key.model] : [],
    );
}

/** Whether two names are of the same model. */
export function isSameModel(one: string, other: string): boolean {
  const names = new Set(modelNames(one));
  return modelNames(other).some(name => names.has(name));
}
