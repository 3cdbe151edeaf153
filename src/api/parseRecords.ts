import { isArrayOf, isNullOr, type Json, parseList, parseObject, requireStrings, requireThat } from './answerShape.ts';
import type { AgentsAnswer } from './connectContract.ts';
import type { RecordDetail, RecordOutline, Records } from './recordContract.ts';

export function parseRecords(value: unknown): Records {
  for (const record of parseList(parseObject(value, 'records').records, 'records')) {
    parseRecordOutline(record);
    requireThat(isArrayOf(record.signals, 'string'), 'records.signals');
  }
  return value as Records;
}

export function parseRecordOutline(value: unknown): RecordOutline {
  const record = parseObject(value, 'record');
  requireStrings(record, ['id', 'timestamp', 'cost_basis', 'signal'], 'record');
  requireThat(isNullOr(record.model, 'string') && isNullOr(record.cost_usd, 'number'), 'record');
  return value as RecordOutline;
}

export function parseRecordDetail(value: unknown): RecordDetail {
  parseRecordOutline(value);
  const record = value as Json;
  requireStrings(record, ['plan', 'completeness'], 'record');
  requireThat(
    (record.rate === null || typeof record.rate === 'object') && isArrayOf(record.signals, 'string'),
    'record',
  );
  parseObject(record.tokens, 'record.tokens');
  for (const part of parseList(record.cost_parts, 'record.cost_parts')) {
    requireThat(typeof part.kind === 'string' && typeof part.usd === 'number', 'record.cost_parts');
  }
  for (const seen of parseList(record.observations, 'record.observations')) {
    requireStrings(seen, ['signal', 'completeness', 'timestamp'], 'record.observations');
    requireThat(isArrayOf(seen.ids, 'string'), 'record.observations.ids');
  }
  return value as RecordDetail;
}

export function parseAgents(value: unknown): AgentsAnswer {
  for (const agent of parseList(parseObject(value, 'agents').agents, 'agents')) {
    requireStrings(agent, ['agent', 'last_record'], 'agents');
  }
  return value as AgentsAnswer;
}
