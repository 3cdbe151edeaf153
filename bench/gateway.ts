/**
 * `npm run bench gateway`: what the gateway adds to a call, beside going direct, a bare pipe in Node and Portkey's gateway, all before the same
 * provider, in turns. `npm run bench gateway -- --quick` does less of everything.
 */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import os from 'node:os';
import path from 'node:path';
import { measureExchanges, percentile, type Target, type Times } from './exchangeLoad.ts';
import { findPortkey, portkeyVersion, startPortkey } from './peers/portkey.ts';
import { readCpuMicros, type ServerProcess, startServer } from './serverProcess.ts';

const root = path.resolve(import.meta.dirname, '..');
const peer = (name: string) => path.join(import.meta.dirname, 'peers', name);
const question = { model: 'gpt-4.1', messages: [{ role: 'user', content: 'x'.repeat(500) }] };

interface Scenario {
  readonly name: string;
  readonly body: string;
  readonly connections: number;
  readonly calls: number;
}

interface Server {
  readonly name: string;
  readonly target: Target;
  readonly pid: number;
}

/** Figures of one server in one scenario: each a median of turns. Times in ms. */
interface Figures {
  readonly wholeP50: number;
  readonly wholeP99: number;
  readonly firstP50: number;
  readonly firstP99: number;
  readonly chunkP50: number;
  readonly chunkP99: number;
  readonly perSecond: number;
  /** CPU time of the server's process for a call, with what it does right after the answer. µs */
  readonly cpuMicros: number;
}

/** Calls of 2 kB before anything is measured: what runs for days is compiled by then. */
const warmUpCalls = 2000;
/** After a turn a server has so long for what it put off. ms */
const restMs = 100;

function listScenarios(isQuick: boolean): Scenario[] {
  const stream = (pace: number) => JSON.stringify({ ...question, stream: true, user: String(pace) });
  const scale = isQuick ? 0.2 : 1;
  const calls = (count: number, least: number) => Math.max(least, Math.round(count * scale));
  return [1, 64].flatMap(connections => [
    {
      name: '2 kB answer',
      body: JSON.stringify(question),
      connections,
      calls: calls(connections === 1 ? 1000 : 3000, 64),
    },
    {
      name: '200 chunks, one each 5 ms',
      body: stream(5),
      connections,
      calls: calls(connections === 1 ? 5 : 64, Math.max(2, connections)),
    },
    {
      name: '200 chunks at once',
      body: stream(0),
      connections,
      calls: calls(connections === 1 ? 60 : 192, connections),
    },
  ]);
}

/** Runs the benchmark and prints Markdown tables. */
export async function run(args: readonly string[]): Promise<void> {
  const isQuick = args.includes('--quick');
  const folder = mkdtempSync(path.join(os.tmpdir(), 'spend-lens-bench-'));
  const processes: ServerProcess[] = [];
  try {
    const servers = await startServers(folder, processes);
    for (const { target } of servers) {
      await measureExchanges({ target, body: JSON.stringify(question), connections: 8, calls: warmUpCalls });
    }
    for (const scenario of listScenarios(isQuick)) {
      const figures = await compare(servers, scenario, isQuick ? 3 : 5);
      printScenario(scenario, servers, figures);
    }
  } finally {
    await Promise.all(processes.map(server => server.stop()));
    rmSync(folder, { recursive: true, force: true });
  }
}

async function startServers(folder: string, processes: ServerProcess[]): Promise<Server[]> {
  const keep = (server: ServerProcess): ServerProcess => {
    processes.push(server);
    return server;
  };
  const upstream = keep(await startServer([peer('fakeUpstream.ts')]));
  const origin = `http://127.0.0.1:${upstream.port}`;
  const settings = path.join(folder, 'settings.json');
  writeFileSync(settings, JSON.stringify({ gateway: { upstreams: { openai: origin } } }));
  const engineArgs = [
    '--storage',
    path.join(folder, 'store'),
    '--port',
    '0',
    '--token',
    'bench',
    '--settings',
    settings,
  ];
  const engine = keep(await startServer([path.join(root, 'dist/engine.js'), ...engineArgs]));
  const pipe = keep(await startServer([peer('barePipe.ts'), String(upstream.port)]));
  const chat = '/v1/chat/completions';
  const headers = { authorization: 'Bearer sk-bench' };
  const servers: Server[] = [
    { name: 'direct', target: { port: upstream.port, path: chat, headers }, pid: upstream.pid },
    { name: 'bare pipe', target: { port: pipe.port, path: chat, headers }, pid: pipe.pid },
    {
      name: 'Spend Lens',
      target: { port: engine.port, path: `/t/bench/gateway/openai${chat}`, headers },
      pid: engine.pid,
    },
  ];
  const script = findPortkey();
  if (script === null) {
    process.stdout.write(`@portkey-ai/gateway@${portkeyVersion}: not available here\n`);
    return servers;
  }
  const portkey = keep(await startPortkey(script, await findFreePort()));
  const portkeyHeaders = { ...headers, 'x-portkey-provider': 'openai', 'x-portkey-custom-host': `${origin}/v1` };
  return [
    ...servers,
    {
      name: `Portkey ${portkeyVersion}`,
      target: { port: portkey.port, path: chat, headers: portkeyHeaders },
      pid: portkey.pid,
    },
  ];
}

