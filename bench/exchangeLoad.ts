/** Load of model calls on a server, and how long each took. */
import { Agent, request } from 'node:http';

/** Where the calls go. */
export interface Target {
  readonly port: number;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
}

export interface ExchangeLoad {
  readonly target: Target;
  readonly connections: number;
  readonly body: string;
  readonly calls: number;
}

/** Times in ms. */
export interface Times {
  /** From the request until the first byte of the body. */
  readonly first: number[];
  /** Until the last byte. */
  readonly whole: number[];
  /** Of each chunk of a stream, from when the provider sent it until it was here. */
  readonly chunk: number[];
  readonly perSecond: number;
}

const emptyTimes = () => ({ first: [] as number[], whole: [] as number[], chunk: [] as number[] });

/**
 * Makes the calls over so many kept connections, each as soon as its last one was answered. The first call of each connection is not counted: Node
 * takes in one new connection a turn of its event loop, so that the last of many waits for all others. Rejects when one fails.
 */
export async function measureExchanges({ target, connections, body, calls }: ExchangeLoad): Promise<Times> {
  const agent = new Agent({ keepAlive: true, maxSockets: connections });
  const times = emptyTimes();
  await Promise.all(Array.from({ length: connections }, () => exchange(agent, target, body, emptyTimes())));
  let started = 0;
  const from = performance.now();
  const client = async (): Promise<void> => {
    while (started < calls) {
      started += 1;
      await exchange(agent, target, body, times);
    }
  };
  await Promise.all(Array.from({ length: connections }, client));
  const perSecond = (calls / (performance.now() - from)) * 1000;
  agent.destroy();
  return { ...times, perSecond };
}

function exchange(agent: Agent, { port, path, headers }: Target, body: string, times: Omit<Times, 'perSecond'>) {
  return new Promise<void>((resolve, reject) => {
    const from = performance.now();
    let isFirst = true;
    const sent = request(
      {
        ...{ agent, port, path, host: '127.0.0.1', method: 'POST' },
        headers: { ...headers, 'content-type': 'application/json', 'content-length': Buffer.byteLength(body) },
      },
      answer => {
        answer.on('data', (bytes: Buffer) => {
          const now = process.hrtime.bigint();
          if (isFirst) {
            isFirst = false;
            times.first.push(performance.now() - from);
          }
          for (const [, stamp = '0'] of bytes.toString('latin1').matchAll(/ t(\d+)t/g)) {
            times.chunk.push(Number(now - BigInt(stamp)) / 1e6);
          }
        });
        answer.once('end', () => {
          times.whole.push(performance.now() - from);
          if (answer.statusCode === 200) {
            resolve();
          } else {
            reject(new Error(`Port ${port} answered ${answer.statusCode}.`));
          }
        });
        answer.once('error', reject);
      },
    );
    sent.once('error', reject);
    sent.end(body);
  });
}

/** The value below which a share of the values lies. */
export function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * share))] ?? Number.NaN;
}
