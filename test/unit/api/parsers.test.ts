import { describe, expect, test } from 'vitest';
import { UnexpectedAnswerError } from '../../../src/api/answerShape.ts';
import { parseBudgetList, parseNotice, parseThreshold } from '../../../src/api/parseBudgets.ts';
import { parseDiagnostics, parseEngineState, parseHealth, parseWindowAnswer } from '../../../src/api/parseEngine.ts';
import { parseAccuracy, parseEstimateAnswer, parseHistory } from '../../../src/api/parseEstimates.ts';
import { parseAgents, parseRecordDetail, parseRecordOutline, parseRecords } from '../../../src/api/parseRecords.ts';
import { parseCosts, parseDeletion, parseSessions, parseSummary, parseTeam } from '../../../src/api/parseSums.ts';
import { parseTotals } from '../../../src/api/parseTotals.ts';
import { parseTestAnswer, parseUsageAnswer } from '../../../src/api/parseUsage.ts';
import { figures, outline, totals } from './answers.ts';

const parsers = {
  parseAccuracy,
  parseAgents,
  parseBudgetList,
  parseCosts,
  parseDeletion,
  parseDiagnostics,
  parseEngineState,
  parseEstimateAnswer,
  parseHealth,
  parseHistory,
  parseNotice,
  parseRecordDetail,
  parseRecordOutline,
  parseRecords,
  parseSessions,
  parseSummary,
  parseTeam,
  parseTestAnswer,
  parseThreshold,
  parseTotals,
  parseUsageAnswer,
  parseWindowAnswer,
};

describe('an answer that is not the engine’s', () => {
  test.each(Object.entries(parsers))('is refused by %s', (_, parse) => {
    for (const value of [null, undefined, 7, 'text', [], {}, { status: 'fine', total: {}, records: 3 }]) {
      expect(() => parse(value)).toThrow(UnexpectedAnswerError);
    }
  });

  const range = { from: 'a', to: 'b' };
  const group = { key: {}, ...figures(1) };
  test.each<[string, (value: unknown) => unknown, unknown, string]>([
    [
      'a count that is a text',
      parseSummary,
      { ...range, total: { ...figures(1), requests: '1' }, groups: [] },
      'total.requests',
    ],
    ['a group without its key', parseSummary, { ...range, total: figures(1), groups: [figures(1)] }, 'groups.key'],
    ['a team without budgets', parseTeam, { ...range, total: figures(1), groups: [group] }, 'team.budgets'],
    ['a call without an id', parseRecords, { records: [{ ...outline('m'), id: null, signals: [] }] }, 'record.id'],
    [
      'a budget in no known state',
      parseTotals,
      { ...totals(), budget: { ...totals().budget, state: 'fine' } },
      'budget.state',
    ],
    ['a model’s figures that are missing', parseTotals, { ...totals(), top_models: [{ model: 'm' }] }, 'top_models'],
  ])('is told by the part that is not as it has to be: %s', (_, parse, value, part) => {
    expect(() => parse(value)).toThrow(part);
  });

  test('may have more than what is known, which stays', () => {
    const summary = { ...range, total: { ...figures(null), later: 1 }, groups: [group], added: true };
    expect(parseSummary(summary)).toBe(summary);
    expect(parseTotals(totals())).toEqual(totals());
  });
});
