import { execFile } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'vitest';
import { snippets } from '../../../src/connect/snippets.ts';
import { startGateway } from '../engine/gateway/fakeProvider.ts';
import { startRealisticProvider } from '../engine/gateway/realisticProvider.ts';
import { makeFolder } from '../engine/startEngine.ts';

export const run = promisify(execFile);
export const idsOf = (language: string) =>
  snippets.filter(snippet => snippet.language === language).map(({ id }) => id);
export const codeOf = (id: string) => snippets.find(snippet => snippet.id === id)?.code ?? '';

/** An engine whose gateway leads to a provider that answers as the real ones, and what a program needs to reach both. */
export async function startForSnippet() {
  const provider = await startRealisticProvider();
  const engine = await startGateway({ openai: provider.url, anthropic: provider.url });
  const env = {
    PATH: process.env.PATH,
    SPEND_LENS_URL: engine.url,
    SPEND_LENS_TOKEN: engine.token,
    OPENAI_API_KEY: 'sk-fake',
    ANTHROPIC_API_KEY: 'sk-fake',
    // Where a client without an address of its own goes.
    OPENAI_BASE_URL: `${provider.url}/v1`,
    ANTHROPIC_BASE_URL: provider.url,
  };
  return { engine, provider, env };
}

/** The row that a snippet left. */
export async function expectRow({ engine }: Awaited<ReturnType<typeof startForSnippet>>, id: string) {
  const [row] = await engine.waitForRecords(1);
  expect(row).toMatchObject({
    provider: id.startsWith('openai') ? 'openai' : 'anthropic',
    session_id: 'my-session',
    signal: id.endsWith('gateway') ? 'gateway' : 'response',
  });
  expect(row?.prompt_tokens).toBeGreaterThan(0);
}

/** Runs a snippet in Python, which must say nothing on stderr and leave its row. */
export async function expectPythonRuns(
  id: string,
  [program = '', ...args]: readonly string[],
  variables: Readonly<Record<string, string>>,
): Promise<void> {
  const started = await startForSnippet();
  const folder = await makeFolder();
  writeFileSync(join(folder, 'snippet.py'), codeOf(id));
  const env = { ...started.env, ...variables };
  const { stderr } = await run(program, [...args, '-W', 'error::SyntaxWarning', 'snippet.py'], { cwd: folder, env });
  expect(stderr).toBe('');
  await expectRow(started, id);
}
