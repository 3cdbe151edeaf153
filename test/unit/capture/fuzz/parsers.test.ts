/**
 * Every parser, on real samples that were damaged: it gives sound records or its own kind of rejection, and nothing else, in no time.
 * `SPEND_LENS_FUZZ_SEED` repeats a run, `SPEND_LENS_FUZZ_RUNS` makes it longer.
 */
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { UsageError } from '../../../../src/capture/json.ts';
import { buildMetricRecords } from '../../../../src/capture/otlp/metricRecords.ts';
import { parseOtlp } from '../../../../src/capture/otlp/otlp.ts';
import { OtlpDecodeError } from '../../../../src/capture/otlp/parts.ts';
import type { OtlpBody } from '../../../../src/capture/otlp/payload.ts';
import { claudeCodeFormat } from '../../../../src/capture/transcripts/claudeCode.ts';
import { parseClineTask, parseRooTask } from '../../../../src/capture/transcripts/cline.ts';
import { parseClineCliSession } from '../../../../src/capture/transcripts/clineCli.ts';
import { codexFormat } from '../../../../src/capture/transcripts/codex.ts';
import { copilotChatFormat, parseCopilotChatFile } from '../../../../src/capture/transcripts/copilotChat.ts';
import { copilotCliFormat } from '../../../../src/capture/transcripts/copilotCli.ts';
import { geminiCliFormat, parseGeminiChat } from '../../../../src/capture/transcripts/geminiCli.ts';
import { parseOpenCodeFile, parseOpenCodeRow } from '../../../../src/capture/transcripts/openCode.ts';
import type { LineFormat, WholeParser } from '../../../../src/capture/transcripts/transcript.ts';
import { TooManyRecordsError, UnreadableBodyError } from '../../../../src/capture/usageBody.ts';
import type { UsageRecord } from '../../../../src/core/usageRecord.ts';
import { parseUsageBody } from '../parseUsageBody.ts';
import { somewhere } from '../transcripts/readTranscript.ts';
import { findFlaw } from './checkRecord.ts';
import { likeBytes, likeJson, likeLines } from './mutate.ts';

const numRuns = Number(process.env.SPEND_LENS_FUZZ_RUNS ?? 250);
const seed = Number(process.env.SPEND_LENS_FUZZ_SEED ?? Date.now() % 2 ** 31);
/** Five times what a slow machine needs for any of them, ms. */
const limitMs = 2_000;
const arrival = Date.UTC(2026, 10, 22, 12);

const wire = join(import.meta.dirname, '../../../fixtures/wire');
const recorded = join(import.meta.dirname, '../../../fixtures/agents');
const read = (file: string) => readFileSync(join(wire, file), 'utf8');
const filesOf = (folder: string, end: RegExp) =>
  readdirSync(join(wire, folder))
    .filter(file => end.test(file) && !file.startsWith('expected'))
    .map(file => join(folder, file));

/** Runs a parser on damaged samples; `parse` gives the records, and what it throws must be of `rejections`. */
function holds<T>(
  damaged: fc.Arbitrary<T>,
  parse: (value: T) => readonly UsageRecord[],
  rejections: readonly (new (...args: never[]) => Error)[],
): void {
  let sound = 0;
  fc.assert(
    fc.property(damaged, value => {
      const start = performance.now();
      try {
        const records = parse(value);
        sound += records.length;
        expect(records.map(findFlaw).filter(flaw => flaw !== null)).toEqual([]);
      } catch (error) {
        if (!rejections.some(kind => error instanceof kind)) {
          throw error;
        }
      }
      expect(performance.now() - start).toBeLessThan(limitMs);
    }),
    { seed, numRuns },
  );
  // A run in which everything was rejected would have looked at nothing.
  expect(sound).toBeGreaterThan(0);
}

