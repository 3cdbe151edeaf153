/** Output tokens of a call, as far as they can be foreseen. */
export interface OutputPrediction {
  /** Nine of ten calls had at least this. */
  readonly low: number;
  readonly likely: number;
  /** Nine of ten calls had at most this. */
  readonly high: number;
  readonly from: 'document' | 'history' | 'setting';
  /** Past calls that it is based on; 0 but for `history`. */
  readonly calls: number;
  /** The task type that those calls have; null when they are of any. */
  readonly taskType: string | null;
}

/** What the ledger knows of past calls of a model; null while it knows too few (`GET /v1/history`). */
export interface OutputHistory {
  readonly calls: number;
  /** The task type that all of them have; null when they are of any. */
  readonly taskType: string | null;
  readonly p10: number;
  readonly p50: number;
  readonly p90: number;
}

/** What the document says, else what calls of the model had, else the setting. A limit (`max_tokens`) is never what is expected. */
export function predictOutput(
  documents: number | null,
  history: OutputHistory | null,
  setting: number,
): OutputPrediction {
  if (documents !== null) {
    return { low: documents, likely: documents, high: documents, from: 'document', calls: 0, taskType: null };
  }
  if (history) {
    const { p10, p50, p90, calls, taskType } = history;
    return { low: p10, likely: p50, high: p90, from: 'history', calls, taskType };
  }
  return { low: setting, likely: setting, high: setting, from: 'setting', calls: 0, taskType: null };
}
