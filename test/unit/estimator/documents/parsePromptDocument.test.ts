import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePromptDocument } from '../../../../src/estimator/documents/parsePromptDocument.ts';

const read = (fileName: string) => ({
  fileName,
  text: readFileSync(new URL(`../../../fixtures/prompts/${fileName}`, import.meta.url), 'utf8'),
});
const parse = (text: string, fileName?: string) => parsePromptDocument({ text, ...(fileName && { fileName }) });
const texts = (text: string, fileName?: string) => parse(text, fileName).requests.flatMap(request => request.texts);

describe('front matter', () => {
  test('gives model and expected output, and is not counted', () => {
    expect(parsePromptDocument(read('review.prompt.md'))).toEqual({
      fileType: '.prompt.md',
      format: 'plain',
      requests: [
        {
          texts: ['Review the change below. Look for errors first, then for style.\n'],
          messages: 0,
          overheadTokens: 0,
          images: [],
          model: null,
          isWhole: true,
        },
      ],
      model: 'claude-sonnet-4-5',
      expectedOutputTokens: 1200,
      taskType: null,
      serviceTier: null,
      sending: 'once',
      references: [],
      notes: [],
    });
  });

  test.each([
    ['---\nmodel: gpt-4o\n---\nhi', 'gpt-4o', 'hi'],
    ['\uFEFF---\r\nmodel: gpt-4o\r\n---\r\nhi', 'gpt-4o', 'hi'],
    ["---\nmodel: 'o3' # best\n...\nhi", 'o3', 'hi'],
    ['---\nmodel: [gpt-5, gpt-4.1]\n---\nhi', 'gpt-5', 'hi'],
    ['---\nmodel:\n  - gpt-5\n  - gpt-4.1\n---\nhi', 'gpt-5', 'hi'],
    ["---\nmodel: ['GPT-5 mini (copilot)', 'x']\n---\nhi", 'gpt-5-mini', 'hi'],
    ['---\nmodel: Claude Sonnet 4\n---\nhi', 'claude-sonnet-4', 'hi'],
    ['---\nmodel:\n  api: chat\n---\nhi', null, 'hi'],
    ['---\nmodel:\n  id: gpt-4o\n  provider: openai\n---\nhi', 'gpt-4o', 'hi'],
    ['---\nmodel:\n  configuration:\n    azure_deployment: gpt-4o\n---\nhi', 'gpt-4o', 'hi'],
    ['---\nmodel: &m gpt-4o\nother: *m\n---\nhi', 'gpt-4o', 'hi'],
    ['---\n---\nhi', null, 'hi'],
    ['---\n# nothing yet\n---\nhi', null, 'hi'],
    ['---\nmodel: gpt-4o\n', null, '---\nmodel: gpt-4o\n'],
    ['---\njust words\n---\nhi', null, '---\njust words\n---\nhi'],
    ['text\n---\nmodel: gpt-4o\n---\nhi', null, 'text\n---\nmodel: gpt-4o\n---\nhi'],
  ])('of %j', (text, model, body) => {
    for (const name of ['a.prompt.md', 'a.md']) {
      expect(parse(text, name).model).toBe(model);
      expect(texts(text, name)).toEqual([body]);
    }
  });

  test('that is no YAML is text, and says so', () => {
    const text = '---\nmodel: [a\nb: : c\n---\nhi';
    expect(texts(text, 'a.prompt.md')).toEqual([text]);
    expect(parse(text, 'a.prompt.md').notes).toEqual([{ kind: 'brokenFrontMatter' }]);
  });

  test('names tools, whose descriptions are not in the file', () => {
    for (const tools of ['[search, edit]', '\n  - search\n  - edit', 'search, edit']) {
      expect(parse(`---\ntools: ${tools}\n---\nx`, 'a.agent.md').notes).toEqual([{ kind: 'toolsNamed', count: 2 }]);
    }
  });

  test('has an expected output only if it is a count', () => {
    const expected = (value: string) => parse(`---\nexpected_output_tokens: ${value}\n---\n`).expectedOutputTokens;
    expect([expected('300'), expected('1_200'), expected('many'), expected('-3'), expected('')]).toEqual([
      300,
      1200,
      null,
      null,
      null,
    ]);
    expect(parse('---\nexpectedOutputTokens: 300\n---\n').expectedOutputTokens).toBe(300);
  });

  test('is none in a YAML file', () => {
    const text = '---\nmodel: gpt-4o\n---\nb: 1\n';
    expect(parsePromptDocument({ text, fileName: 'a.yml', languageId: 'yaml' }).model).toBeNull();
  });
});

