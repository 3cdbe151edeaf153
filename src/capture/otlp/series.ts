/** What is known of a cumulative series: its last value, and the one before, so that a repeated delivery gives the same step. */
export interface SeriesState {
  readonly before: number;
  readonly value: number;
  /** When the last value was true, epoch ms, UTC. */
  readonly timestamp: number;
}

/** A step of a series. */
export interface SeriesStep {
  readonly state: SeriesState;
  /** Tokens since the value before; null for a point that came late and tells nothing new. */
  readonly increment: number | null;
}

/**
 * What a cumulative point adds to what is known. A series that nobody knows counts from 0, and so does one whose value fell: its
 * process began again (OpenTelemetry, metrics data model, "Resets and gaps").
 */
export function computeStep(
  known: SeriesState | undefined,
  { value, timestamp }: Pick<SeriesState, 'value' | 'timestamp'>,
): SeriesStep {
  if (known !== undefined && timestamp < known.timestamp) {
    return { state: known, increment: null };
  }
  const isRepeat = known !== undefined && timestamp === known.timestamp;
  const reached = (isRepeat ? known.before : known?.value) ?? 0;
  const before = value < reached ? 0 : reached;
  return { state: { before, value, timestamp }, increment: value - before };
}
