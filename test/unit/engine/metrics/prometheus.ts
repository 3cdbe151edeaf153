import { execFile, spawn } from 'node:child_process';
import { mkdir, mkdtemp, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { promisify } from 'node:util';
import { onTestFinished } from 'vitest';

const run = promisify(execFile);
const cache = join(tmpdir(), 'spend-lens-prometheus');

/** Path of a Prometheus: the one on the PATH, else Debian's, unpacked without root in the system's temp folder. Else why there is none. */
export async function findPrometheus(): Promise<{ readonly path: string } | { readonly reason: string }> {
  for (const folder of (process.env.PATH ?? '').split(delimiter)) {
    if (await isFile(join(folder, 'prometheus'))) {
      return { path: join(folder, 'prometheus') };
    }
  }
  const path = join(cache, 'usr/bin/prometheus');
  try {
    if (!(await isFile(path))) {
      await unpackDebian();
    }
    // One of another architecture would not even start.
    await run(path, ['--version']);
    return { path };
  } catch (error) {
    return {
      reason: `no Prometheus on the PATH, and Debian's can't be had: ${(error as Error).message.split('\n')[0]}`,
    };
  }
}

/** Several at a time do it side by side; the last one to be done stays. */
async function unpackDebian(): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'spend-lens-deb-'));
  try {
    await run('apt-get', ['download', 'prometheus'], { cwd: folder, timeout: 60_000 });
    const name = (await readdir(folder)).find(file => file.endsWith('.deb')) ?? '';
    const unpacked = join(folder, 'x');
    await mkdir(unpacked);
    await run('dpkg', ['-x', join(folder, name), unpacked], { timeout: 60_000 });
    await rename(unpacked, cache).catch(async error => {
      if (!(await isFile(join(cache, 'usr/bin/prometheus')))) {
        throw error;
      }
    });
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

export interface Prometheus {
  /** The one value of a PromQL expression; null when it has none. */
  query(expr: string): Promise<number | null>;
}

/** Starts a Prometheus on loopback that scrapes every second; it ends with the test. */
export async function startPrometheus(path: string, target: string, token: string): Promise<Prometheus> {
  const folder = await mkdtemp(join(tmpdir(), 'spend-lens-prom-'));
  const port = await findPort();
  const config = {
    global: { scrape_interval: '1s', scrape_timeout: '1s' },
    scrape_configs: [
      {
        job_name: 'spend-lens',
        authorization: { credentials: token },
        static_configs: [{ targets: [new URL(target).host] }],
      },
    ],
  };
  // JSON is YAML.
  await writeFile(join(folder, 'prometheus.yml'), JSON.stringify(config));
  const child = spawn(
    path,
    [
      `--config.file=${join(folder, 'prometheus.yml')}`,
      `--storage.tsdb.path=${join(folder, 'data')}`,
      `--web.listen-address=127.0.0.1:${port}`,
    ],
    { stdio: ['ignore', 'ignore', 'pipe'] },
  );
  let log = '';
  child.stderr.on('data', chunk => {
    log += chunk;
  });
  onTestFinished(async () => {
    child.kill('SIGKILL');
    await sleep(100);
    await rm(folder, { recursive: true, force: true, maxRetries: 5 });
  });
  const url = `http://127.0.0.1:${port}`;
  for (const until = Date.now() + 20_000; ; await sleep(100)) {
    const isReady = await fetch(`${url}/-/ready`).then(
      ({ ok }) => ok,
      () => false,
    );
    if (isReady) {
      break;
    }
    if (Date.now() > until || child.exitCode !== null) {
      throw new Error(`Prometheus did not start: ${log}`);
    }
  }
  return {
    query: async expr => {
      const answer = await fetch(`${url}/api/v1/query?${new URLSearchParams({ query: expr })}`);
      const { status, error, data } = (await answer.json()) as {
        status: string;
        error?: string;
        data: { result: { value: [number, string] }[] };
      };
      if (status !== 'success') {
        throw new Error(`${expr}: ${error}`);
      }
      const [first] = data.result;
      return first ? Number(first.value[1]) : null;
    },
  };
}

async function isFile(path: string): Promise<boolean> {
  return stat(path).then(
    found => found.isFile(),
    () => false,
  );
}

function findPort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const server = createServer().once('error', reject);
    server.listen(0, '127.0.0.1', () => {
      const address = server.address();
      server.close(() => resolve(typeof address === 'object' ? (address?.port ?? 0) : 0));
    });
  });
}
