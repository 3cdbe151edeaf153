/** README.md as its reader takes it: every command, setting, picture and snippet in it is true. */
import { execFileSync } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { describe, expect, onTestFinished, test } from 'vitest';
import { defaultSettings } from '../../src/contributions.ts';
import { root } from '../run/paths.ts';
import { readSummary, startProcess } from './engineProcess.ts';

const readme = readFileSync(path.join(root, 'README.md'), 'utf8');
const readJson = (file: string) => JSON.parse(readFileSync(path.join(root, file), 'utf8'));

/** The code blocks of a language, in their order. */
function readBlocks(language: string): string[] {
  return [...readme.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\`$`, 'gm'))].map(
    ([, code]) => code ?? '',
  );
}

function makeFolder(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'spend-lens-readme-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

/** An engine, and the environment that "Copy Connection Settings" gives for it. */
async function startEngine() {
  const endpoint = await startProcess(['--storage', makeFolder(), '--port', '0']).greeting;
  return { endpoint, env: { ...process.env, SPEND_LENS_URL: endpoint.url, SPEND_LENS_TOKEN: endpoint.token } };
}

/** What OpenAI's SDK gives for a call: 1,000 in and 500 out of gpt-4.1, 0.006 USD. */
const response = {
  id: 'chatcmpl-readme',
  object: 'chat.completion',
  model: 'gpt-4.1',
  choices: [],
  usage: { prompt_tokens: 1000, completion_tokens: 500, total_tokens: 1500 },
};

describe('the README', () => {
  test('names each setting with its default', () => {
    const rows = [...readme.matchAll(/^\| `spendLens\.([\w.]+)` \| (.+?) \|/gm)].map(([, key, value]) => [key, value]);
    const expected = Object.entries(defaultSettings).map(([key, value]) => [
      key,
      key === 'timeZone' ? "the system's" : `\`${typeof value === 'string' && value !== '' ? value : format(value)}\``,
    ]);
    expect(Object.fromEntries(rows)).toEqual(Object.fromEntries(expected));
  });

  test('names no command that there is not', () => {
    const titles = Object.entries<string>(readJson('package.nls.json'))
      .filter(([key]) => /^commands\.\w+\.title$/.test(key))
      .map(([, title]) => title);
    const named = [...readme.matchAll(/\*\*(?:Spend Lens: )?([A-Z][\w ]+…?)\*\*/g)].map(([, title]) => title ?? '');
    expect(named.length).toBeGreaterThan(4);
    expect(named.filter(title => !titles.includes(title))).toEqual([]);
  });

  test('names scripts, pictures and pages that are there', () => {
    const { scripts } = readJson('package.json');
    const named = [...readme.matchAll(/npm (?:run )?(\w[\w:]*)/g)].map(([, script]) => script ?? '');
    expect(named.filter(script => !(script in scripts) && script !== 'on')).toEqual([]);
    const linked = [...readme.matchAll(/\]\((?!https?:)([^)#]+)\)/g)].map(([, file]) => file ?? '');
    expect(linked.filter(file => !existsSync(path.join(root, file)))).toEqual([]);
  });

  test('sends the first record by curl, and the SQL reads it', async ({ skip }) => {
    const command = readBlocks('sh').find(code => code.startsWith('curl')) ?? '';
    try {
      execFileSync('curl', ['--version'], { stdio: 'ignore' });
    } catch {
      skip('no curl program');
    }
    const { endpoint, env } = await startEngine();
    const answer = JSON.parse(
      execFileSync('sh', ['-c', command], { env, stdio: ['ignore', 'pipe', 'ignore'] }).toString(),
    );
    expect(answer).toMatchObject({ accepted: 1, records: [{ cost_usd: 0.006 }] });
    expect((await readSummary(endpoint)).total).toMatchObject({ requests: 1, cost_usd: 0.006 });
    await fetch(`${endpoint.url}/v1/shutdown`, {
      method: 'POST',
      headers: { authorization: `Bearer ${endpoint.token}` },
    });
    const { DatabaseSync } = await import('node:sqlite');
    const file = path.join(endpoint.storage, 'usage.sqlite');
    await expect.poll(() => existsSync(file)).toBe(true);
    const [sql = ''] = readBlocks('sql');
    expect(new DatabaseSync(file, { readOnly: true }).prepare(sql).all()).toEqual([
      { task_type: 'chat', 'SUM(cost)': 0.006, 'SUM(prompt_tokens)': 1000, 'SUM(completion_tokens)': 500 },
    ]);
  });

  test('reports a response from Python', async ({ skip }) => {
    try {
      execFileSync('python3', ['--version'], { stdio: 'ignore' });
    } catch {
      skip('no python3 program');
    }
    const { endpoint, env } = await startEngine();
    const [snippet = ''] = readBlocks('python');
    const call = `
class Response:
    def model_dump(self, mode):
        return json.loads('''${JSON.stringify(response)}''')

print(json.dumps(report(Response(), session_id="first", task_type="chat")))
`;
    const output = execFileSync('python3', ['-c', snippet + call], { env }).toString();
    expect(JSON.parse(output)).toMatchObject({ accepted: 1, records: [{ cost_usd: 0.006 }] });
    expect((await readSummary(endpoint)).total).toMatchObject({ requests: 1, cost_usd: 0.006 });
  });

  test('reports a response from TypeScript', async () => {
    const { endpoint, env } = await startEngine();
    const [snippet = ''] = readBlocks('ts');
    const file = path.join(makeFolder(), 'snippet.ts');
    const call = `\nawait report(${JSON.stringify(response)}, { session_id: 'first', task_type: 'chat' });\nexport {};\n`;
    writeFileSync(file, snippet + call);
    execFileSync(process.execPath, [file], { env });
    expect((await readSummary(endpoint)).total).toMatchObject({ requests: 1, cost_usd: 0.006 });
  });
});

/** As the README writes values: `[50, 80, 100]`. */
function format(value: unknown): string {
  return JSON.stringify(value).replaceAll(',', ', ');
}
