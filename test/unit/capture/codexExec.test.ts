import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { mergeRecords } from '../../../src/ledger/joining/merge.ts';
import { parseUsageBody } from './parseUsageBody.ts';

const sample = readFileSync(new URL('../../fixtures/wire/codex-exec-stdout.jsonl', import.meta.url), 'utf8');
const arrival = Date.UTC(2026, 10, 22, 12);

function recordsOf(body: string, context = {}) {
  return parseUsageBody(body, context, arrival).map(item => {
    if (item.kind === 'rejected') {
      throw new Error(`rejected: ${item.field}: ${item.error}`);
    }
    return item.record;
  });
}

const started = (id: string) => JSON.stringify({ type: 'thread.started', thread_id: id });
const completed = (input: number, output: number, more = {}) =>
  JSON.stringify({ type: 'turn.completed', usage: { input_tokens: input, output_tokens: output, ...more } });

describe('what `codex exec --json` prints', () => {
  it('gives the record of the sample', () => {
    expect(recordsOf(sample)).toMatchObject([
      {
        provider: 'openai',
        model: null,
        agent: 'codex',
        sessionId: '01a20000-0000-7000-8000-000000000001',
        tokens: { input: 580, cacheRead: 17408, cacheWrite: 512, cacheWrite5m: 0, output: 430, reasoning: 230 },
      },
    ]);
  });

  it('is one row per thread, with all of its turns once, also over several runs', () => {
    const first = [started('t1'), '{"type":"turn.started"}', completed(100, 10)].join('\n');
    const second = [started('t1'), completed(250, 30), completed(400, 50), started('t2'), completed(7, 7)].join('\n');
    const [early] = recordsOf(first, { model: 'gpt-5.5' });
    const [late, other] = recordsOf(second, { model: 'gpt-5.5' });
    expect(late?.ids).toEqual(early?.ids);
    expect(other?.ids).not.toEqual(early?.ids);
    for (const merged of [early && late && mergeRecords(early, late), early && late && mergeRecords(late, early)]) {
      expect(merged).toMatchObject({ model: 'gpt-5.5', tokens: { input: 400, output: 50 } });
    }
  });

  it('is rejected without usage, and where it contradicts itself', () => {
    expect(parseUsageBody(`${started('t1')}\n{"type":"turn.failed"}`, {}, arrival)).toMatchObject([
      { kind: 'rejected', error: 'There is no usage in the response.' },
    ]);
    const impossible = completed(10, 1, { cached_input_tokens: 11 });
    expect(parseUsageBody(`${started('t1')}\n${impossible}`, {}, arrival)).toMatchObject([
      { kind: 'rejected', field: 'usage.cached_input_tokens' },
    ]);
  });
});