describe('when a file is sent', () => {
  test.each([
    ['AGENTS.md', 'rules', 'everyTurn'],
    ['docs/CLAUDE.md', 'rules', 'everyTurn'],
    ['.github/copilot-instructions.md', 'rules', 'everyTurn'],
    ['a.instructions.md', "---\napplyTo: '**'\n---\nrules", 'everyTurn'],
    ['a.instructions.md', "---\napplyTo: '**/*.ts,**/*.tsx'\n---\nrules", 'someTurns'],
    ['a.instructions.md', 'rules', 'whenUsed'],
    ['skills/x/SKILL.md', '---\nname: x\ndescription: y\n---\nrules', 'whenUsed'],
    ['a.prompt.md', 'do it', 'once'],
    ['a.md', 'do it', 'once'],
  ])('%s %j', (name, text, sending) => {
    expect(parse(text, name).sending).toBe(sending);
  });
});

describe('other formats', () => {
  test('a .prompty file has messages by role', () => {
    expect(parsePromptDocument(read('poet.prompty'))).toMatchObject({
      format: 'messages',
      requests: [{ texts: ['You write short poems.', 'About {{topic}}.'], overheadTokens: 11 }],
      model: 'gpt-4o',
      notes: [{ kind: 'placeholders', count: 1 }],
    });
    expect(parse('no roles here', 'a.prompty')).toMatchObject({ format: 'plain' });
    expect(texts('system[nonce=1]:\na\nuser:\nb', 'a.prompty')).toEqual(['a', 'b']);
  });

  test('a .prompt.yml file has model and messages', () => {
    const text =
      'name: Sum\nmodel: openai/gpt-4o-mini\nmessages:\n  - role: system\n    content: Be brief.\n  - role: user\n    content: |\n      Sum up {{input}}.\n';
    expect(parse(text, 'sum.prompt.yml')).toMatchObject({
      fileType: '.prompt.yml',
      format: 'messages',
      requests: [{ texts: ['Be brief.', 'Sum up {{input}}.\n'], messages: 2, overheadTokens: 11 }],
      model: 'openai/gpt-4o-mini',
      notes: [{ kind: 'placeholders', count: 1 }],
    });
    expect(texts('a: 1\n', 'sum.prompt.yaml')).toEqual(['a: 1\n']);
  });

  test('front matter before messages wins over their model', () => {
    const body = '{"model":"gpt-4.1","messages":[{"role":"user","content":"hi"}]}';
    expect(parse(`---\nmodel: o3\n---\n${body}`)).toMatchObject({ model: 'o3', format: 'messages' });
  });

  test.each([
    '[]',
    '[1,2]',
    '[{"role":"user"',
    '[{"content":"no role"}]',
    '[{"role":"user","content":5}]',
    '{"messages":"none"}',
    '{"messages":[]}',
    '{"contents":[]}',
    '{"contents":[{"text":"x"}]}',
    '{"a":1}',
    'null',
  ])('%s is plain text', text => {
    for (const name of ['a.md', 'a.json']) {
      expect(parse(text, name)).toMatchObject({ format: 'plain', requests: [{ texts: [text], overheadTokens: 0 }] });
    }
  });

  test('plain is plain', () => {
    const text = '[{"role":"user","content":"hi"}]';
    expect(parsePromptDocument({ text, isPlain: true, fileName: 'a.json' }).requests[0]?.texts).toEqual([text]);
    expect(texts('')).toEqual([]);
  });

  test('nothing throws', () => {
    const name = fc.constantFrom('x.prompty', 'x.prompt.md', 'x.prompt.yml', 'x.json', 'x.jsonl', 'CLAUDE.md', 'x');
    const start = fc.constantFrom(
      '',
      '---\n',
      '---\nmodel: ',
      '[',
      '{"messages":',
      '{"contents":',
      '{"system":1,"messages":',
    );
    fc.assert(
      fc.property(name, start, fc.string(), fc.json(), (fileName, head, text, json) => {
        parse(head + text + json, fileName);
        parse(head + json + (head.startsWith('{') ? '}' : ''), fileName);
      }),
      { numRuns: 500 },
    );
  });
});
