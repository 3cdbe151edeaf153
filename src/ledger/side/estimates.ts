import type { Range } from '../../core/sums.ts';
import type { Database } from '../tables/database.ts';

/** What a user asked the cost of before sending it. Holds no text: only a hash of it. */
export interface Estimate {
  /** When it was asked, epoch ms, UTC. */
  readonly timestamp: number;
  readonly model: string;
  readonly sessionId: string | null;
  /** A hash of the text, by which the gateway recognises it when it is sent; null when there was no text. */
  readonly textHash: string | null;
  /** What was estimated, e.g. `prompt.md`, `markdown`; null when unknown. */
  readonly fileType: string | null;
  readonly isExact: boolean;
  /** Tokens, with the bounds of the estimate. */
  readonly inputTokens: number;
  readonly inputLow: number;
  readonly inputHigh: number;
  /** Input tokens before anything learned from matched estimates, so that learning does not feed on itself. */
  readonly baseTokens: number;
  /** Expected output, tokens; null when none was expected. */
  readonly outputTokens: number | null;
  /** Total with the bounds of the estimate, nano-USD; null for a model without a price. */
  readonly costNanoUsd: number | null;
  readonly costLowNanoUsd: number | null;
  readonly costHighNanoUsd: number | null;
}

/** The call that an estimate turned out to be. */
export interface EstimateMatch {
  /** Id of the call's row. */
  readonly call: string;
  /** Epoch ms. */
  readonly matchedAt: number;
  /** The call was the estimated text and nothing else, so that their tokens compare. */
  readonly isWhole: boolean;
  /** Its figures when it was matched: all that was sent and all billed as output, in tokens, and nano-USD. Null where unknown. */
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly costNanoUsd: number | null;
}

export interface StoredEstimate extends Estimate {
  readonly id: string;
  /** Null until a call was found. */
  readonly match: EstimateMatch | null;
}

interface Row {
  readonly id: string;
  readonly timestamp: number;
  readonly model: string;
  readonly session: string | null;
  readonly text_hash: string | null;
  readonly file_type: string | null;
  readonly is_exact: number;
  readonly input: number;
  readonly input_low: number;
  readonly input_high: number;
  readonly base: number;
  readonly output: number | null;
  readonly cost_nano_usd: number | null;
  readonly cost_low_nano_usd: number | null;
  readonly cost_high_nano_usd: number | null;
  readonly call: string | null;
  readonly matched_at: number | null;
  readonly is_whole: number | null;
  readonly actual_input: number | null;
  readonly actual_output: number | null;
  readonly actual_cost_nano_usd: number | null;
}

const insert = `INSERT OR IGNORE INTO estimate (id, timestamp, model, session, text_hash, file_type, is_exact, input, input_low,
  input_high, base, output, cost_nano_usd, cost_low_nano_usd, cost_high_nano_usd)
  VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)`;
const update = `UPDATE estimate SET call = ?, matched_at = ?, is_whole = ?, actual_input = ?, actual_output = ?, actual_cost_nano_usd = ?
  WHERE id = ?`;

/** The table of estimates. */
export class Estimates {
  readonly #db: Database;

  constructor(db: Database) {
    this.#db = db;
  }

  /** Stores an estimate; one that is there already stays as it is. */
  put(id: string, estimate: Estimate): void {
    this.#db.run(
      insert,
      ...[id, estimate.timestamp, estimate.model, estimate.sessionId, estimate.textHash, estimate.fileType],
      ...[estimate.isExact ? 1 : 0, estimate.inputTokens, estimate.inputLow, estimate.inputHigh],
      ...[estimate.baseTokens, estimate.outputTokens],
      ...[estimate.costNanoUsd, estimate.costLowNanoUsd, estimate.costHighNanoUsd],
    );
  }

  match(id: string, { call, matchedAt, isWhole, promptTokens, completionTokens, costNanoUsd }: EstimateMatch): void {
    this.#db.run(update, call, matchedAt, isWhole ? 1 : 0, promptTokens, completionTokens, costNanoUsd, id);
  }

  find(id: string): StoredEstimate | undefined {
    return this.#db.all<Row>('SELECT * FROM estimate WHERE id = ?', id).map(parseRow)[0];
  }

  /** The estimates of a range in the order in which they were asked. */
  list({ fromMs, toMs }: Range): StoredEstimate[] {
    const sql = 'SELECT * FROM estimate WHERE timestamp >= ? AND timestamp < ? ORDER BY timestamp, id';
    return this.#db.all<Row>(sql, fromMs, toMs).map(parseRow);
  }

  /** A row turned out to be the same call as another: its estimates are that one's. */
  moveCall(from: string, to: string): void {
    this.#db.run('UPDATE estimate SET call = ? WHERE call = ?', to, from);
  }

  /** Deletes the estimates of a range, or of a session. */
  delete(selection: { readonly range: Range } | { readonly sessionId: string }): void {
    if ('range' in selection) {
      const { fromMs, toMs } = selection.range;
      this.#db.run('DELETE FROM estimate WHERE timestamp >= ? AND timestamp < ?', fromMs, toMs);
    } else {
      this.#db.run('DELETE FROM estimate WHERE session = ?', selection.sessionId);
    }
  }
}

function parseRow(row: Row): StoredEstimate {
  const match: EstimateMatch | null =
    row.call === null
      ? null
      : {
          call: row.call,
          matchedAt: row.matched_at ?? 0,
          isWhole: row.is_whole === 1,
          promptTokens: row.actual_input,
          completionTokens: row.actual_output,
          costNanoUsd: row.actual_cost_nano_usd,
        };
  return {
    id: row.id,
    timestamp: row.timestamp,
    model: row.model,
    sessionId: row.session,
    textHash: row.text_hash,
    fileType: row.file_type,
    isExact: row.is_exact === 1,
    inputTokens: row.input,
    inputLow: row.input_low,
    inputHigh: row.input_high,
    baseTokens: row.base,
    outputTokens: row.output,
    costNanoUsd: row.cost_nano_usd,
    costLowNanoUsd: row.cost_low_nano_usd,
    costHighNanoUsd: row.cost_high_nano_usd,
    match,
  };
}
