import { readFileSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { snippets } from '../../../src/connect/snippets.ts';
import { makeFolder } from '../engine/startEngine.ts';
import { codeOf, expectPythonRuns, expectRow, idsOf, run, startForSnippet } from './runSnippet.ts';

const root = join(import.meta.dirname, '../../..');

describe('a snippet in TypeScript runs with the real SDK and is counted', () => {
  test.each(idsOf('typescript'))('%s', async id => {
    const started = await startForSnippet();
    const folder = await makeFolder();
    symlinkSync(join(root, 'node_modules'), join(folder, 'node_modules'));
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}');
    writeFileSync(join(folder, 'snippet.ts'), codeOf(id));
    const { stderr } = await run(process.execPath, ['snippet.ts'], { cwd: folder, env: started.env });
    // An SDK also says here when a model is about to end.
    expect(stderr).toBe('');
    await expectRow(started, id);
  });

  test('and goes on when nobody takes the report', async () => {
    const { env } = await startForSnippet();
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

/**
 * The little of the two packages that the snippets use, over real HTTP, as a machine may not have them; `npm run test:agents` runs the
 * snippets with the packages themselves.
 */
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
  test.for(idsOf('python'))('%s', async (id, { skip }) => {
    const python = await run('python3', ['--version']).then(
      () => 'python3',
      () => null,
    );
    if (python === null) {
      return skip('no python3 program');
    }
    const lib = await makeFolder();
    for (const name of ['openai', 'anthropic']) {
      writeFileSync(join(lib, `${name}.py`), standIn);
    }
    await expectPythonRuns(id, [python], { PYTHONPATH: lib });
  });
});

test('the page shows the snippets as they are', () => {
  const page = readFileSync(join(root, 'docs/connect/own-code.md'), 'utf8');
  for (const { id, language, code } of snippets) {
    expect(page, id).toContain(`\`\`\`${language === 'typescript' ? 'ts' : 'python'}\n${code}\`\`\`\n`);
  }
});
