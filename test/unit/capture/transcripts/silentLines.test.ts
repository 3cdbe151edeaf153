import fc from 'fast-check';
import { expect, it } from 'vitest';
import { claudeCodeFormat } from '../../../../src/capture/transcripts/claudeCode.ts';
import { codexFormat } from '../../../../src/capture/transcripts/codex.ts';

const text = fc.oneof(
  fc.string(),
  fc.constantFrom(
    '{"type":"user"',
    ',"type":"user"',
    '"type":"user","message"',
    'type":"user',
    '\\","type":"response_item"',
  ),
);
const usage = { input_tokens: 1, output_tokens: 2 };
const place = { sessionId: null, taskType: null, cwd: null, models: [], changedAt: 0 };
const message = { id: 'msg_1', model: 'claude-opus-5-5', stop_reason: 'end_turn', content: [{ type: 'user' }], usage };
const info = { last_token_usage: usage, total_token_usage: usage };

/** The fields of a line that tells of a call, among others with treacherous texts, in any order. */
const lineWith = (fields: readonly (readonly [string, unknown])[]) =>
  fc
    .array(
      fc.tuple(fc.constantFrom('a', 'b', 'type"', 'x\\', '{"type":"user"'), fc.oneof(text, fc.record({ type: text }))),
    )
    .chain(others => fc.shuffledSubarray([...others, ...fields], { minLength: others.length + fields.length }))
    .map(entries => JSON.stringify(Object.fromEntries(entries)));

it.each([
  [
    'Claude Code',
    claudeCodeFormat,
    [
      ['type', 'assistant'],
      ['message', message],
    ],
  ],
  [
    'Codex',
    codexFormat,
    [
      ['type', 'event_msg'],
      ['payload', { type: 'token_count', info }],
    ],
  ],
] as const)('takes no line of %s that tells of a call for a silent one', (_, format, fields) => {
  fc.assert(
    fc.property(lineWith(fields), fc.nat({ max: 500 }), (line, length) => {
      expect(format.create(place).push(line)).toHaveLength(1);
      expect(format.isSilent?.(line.slice(0, length))).toBe(false);
    }),
  );
});

it('knows prompts and the like by their beginning', () => {
  const prompt = '{"parentUuid":null,"isSidechain":false,"cwd":"/home/a \\"b\\"","type":"user","message":{"role":';
  expect(claudeCodeFormat.isSilent?.(prompt)).toBe(true);
  expect(
    codexFormat.isSilent?.('{"timestamp":"2026-11-21T22:26:41.000Z","ordinal":1,"type":"response_item","pay'),
  ).toBe(true);
});
