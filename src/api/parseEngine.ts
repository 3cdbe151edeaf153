import { isArrayOf, isNullOr, type Json, parseObject, requireStrings, requireThat } from './answerShape.ts';
import type { Diagnostics, EngineState, Health, Problem } from './engineContract.ts';
import { parseRecordOutline } from './parseRecords.ts';
import type { WindowAnswer } from './windowContract.ts';

export function parseHealth(value: unknown): Health {
  const health = parseObject(value, 'health');
  requireThat(health.status === 'ok', 'health.status');
  requireStrings(health, ['version'], 'health');
  return value as Health;
}

export function parseEngineState(value: unknown): EngineState {
  const state = parseObject(value, 'engine');
  requireStrings(state, ['version', 'url'], 'engine');
  requireThat(typeof state.pid === 'number' && isNullOr(state.displaced_port, 'number'), 'engine');
  requireThat(isArrayOf(state.warnings, 'string'), 'engine.warnings');
  requireThat(state.alerts === undefined || isArrayOf(state.alerts, 'string'), 'engine.alerts');
  return value as EngineState;
}

export function parseWindowAnswer(value: unknown): WindowAnswer {
  const answer = parseObject(value, 'window');
  requireStrings(answer, ['url', 'token', 'storage', 'machine_token'], 'window');
  return value as WindowAnswer;
}

export function parseDiagnostics(value: unknown): Diagnostics {
  const answer = parseObject(value, 'diagnostics');
  requireStrings(answer, ['version', 'node', 'sqlite', 'prices', 'url', 'storage'], 'diagnostics');
  requireThat(Array.isArray(answer.recent), 'diagnostics.recent');
  for (const record of answer.recent as unknown[]) {
    parseRecordOutline(record);
  }
  return value as Diagnostics;
}

/** Problem details, from whatever an error's body holds; `status` is the response's. */
export function parseProblem(value: unknown, status: number): Problem {
  const { type, title, detail, field } = (typeof value === 'object' && value !== null ? value : {}) as Json;
  return {
    type: typeof type === 'string' ? type : 'about:blank',
    title: typeof title === 'string' ? title : `HTTP ${status}`,
    status,
    detail: typeof detail === 'string' ? detail : `The engine answered with HTTP status ${status}.`,
    ...(typeof field === 'string' ? { field } : {}),
  };
}
