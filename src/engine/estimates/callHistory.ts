import type { HistoryAnswer } from '../../api/estimateContract.ts';
import type { Filter } from '../../core/filter.ts';
import { modelNames } from '../../core/modelNames.ts';
import { computeQuantiles } from '../../core/quantiles.ts';
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

/** What past calls were like: those with model, task type and agent, and while these are too few, those with the model alone. */
export function readHistory(ledger: Ledger, question: HistoryQuestion, nowMs: number): HistoryAnswer {
  const range = { fromMs: nowMs - historyDays * dayMs, toMs: nowMs + dayMs };
  const models = question.model === null ? null : findReportedNames(ledger, question.model, range);
  const chosen = filterOf(question);
  const { outputs, keys } = findOutputs(chosen, models);
  const tasks = ledger.calls({ range, filter: chosen, order: 'newest', limit: mostTaskCalls, offset: 0 });
  return {
    calls: outputs.length,
    output_tokens: outputs.length >= minimumCalls ? computeQuantiles(outputs) : null,
    matched_by: keys,
    minimum_calls: minimumCalls,
    tasks: summarizeTasks(tasks.toReversed()),
  };

  function findOutputs(filter: Filter, names: readonly string[] | null) {
    const all = { ...filter, ...(names === null ? {} : { model: names }) };
    const exact = readOutputs(all);
    const isEnough = exact.length >= minimumCalls || Object.keys(filter).length === 0;
    const found =
      isEnough || names === null
        ? { outputs: exact, used: all }
        : { outputs: readOutputs({ model: names }), used: { model: names } };
    return { outputs: found.outputs, keys: Object.keys(found.used) as HistoryAnswer['matched_by'] };
  }

  function readOutputs(filter: Filter): number[] {
    if (filter.model?.length === 0) {
      return [];
    }
    return ledger
      .calls({ range, filter, order: 'newest', limit: mostCalls, offset: 0 })
      .filter(({ record }) => record.completeness === 'complete' && record.signal !== 'otlp_metric')
      .flatMap(({ record }) => (record.tokens.output === null ? [] : [record.tokens.output]));
  }
}

function filterOf({ taskType, agent }: HistoryQuestion): Filter {
  return {
    ...(taskType === null ? {} : { task_type: [taskType] }),
    ...(agent === null ? {} : { agent: [agent] }),
  };
}

/** The names under which calls of a model were reported: `gpt-4.1` is also `gpt-4.1-2025-04-14` and `openai/gpt-4.1`. */
function findReportedNames(ledger: Ledger, model: string, range: { fromMs: number; toMs: number }): string[] {
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