describe(`damaged samples (SPEND_LENS_FUZZ_SEED=${seed})`, () => {
  const bodyRejections = [UnreadableBodyError, TooManyRecordsError];
  const parseBody = (text: string): UsageRecord[] =>
    parseUsageBody(text, {}, arrival).flatMap(item => {
      expect(item.kind === 'record' || item.error !== '').toBe(true);
      return item.kind === 'record' ? [item.record] : [];
    });

  test.each(
    filesOf('', /(chat|generate|messages|converse|responses)\.json$/).filter(file => !file.startsWith('cline')),
  )('a response: %s', file => holds(likeJson(read(file)), parseBody, bodyRejections));

  test.each(filesOf('', /\.sse$|^ollama.*ndjson$|^codex-exec/))('a stream: %s', file =>
    holds(
      likeLines(read(file).split('\n')).map(lines => lines.join('\n')),
      parseBody,
      bodyRejections,
    ),
  );

  const parseTelemetry = (body: OtlpBody, signal: 'logs' | 'metrics' | 'traces'): UsageRecord[] => {
    const { records, points } = parseOtlp(body, signal, arrival);
    return [...records, ...buildMetricRecords(points, arrival).records];
  };
  const signalOf = (file: string) => /logs|traces|metrics/.exec(file)?.[0] as 'logs';

  test.each(filesOf('otlp', /\.json$/))('telemetry in JSON: %s', file =>
    holds(likeJson(read(file)), text => parseTelemetry({ encoding: 'json', text }, signalOf(file)), [OtlpDecodeError]),
  );

  test.each(readdirSync(recorded))('telemetry as it was recorded: %s', agent => {
    const lines = readFileSync(join(recorded, agent, 'telemetry.jsonl'), 'utf8')
      .trimEnd()
      .split('\n');
    const requests = lines.map(line => JSON.parse(line) as { path: string; body: unknown });
    const damaged = fc
      .constantFrom(...requests)
      .chain(({ path, body }) => likeJson(JSON.stringify(body)).map(text => ({ text, signal: signalOf(path) })));
    holds(damaged, ({ text, signal }) => parseTelemetry({ encoding: 'json', text }, signal), [OtlpDecodeError]);
  });

  test.each(filesOf('otlp', /\.pb$/))('telemetry in protobuf: %s', file =>
    holds(
      likeBytes(readFileSync(join(wire, file))),
      bytes => parseTelemetry({ encoding: 'protobuf', bytes }, signalOf(file)),
      [OtlpDecodeError],
    ),
  );

  const byLines: Record<string, LineFormat> = {
    'claude-code-transcript.jsonl': claudeCodeFormat,
    'claude-code-subagent.jsonl': claudeCodeFormat,
    'codex-rollout.jsonl': codexFormat,
    'gemini-chat-session.jsonl': geminiCliFormat,
    'copilot-cli-events.jsonl': copilotCliFormat,
    'copilot-vscode-chatsession.jsonl': copilotChatFormat,
  };

  /** As the importer reads: a line that is rejected does not keep those after it, and the parser may stop and go on anywhere. */
  function parseLines(format: LineFormat, lines: readonly string[]): UsageRecord[] {
    let parser = format.create(somewhere);
    return lines.flatMap((line, index) => {
      if (index % 3 === 2) {
        parser = format.create(somewhere, JSON.parse(JSON.stringify(parser.state ?? null)) ?? undefined);
      }
      try {
        return parser.push(line);
      } catch (error) {
        if (!(error instanceof UsageError || error instanceof SyntaxError)) {
          throw error;
        }
        return [];
      }
    });
  }

  test.each(Object.entries(byLines))('a transcript of lines: %s', (file, format) =>
    holds(likeLines(read(file).trimEnd().split('\n')), lines => parseLines(format, lines), []),
  );

  const whole: readonly (readonly [string, WholeParser, unknown])[] = [
    ['Cline', parseClineTask, JSON.parse(read('cline-ui_messages.json'))],
    ['Roo', parseRooTask, JSON.parse(read('cline-ui_messages.json'))],
    [
      'Cline CLI',
      parseClineCliSession,
      {
        messages: [
          {
            role: 'assistant',
            id: 'm1',
            ts: arrival,
            modelInfo: { id: 'claude-sonnet-4-5', provider: 'anthropic' },
            metrics: { inputTokens: 900, outputTokens: 70, cacheReadTokens: 500, cacheWriteTokens: 100, cost: 0.01 },
          },
        ],
      },
    ],
    [
      'Gemini CLI, until 0.38',
      parseGeminiChat,
      {
        sessionId: 's',
        messages: [
          {
            id: 'g1',
            type: 'gemini',
            timestamp: '2026-11-22T10:00:00Z',
            model: 'gemini-2.5-pro',
            tokens: { input: 900, output: 70, cached: 500, thoughts: 30, tool: 0, total: 1000 },
          },
        ],
      },
    ],
    [
      'Copilot Chat, before its log of changes',
      parseCopilotChatFile,
      {
        sessionId: 's',
        requests: [
          {
            requestId: 'r1',
            timestamp: arrival,
            modelId: 'copilot/gpt-5',
            result: { metadata: { promptTokens: 900, outputTokens: 70, resolvedModel: 'gpt-5' } },
          },
        ],
      },
    ],
    [
      'OpenCode, before its database',
      parseOpenCodeFile,
      {
        id: 'msg_1',
        sessionID: 'ses_1',
        role: 'assistant',
        modelID: 'claude-sonnet-4-5',
        providerID: 'anthropic',
        time: { created: arrival, completed: arrival + 900 },
        cost: 0.01,
        tokens: { input: 900, output: 70, reasoning: 30, cache: { read: 500, write: 100 } },
      },
    ],
  ];

  test.each(whole)('a transcript rewritten as a whole: %s', (_, parse, sample) =>
    holds(likeJson(JSON.stringify(sample)), text => parse(JSON.parse(text), somewhere).records, [UsageError]),
  );

  test('rows of OpenCode’s database', () => {
    const rows = read('opencode-message-rows.jsonl')
      .trimEnd()
      .split('\n')
      .map(line => JSON.parse(line))
      .filter(row => row.table === 'message' && row.data.includes('"assistant"'));
    const damaged = fc.constantFrom(...rows).chain(row => likeJson(row.data).map(data => ({ ...row, data })));
    holds(damaged, row => parseOpenCodeRow(row, somewhere), [UsageError, SyntaxError]);
  });
});
