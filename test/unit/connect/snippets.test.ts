import { execFile } from 'node:child_process';
import { mkdirSync, readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { describe, expect, test } from 'vitest';
import { snippets } from '../../../src/connect/snippets.ts';
import { startGateway } from '../engine/gateway/fakeProvider.ts';
import { startRealisticProvider } from '../engine/gateway/realisticProvider.ts';
import { makeFolder } from '../engine/startEngine.ts';

const run = promisify(execFile);
const root = join(import.meta.dirname, '../../..');
const ids = (language: string) => snippets.filter(snippet => snippet.language === language).map(({ id }) => id);
const codeOf = (id: string) => snippets.find(snippet => snippet.id === id)?.code ?? '';

/** An engine whose gateway leads to a provider that answers as the real ones, and what a program needs to reach both. */
async function start() {
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
async function expectRow({ engine }: Awaited<ReturnType<typeof start>>, id: string) {
  const [row] = await engine.waitForRecords(1);
  expect(row).toMatchObject({
    provider: id.startsWith('openai') ? 'openai' : 'anthropic',
    session_id: 'my-session',
    signal: id.endsWith('gateway') ? 'gateway' : 'response',
  });
  expect(row?.prompt_tokens).toBeGreaterThan(0);
}

describe('a snippet in TypeScript runs with the real SDK and is counted', () => {
  test.each(ids('typescript'))('%s', async id => {
    const started = await start();
    const folder = await makeFolder();
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'snippet.ts'), codeOf(id));
    const { stderr } = await run(process.execPath, ['snippet.ts'], { cwd: folder, env: started.env });
    expect(stderr).not.toContain('Spend Lens:');
    await expectRow(started, id);
  });

  test('and goes on when nobody takes the report', async () => {
    const { env } = await start();
    const folder = await makeFolder();
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'snippet.ts'), `${codeOf('openai-typescript')}console.log('went on');\n`);
    const nobody = { ...env, SPEND_LENS_URL: 'http://127.0.0.1:1' };
    const { stdout, stderr } = await run(process.execPath, ['snippet.ts'], { cwd: folder, env: nobody });
    expect(stdout).toBe('went on\n');
    expect(stderr).toContain('Spend Lens:');
  });
});

/** The little of the two packages that the snippets use, over real HTTP: no package of Python's can be installed here. */
const standIn = `
import json, os, urllib.request

class Thing:
    def __init__(self, value): self.__dict__.update({k: wrap(v) for k, v in value.items()}); self._value = value
    def __getattr__(self, name): return None
    def model_dump(self, mode=None): return self._value

def wrap(value):
    if isinstance(value, dict): return Thing(value)
    return [wrap(v) for v in value] if isinstance(value, list) else value

def post(url, headers, body):
    headers = {**(headers or {}), "content-type": "application/json", "authorization": "Bearer sk-fake"}
    return urllib.request.urlopen(urllib.request.Request(url, json.dumps(body).encode(), headers))

def events(response):
    for line in response:
        data = line.decode().strip().removeprefix("data: ")
        if data.startswith("{"): yield json.loads(data)

class Client:
    def __init__(self, base_url=None, default_headers=None): self.base, self.headers = base_url, default_headers

class OpenAI(Client):
    @property
    def chat(self): return self
    completions = chat
    def create(self, **body):
        base = self.base or os.environ["OPENAI_BASE_URL"]
        answer = post(base + "/chat/completions", self.headers, body)
        return map(Thing, events(answer)) if body.get("stream") else Thing(json.load(answer))

class Anthropic(Client):
    @property
    def messages(self): return self
    def _post(self, body): return post((self.base or os.environ["ANTHROPIC_BASE_URL"]) + "/v1/messages", self.headers, body)
    def create(self, **body): return Thing(json.load(self._post(body)))
    def stream(self, **body): self._answer = self._post({**body, "stream": True}); return self
    def __enter__(self): return self
    def __exit__(self, *_): self._answer.close()
    @property
    def text_stream(self):
        for event in events(self._answer):
            if event.get("type") == "content_block_delta": yield event["delta"].get("text", "")
`;

describe('a snippet in Python runs, with a stand-in for the SDK, and is counted', () => {
  test.for(ids('python'))('%s', async (id, { skip }) => {
    const python = await run('python3', ['--version']).then(
      () => 'python3',
      () => null,
    );
    if (python === null) {
      return skip('no python3 program');
    }
    const started = await start();
    const folder = await makeFolder();
    mkdirSync(join(folder, 'lib'));
    for (const name of ['openai', 'anthropic']) {
      writeFileSync(join(folder, 'lib', `${name}.py`), standIn);
    }
    writeFileSync(join(folder, 'snippet.py'), codeOf(id));
    await run(python, ['-W', 'error', '-m', 'py_compile', 'snippet.py'], { cwd: folder });
    const env = { ...started.env, PYTHONPATH: join(folder, 'lib') };
    const { stderr } = await run(python, ['snippet.py'], { cwd: folder, env });
    expect(stderr).toBe('');
    await expectRow(started, id);
  });
});

test('the page shows the snippets as they are', () => {
  const page = readFileSync(join(root, 'docs/connect/own-code.md'), 'utf8');
  for (const { id, language, code } of snippets) {
    expect(page, id).toContain(`\`\`\`${language === 'typescript' ? 'ts' : 'python'}\n${code}\`\`\`\n`);
  }
});
