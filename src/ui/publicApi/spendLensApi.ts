import * as vscode from 'vscode';
import { ApiError } from '../../api/apiError.ts';
import { type Client, createClient } from '../../api/client.ts';
import type { EngineConnection } from '../connection/engineConnection.ts';
import { waitForEngine } from '../connection/waitForEngine.ts';
import type {
  CancellationToken,
  SpendChange,
  SpendLensApi,
  SpendLensError,
  ThresholdCrossing,
} from './extensionApi.ts';
import {
  fromEstimate,
  fromSummary,
  fromThreshold,
  fromTotals,
  fromUsageAnswer,
  toWireQuery,
  toWireQuestion,
  toWireUsage,
} from './wireForms.ts';

/** How long a question waits for an engine that is starting, ms. */
const waitMs = 10_000;

class Failure extends Error implements SpendLensError {
  override readonly name = 'SpendLensError';
  readonly code: SpendLensError['code'];
  readonly field: string | null;

  constructor(code: SpendLensError['code'], message: string, field: string | null, cause?: unknown) {
    super(message, { cause });
    this.code = code;
    this.field = field;
  }
}

/** What `activate` gives to other extensions (docs/extension-api.md), on top of the window's connection. Null while there is none. */
export function createSpendLensApi(
  connection: EngineConnection | null,
  subscriptions: { push(disposable: vscode.Disposable): unknown },
): SpendLensApi {
  const spend = new vscode.EventEmitter<SpendChange>();
  const crossings = new vscode.EventEmitter<ThresholdCrossing>();
  subscriptions.push(spend);
  subscriptions.push(crossings);
  if (connection) {
    let last = '';
    subscriptions.push(
      connection.onDidChange(state => {
        if (state.kind === 'running') {
          const change = fromTotals(state.totals);
          const text = JSON.stringify(change);
          if (text !== last) {
            last = text;
            spend.fire(change);
          }
        }
      }),
    );
    subscriptions.push(connection.onDidCrossThreshold(event => crossings.fire(fromThreshold(event))));
  }

  /** Asks the engine, once there is one. */
  async function ask<T>(
    cancellation: CancellationToken | undefined,
    question: (ledger: Client, signal: AbortSignal) => Promise<T>,
  ): Promise<T> {
    const cancelling = new AbortController();
    const subscription = cancellation?.onCancellationRequested(() => cancelling.abort());
    if (cancellation?.isCancellationRequested) {
      cancelling.abort();
    }
    try {
      cancelling.signal.throwIfAborted();
      const state = connection ? await waitForEngine(connection, waitMs) : null;
      cancelling.signal.throwIfAborted();
      if (state?.kind !== 'running') {
        throw new Failure('unavailable', 'The engine of Spend Lens is not running.', null);
      }
      return await question(createClient(state.window), cancelling.signal);
    } catch (error) {
      throw cancelling.signal.aborted ? new vscode.CancellationError() : toFailure(error);
    } finally {
      subscription?.dispose();
    }
  }

  return {
    version: 1,
    recordUsage: (usage, cancellation) => {
      const records = (Array.isArray(usage) ? usage : [usage]).map(toWireUsage);
      return ask(cancellation, async (ledger, signal) => fromUsageAnswer(await ledger.recordUsage(records, signal)));
    },
    getSpend: (query = {}, cancellation) =>
      ask(cancellation, async (ledger, signal) => {
        const wire = toWireQuery(query);
        const machine = query.scope === 'machine' ? connection?.sumMachine(wire, signal) : undefined;
        return fromSummary(await (machine ?? ledger.askSummary(wire, signal)));
      }),
    estimate: (question, cancellation) =>
      ask(cancellation, async (ledger, signal) =>
        fromEstimate(await ledger.estimate(toWireQuestion(question), signal)),
      ),
    onDidChangeSpend: spend.event,
    onDidCrossThreshold: crossings.event,
  };
}

function toFailure(error: unknown): Failure {
  if (error instanceof Failure) {
    return error;
  }
  const message = error instanceof Error ? error.message : String(error);
  if (error instanceof ApiError) {
    const { status, field } = error.problem;
    // 401: the tokens are being rotated, and the window gets its new one.
    const code = [400, 413].includes(status) ? 'invalid' : [401, 503].includes(status) ? 'unavailable' : 'failed';
    return new Failure(code, message, field ?? null, error);
  }
  return new Failure('unavailable', message, null, error);
}