/** Each server in turns, so that a machine that slows down slows all of them; the first turn warms up and does not count. */
async function compare(servers: readonly Server[], scenario: Scenario, turns: number): Promise<Figures[]> {
  const all = servers.map((): (Times & { readonly cpuMicros: number })[] => []);
  for (let turn = 0; turn <= turns; turn += 1) {
    for (const [index, { target, pid }] of servers.entries()) {
      const cpuBefore = readCpuMicros(pid);
      const times = await measureExchanges({ target, ...scenario });
      await new Promise(resolve => setTimeout(resolve, restMs));
      if (turn > 0) {
        all[index]?.push({ ...times, cpuMicros: (readCpuMicros(pid) - cpuBefore) / scenario.calls });
      }
    }
  }
  return all.map(of => ({
    wholeP50: medianOf(of, times => percentile(times.whole, 0.5)),
    wholeP99: medianOf(of, times => percentile(times.whole, 0.99)),
    firstP50: medianOf(of, times => percentile(times.first, 0.5)),
    firstP99: medianOf(of, times => percentile(times.first, 0.99)),
    chunkP50: medianOf(of, times => percentile(times.chunk, 0.5)),
    chunkP99: medianOf(of, times => percentile(times.chunk, 0.99)),
    perSecond: medianOf(of, times => times.perSecond),
    cpuMicros: medianOf(of, times => times.cpuMicros),
  }));
}

/** ms */
const leastAdded = 0.05;

const medianOf = <Turn>(turns: readonly Turn[], read: (turn: Turn) => number): number =>
  percentile(turns.map(read), 0.5);

function printScenario(scenario: Scenario, servers: readonly Server[], figures: readonly Figures[]): void {
  const [direct, pipe, , portkey] = figures;
  const isStream = scenario.body.includes('"stream":true');
  const write = (line: string) => process.stdout.write(`${line}\n`);
  write(`\n${scenario.name}, ${scenario.connections} connection${scenario.connections === 1 ? '' : 's'}\n`);
  const head = [
    ...[
      '',
      isStream ? 'streams/s' : 'requests/s',
      'whole p50, ms',
      'added p50',
      'added p99',
      'first byte added p50',
      'added p99',
    ],
    ...(isStream ? ['per chunk added p50', 'added p99'] : []),
    'CPU, µs a call',
    'added p50 ÷ bare pipe’s',
    '÷ Portkey’s',
  ];
  write(`| ${head.join(' | ')} |\n|${' --- |'.repeat(head.length)}`);
  for (const [index, each] of figures.entries()) {
    const added = (key: keyof Figures) => (direct ? (each[key] - direct[key]).toFixed(3) : '');
    // Where the other adds nothing that can be told from noise, there is no ratio to it.
    const ratio = (other: Figures | undefined): string => {
      const base = direct && other ? other.wholeP50 - direct.wholeP50 : 0;
      return direct && base > leastAdded ? ((each.wholeP50 - direct.wholeP50) / base).toFixed(2) : '';
    };
    const cells = [
      ...[servers[index]?.name ?? '', Math.round(each.perSecond).toLocaleString('en-US'), each.wholeP50.toFixed(3)],
      ...(index === 0
        ? ['', '', '', '']
        : [added('wholeP50'), added('wholeP99'), added('firstP50'), added('firstP99')]),
      ...(isStream ? (index === 0 ? ['', ''] : [added('chunkP50'), added('chunkP99')]) : []),
      each.cpuMicros.toFixed(0),
      ...(index === 0 ? ['', ''] : [ratio(pipe), ratio(portkey)]),
    ];
    write(`| ${cells.join(' | ')} |`);
  }
}

async function findFreePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  await new Promise(resolve => server.close(resolve));
  return port;
}
