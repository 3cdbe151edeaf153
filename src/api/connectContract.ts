/** What connecting agents needs of the HTTP interface, as types (docs/http-api.md). */
import type { CostBasis } from '../core/prices/cost.ts';

/** Answer of `GET /v1/agents`: every agent that any open ledger has calls of. */
export interface AgentsAnswer {
  readonly agents: readonly {
    readonly agent: string;
    /** When its newest call was made, ISO 8601 in UTC. */
    readonly last_record: string;
  }[];
}

/** Answer to a test record (`x-spend-lens-test: 1`): what would have been stored, and was not. */
export interface TestAnswer {
  readonly test: true;
  readonly records: readonly {
    readonly agent: string | null;
    readonly model: string | null;
    readonly signal: string;
    readonly prompt_tokens: number | null;
    readonly completion_tokens: number | null;
    readonly cost_usd: number | null;
    readonly cost_basis: CostBasis;
  }[];
  readonly rejected: readonly { readonly field: string | null; readonly error: string }[];
}
