import { describe, expect, it } from 'vitest';
import { claudeCodeFormat } from '../../../../src/capture/transcripts/claudeCode.ts';
import { countsOf, readLines } from './readTranscript.ts';

interface Changes {
  readonly line?: object;
  readonly message?: object;
  readonly usage?: object;
}

/** A line of an answer with 10 tokens in and `output` out. */
function answer(id: string | undefined, output: number, { line, message, usage }: Changes = {}) {
  return {
    type: 'assistant',
    requestId: id && `req_${id}`,
    sessionId: 's1',
    uuid: `u-${id}-${output}`,
    timestamp: '2026-11-21T22:26:44.000Z',
    message: {
      id: id && `msg_${id}`,
      type: 'message',
      role: 'assistant',
      model: 'claude-opus-5-5',
      stop_reason: 'end_turn',
      usage: { input_tokens: 10, output_tokens: output, ...usage },
      ...message,
    },
    ...line,
  };
}

const read = (...lines: unknown[]) => readLines(claudeCodeFormat, lines);

describe('Claude Code', () => {
  it('keeps the largest of partial lines, and says that it may be a part', () => {
    const partial = { message: { stop_reason: null } };
    const { records } = read(answer('a', 2, partial), answer('a', 90, partial), answer('a', 40, partial));
    expect(records.map(countsOf)).toEqual([[10, 90, 0, 0, 0, 0, null]]);
    expect(records[0]?.completeness).toBe('lower_bound');
  });

  it('believes the line that has a stop reason', () => {
    const { records } = read(answer('a', 2, { message: { stop_reason: null } }), answer('a', 77));
    expect(records).toMatchObject([{ completeness: 'complete', tokens: { output: 77 } }]);
  });

  it('knows calls without a request id by their message, and those without either by their line', () => {
    const { records } = read(
      answer('a', 5, { line: { requestId: undefined } }),
      answer('a', 5, { line: { requestId: undefined } }),
      answer(undefined, 6),
      answer(undefined, 6),
    );
    expect(records.map(({ ids }) => ids)).toEqual([['msg_a'], ['~claude-code:u-undefined-6']]);
  });

  it('drops synthetic answers, sums, and lines of other kinds', () => {
    const { records, skipped } = read(
      answer('a', 0, { message: { model: '<synthetic>' } }),
      { type: 'cost-state', totalCostUSD: 3, modelUsage: { x: { input_tokens: 5 } } },
      { type: 'user', message: { role: 'user', content: 'hi' }, toolUseResult: { usage: { input_tokens: 5 } } },
      { type: 'assistant', message: { id: 'm', usage: null, note: { input_tokens: 1 } } },
    );
    expect({ records, skipped }).toEqual({ records: [], skipped: 0 });
  });

  it('counts the models of an advisor and a compaction apart', () => {
    const iterations = [
      { type: 'message', input_tokens: 10, output_tokens: 20 },
      { type: 'advisor_message', model: 'claude-fable-5-1', input_tokens: 300, output_tokens: 40 },
      { type: 'compaction', input_tokens: 1000, output_tokens: 50 },
    ];
    const { records } = read(answer('a', 20, { usage: { iterations } }));
    expect(records.map(record => [record.model, ...countsOf(record).slice(0, 2)])).toEqual([
      ['claude-opus-5-5', 1010, 70],
      ['claude-fable-5-1', 300, 40],
    ]);
  });

  it('leaves lines that a fork copied to the session they name', () => {
    const forked = answer('a', 5, { line: { sessionId: 's2', forkedFrom: { sessionId: 's1', messageUuid: 'u' } } });
    expect(read(forked).records[0]?.sessionId).toBe('s1');
  });

  it('never makes one call of several messages that claim one request', () => {
    const shared = (id: string) => answer(id, 5, { line: { requestId: 'req_btw', isSidechain: true, agentId: 'x' } });
    expect(read(shared('a'), shared('b')).records.map(({ ids }) => ids)).toEqual([['req_btw', 'msg_a'], ['msg_b']]);
  });

  it('reads subagents from the progress lines of older builds', () => {
    const { line, ...inner } = { line: {}, ...answer('a', 5) };
    const progress = { type: 'progress', sessionId: 's1', data: { type: 'agent_progress', message: inner }, ...line };
    expect(read(progress).records).toMatchObject([{ ids: ['req_a', 'msg_a'], taskType: 'subagent', sessionId: 's1' }]);
  });

  it('counts lines that contradict themselves or are damaged, and reads on', () => {
    const { records, skipped } = read(
      answer('a', 5, { usage: { input_tokens: -1 } }),
      '{"input_tokens": oops}',
      answer('b', 5, { usage: { cache_creation_input_tokens: 1, cache_creation: { ephemeral_5m_input_tokens: 2 } } }),
      answer('c', 5),
    );
    expect({ count: records.length, skipped }).toEqual({ count: 1, skipped: 3 });
  });

  it('tells Bedrock’s names from Anthropic’s', () => {
    const { records } = read(answer('a', 5, { message: { model: 'us.anthropic.claude-sonnet-4-5-20250929-v1:0' } }));
    expect(records[0]?.provider).toBe('bedrock');
  });
});
