import { mkdtemp, rm } from 'node:fs/promises';
import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { onTestFinished } from 'vitest';
import type { RunningEngine } from '../../../src/engine/lifecycle/runningEngine.ts';
import { runStandalone } from '../../../src/engine/lifecycle/standalone.ts';

export interface Started {
  readonly engine: RunningEngine;
  readonly url: string;
  readonly token: string;
  readonly storage: string;
  /** Lines of the log, `level message`. */
  readonly log: string[];
}

/** A folder that is removed when the test is over. */
export async function makeFolder(): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'sl-'));
  onTestFinished(() => rm(folder, { recursive: true, force: true }));
  return folder;
}

/** A standalone engine in this process, on real HTTP; it leaves when the test is over. */
export async function startEngine(
  options: { token?: string; settings?: string; storage?: string } = {},
): Promise<Started> {
  const log: string[] = [];
  const { engine, greeting } = await runStandalone(
    {
      kind: 'standalone',
      storage: options.storage ?? (await makeFolder()),
      port: 0,
      token: options.token ?? null,
      settings: options.settings ?? null,
    },
    (level, message) => log.push(`${level} ${message}`),
  );
  onTestFinished(async () => {
    engine.stop('test');
    await engine.left;
  });
  return { engine, log, ...greeting };
}

export interface Answer {
  readonly status: number;
  readonly headers: IncomingHttpHeaders;
  readonly text: string;
  // biome-ignore lint/suspicious/noExplicitAny: tests look into answers of all shapes
  readonly json: any;
}

export interface Question {
  readonly method?: string;
  readonly headers?: OutgoingHttpHeaders;
  readonly body?: string | Buffer;
}

/** One request with exactly these headers, which `fetch` would not let through. */
export function ask(url: string, path: string, { method, headers = {}, body }: Question = {}): Promise<Answer> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve, reject) => {
    const sent = request(
      { hostname, port, path, method: method ?? (body === undefined ? 'GET' : 'POST'), headers, agent: false },
      response => {
        const chunks: Buffer[] = [];
        response.on('data', chunk => chunks.push(chunk));
        response.on('error', reject);
        response.on('end', () => {
          const text = Buffer.concat(chunks).toString();
          const isJson = /[/+]json/.test(response.headers['content-type'] ?? '');
          resolve({
            status: response.statusCode ?? 0,
            headers: response.headers,
            text,
            json: isJson && text !== '' ? JSON.parse(text) : null,
          });
        });
      },
    );
    sent.on('error', reject);
    sent.end(body);
  });
}

/** Headers that show a token. */
export const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

/** A flat record of 1,000 tokens in and 500 out at gpt-4.1: $0.006. */
export const sixMills = { model: 'gpt-4.1', input_tokens: 1000, output_tokens: 500 };
