/** Real agents, a fake provider, the real engine: what the provider reported is what the ledger holds, in each way and in all at once. */
import { mkdirSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import { startProcess } from '../e2e/engineProcess.ts';
import { claudeCode } from './agents/claudeCode.ts';
import { codex } from './agents/codex.ts';
import { copilotCli } from './agents/copilotCli.ts';
import { geminiCli } from './agents/geminiCli.ts';
import { openCode } from './agents/openCode.ts';
import { driveAgent } from './driveAgent.ts';
import { writeJson, writeText } from './files.ts';
import { installAgents } from './install.ts';
import { startFakeProvider } from './provider/fakeProvider.ts';
import type { Place, RealAgent, Way } from './realAgent.ts';
import { ways } from './realAgent.ts';
import { startRecorder } from './record/recorder.ts';
import { isRecording, writeTelemetry, writeTranscripts } from './record/writeFixtures.ts';
import { expectRows, readRows } from './rows.ts';

const agents: readonly RealAgent[] = [claudeCode, codex, geminiCli, copilotCli, openCode];
let modules = '';

beforeAll(() => {
  modules = installAgents(agents);
}, 600_000);

interface Measuring {
  readonly chosen: readonly Way[];
  /** How transcripts are read: when all is over, or as they are written. */
  readonly reading: 'import' | 'follow' | 'both';
  readonly name: string;
}

async function measure(agent: RealAgent, { chosen, reading, name }: Measuring) {
  const root = mkdtempSync(join(tmpdir(), `sl-agents-${agent.name}-`));
  onTestFinished(() => rmSync(root, { recursive: true, force: true }));
  const home = join(root, 'home');
  const cwd = join(root, 'project');
  mkdirSync(home);
  writeText(join(cwd, 'one.txt'), 'one\n');
  const provider = await startFakeProvider(`${agent.name}_${name}`);
  onTestFinished(() => provider.close());
  const { url } = provider;
  const settings = join(root, 'settings.json');
  writeJson(settings, {
    gateway: { upstreams: { anthropic: url, openai: url, google: url } },
    timeZone: 'UTC',
    transcripts: { watch: { [agent.name]: reading !== 'import' } },
  });
  const storage = join(root, 'storage');
  const engine = startProcess(['--storage', storage, '--port', '0', '--settings', settings], { HOME: home });
  const { url: engineUrl, token } = await engine.greeting;
  const recorder = isRecording && reading === 'import' ? await startRecorder(engineUrl) : null;
  onTestFinished(() => recorder?.close());
  const place: Place = {
    home,
    cwd,
    upstream: api => (chosen.includes('gateway') ? `${engineUrl}/t/${token}/gateway/${api}` : url),
    telemetry: chosen.includes('telemetry') ? { url: recorder?.url ?? engineUrl, token } : null,
    isChatty: chosen.length > 1,
  };
  await driveAgent(agent, modules, place, `${agent.name}-${name}`);
  if (recorder && name === 'telemetry') {
    writeTelemetry(agent, home, provider.calls, recorder.deliveries);
  } else if (recorder && name === 'transcript') {
    await writeTranscripts(agent, home, provider.calls);
  }
  if (reading === 'follow') {
    const count = provider.calls.filter(agent.told.transcript.has ?? (() => true)).length;
    const path = `${engineUrl}/t/${token}/v1/summary`;
    const readCount = async () => ((await (await fetch(path)).json()) as Summary).total.requests;
    await expect.poll(readCount, { timeout: 10_000 }).toBe(count);
  } else if (chosen.includes('transcript')) {
    const request = { method: 'POST', body: JSON.stringify({ agents: [agent.name], home }) };
    const response = await fetch(`${engineUrl}/t/${token}/v1/import`, request);
    expect(await response.text()).toContain('"type":"done"');
  }
  await fetch(`${engineUrl}/t/${token}/v1/shutdown`, { method: 'POST' });
  expect(await engine.ended).toBe(0);
  return { calls: provider.calls, rows: readRows(storage) };
}

interface Summary {
  readonly total: { readonly requests: number };
}

describe.each(agents)('$name', agent => {
  test.each(ways)('by its %s alone: one row per call', async way => {
    const { calls, rows } = await measure(agent, { chosen: [way], reading: 'import', name: way });
    const { has = () => true, isPartial = false } = agent.told[way];
    expect(calls.length).toBeGreaterThanOrEqual(agent.leastCalls);
    const expected = expectRows(calls.filter(has), agent.told[way]);
    const told = expected.filter(({ input }) => !isPartial || rows.some(row => row.input === input));
    expect(rows.length).toBeGreaterThan(0);
    expect(rows).toMatchObject(told);
    const signal = way === 'telemetry' ? agent.telemetrySignal : way;
    expect(rows.map(row => [row.agent, row.signal])).toEqual(rows.map(() => [agent.name, signal]));
    expect(rows.every(row => row.session !== null || way === 'gateway')).toBe(true);
  });

  test('by its transcript as it writes it: one row per call', async () => {
    const { calls, rows } = await measure(agent, { chosen: ['transcript'], reading: 'follow', name: 'live' });
    const { has = () => true } = agent.told.transcript;
    expect(rows).toMatchObject(expectRows(calls.filter(has), agent.told.transcript));
  });

  test('by all at once: one row per call, made of all reports', async () => {
    const { calls, rows } = await measure(agent, { chosen: ways, reading: 'both', name: 'all' });
    expect(rows).toMatchObject(expectRows(calls, agent.told.gateway));
    const signals = (call: (typeof calls)[number]) =>
      ways
        .filter(way => !agent.told[way].isPartial && (agent.told[way].has?.(call) ?? true))
        .map(way => (way === 'telemetry' ? agent.telemetrySignal : way))
        .sort();
    const expected = calls.toSorted((a, b) => a.input - b.input).map(signals);
    // Weaker telemetry of the same call may have come too, and is no row of its own.
    const best = rows.map(row =>
      row.signals.filter(
        signal => !/^otlp/.test(signal) || (signal === agent.telemetrySignal && !agent.told.telemetry.isPartial),
      ),
    );
    expect(best.map(names => names.sort())).toEqual(expected);
  });
});
