import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { claudeCodeFormat } from '../../../../src/capture/transcripts/claudeCode.ts';
import { parseClineTask } from '../../../../src/capture/transcripts/cline.ts';
import { codexFormat } from '../../../../src/capture/transcripts/codex.ts';
import { copilotChatFormat } from '../../../../src/capture/transcripts/copilotChat.ts';
import { copilotCliFormat } from '../../../../src/capture/transcripts/copilotCli.ts';
import { geminiCliFormat } from '../../../../src/capture/transcripts/geminiCli.ts';
import { parseOpenCodeRow } from '../../../../src/capture/transcripts/openCode.ts';
import type { UsageRecord } from '../../../../src/core/usageRecord.ts';
import { readLines, readWhole, somewhere } from './readTranscript.ts';

const folder = new URL('../../../fixtures/wire/', import.meta.url);
const read = (file: string) => readFileSync(new URL(file, folder), 'utf8');
const linesOf = (file: string) => read(file).trimEnd().split('\n');
const expected = JSON.parse(read('expected-transcripts.json'));

const readers: Record<string, (file: string) => readonly UsageRecord[]> = {
  'claude-code-transcript.jsonl': file => readLines(claudeCodeFormat, linesOf(file)).records,
  'codex-rollout.jsonl': file => readLines(codexFormat, linesOf(file)).records,
  'gemini-chat-session.jsonl': file => readLines(geminiCliFormat, linesOf(file)).records,
  'copilot-cli-events.jsonl': file => readLines(copilotCliFormat, linesOf(file)).records,
  'copilot-vscode-chatsession.jsonl': file => readLines(copilotChatFormat, linesOf(file)).records,
  'cline-ui_messages.json': file => readWhole(parseClineTask, JSON.parse(read(file))).records,
  'opencode-message-rows.jsonl': file =>
    linesOf(file)
      .map(line => JSON.parse(line))
      .filter(row => row.table === 'message')
      .flatMap(row => parseOpenCodeRow(row, somewhere)),
};

/** A record in the words of `expected.json`; what a sample's note does not tell apart is taken from it. */
function toExpected(record: UsageRecord, like: Record<string, unknown>) {
  const { tokens } = record;
  const isSplit = like.cache_write_5m_tokens !== null;
  const written = tokens.cacheWrite5m + tokens.cacheWrite1h + tokens.cacheWrite;
  const known = [record.requestId, ...record.ids];
  return {
    provider: record.provider,
    model: record.model,
    input_tokens: tokens.input,
    cache_read_tokens: like.cache_read_tokens === null ? null : tokens.cacheRead,
    cache_write_tokens: like.cache_write_tokens === null ? null : written,
    cache_write_5m_tokens: isSplit ? tokens.cacheWrite5m : null,
    cache_write_1h_tokens: isSplit ? tokens.cacheWrite1h : null,
    output_tokens: tokens.output,
    reasoning_tokens: tokens.reasoning,
    ...('dedupe_key' in like ? { dedupe_key: known.find(id => id === like.dedupe_key) } : {}),
    // An agent's own figure is never taken for what was billed.
    ...('reported_cost_usd' in like ? { reported_cost_usd: like.reported_cost_usd } : {}),
  };
}

describe.each(Object.keys(expected))('%s', file => {
  it('gives its records', () => {
    const records = readers[file]?.(file) ?? [];
    const wanted: Record<string, unknown>[] = expected[file].records;
    expect(records.map((record, index) => toExpected(record, wanted[index] ?? {}))).toEqual(wanted);
    for (const record of records) {
      expect(record).toMatchObject({ signal: 'transcript', billedNanoUsd: null });
      expect(record.ids).not.toEqual([]);
    }
  });
});

describe('a side chain of Claude Code', () => {
  it('counts its own call and repeats its parent’s', () => {
    const main = readLines(claudeCodeFormat, linesOf('claude-code-transcript.jsonl')).records;
    const place = { ...somewhere, taskType: 'Explore' };
    const side = readLines(claudeCodeFormat, linesOf('claude-code-subagent.jsonl'), place).records;
    expect(side.map(({ ids }) => ids)).toEqual([
      ['req_sampleB', 'msg_sampleB'],
      ['req_replay', 'msg_sampleA'],
    ]);
    expect(side.map(({ taskType }) => taskType)).toEqual(['Explore', 'Explore']);
    expect(main[0]).toMatchObject({
      ids: ['req_sampleA', 'msg_sampleA'],
      taskType: 'chat',
      branch: 'main',
      cwd: '/home/dev/demo',
      sessionId: '11111111-2222-4333-8444-555555555555',
      timestamp: Date.UTC(2026, 10, 21, 22, 26, 43),
    });
  });
});
