import { describe, expect, test } from 'vitest';
import { type AgentState, formatAgentState, formatAgo } from '../../../../src/ui/connect/agentText.ts';
import { plainText } from '../../../../src/ui/text/translate.ts';

const nowMs = Date.UTC(2026, 10, 22, 12);
const s = 1000;

test.each([
  [0, '0 s ago'],
  [4 * s, '4 s ago'],
  [59 * s, '59 s ago'],
  [60 * s, '1 min ago'],
  [59 * 60 * s, '59 min ago'],
  [3600 * s, '1 h ago'],
  [47 * 3600 * s, '47 h ago'],
  [72 * 3600 * s, '3 days ago'],
  // A clock that runs ahead is no reason to speak of the future.
  [-5 * s, '0 s ago'],
])('%i ms is "%s"', (ms, text) => {
  expect(formatAgo(nowMs - ms, nowMs, plainText)).toBe(text);
});

describe('the state of an agent', () => {
  const parts = { telemetry: true, hook: false };
  const format = (state: AgentState, lastMs: number | null = null, testMs: number | null = null) =>
    formatAgentState(state, { lastMs, testMs, nowMs }, plainText);

  test('says when the last record came, or a later test', () => {
    const connected: AgentState = { kind: 'connected', parts };
    expect(format(connected)).toBe('connected, no record yet');
    expect(format(connected, nowMs - 4 * s)).toBe('connected, last record 4 s ago');
    expect(format(connected, null, nowMs - 2 * s)).toBe('connected, test record received 2 s ago');
    expect(format(connected, nowMs - 4 * s, nowMs - 2 * s)).toBe('connected, test record received 2 s ago');
    expect(format(connected, nowMs - 2 * s, nowMs - 4 * s)).toBe('connected, last record 2 s ago');
    expect(format({ kind: 'connected', parts: { ...parts, hook: true } }, nowMs)).toBe(
      'connected, asks budgets, last record 0 s ago',
    );
  });

  test('names every other one', () => {
    expect(format({ kind: 'off' })).toBe('not connected');
    expect(format({ kind: 'off' }, nowMs - 3600 * s)).toBe('not connected, last record 1 h ago');
    expect(format({ kind: 'byHand' }, nowMs)).toBe('connected by hand, last record 0 s ago');
    expect(format({ kind: 'logs', isSet: true })).toBe('connected, by its logs, no record yet');
    expect(format({ kind: 'elsewhere', endpoint: 'https://otel' })).toBe(
      'not connected, telemetry goes to https://otel',
    );
    expect(format({ kind: 'outdated', parts })).toBe('connected to an old address: choose it to update');
    expect(format({ kind: 'changed', parts })).toBe('connected, but its settings were changed since');
    expect(format({ kind: 'foreign', parts })).toBe('connected to another VS Code');
    expect(format({ kind: 'unreadable', reason: 'Not JSON.' })).toBe('not connected: Not JSON.');
  });
});
