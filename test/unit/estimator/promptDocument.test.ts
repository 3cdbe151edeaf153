import { readFileSync } from 'node:fs';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { parsePromptDocument } from '../../../src/estimator/promptDocument.ts';

const read = (fileName: string) => ({
  fileName,
  text: readFileSync(new URL(`../../fixtures/prompts/${fileName}`, import.meta.url), 'utf8'),
});
const parse = (text: string, fileName?: string) => parsePromptDocument({ text, ...(fileName && { fileName }) });

describe('prompt documents', () => {
  test('front matter gives model and expected output, and is not counted', () => {
    expect(parsePromptDocument(read('review.prompt.md'))).toEqual({
      format: 'plain',
      texts: ['Review the change below. Look for errors first, then for style.\n'],
      messages: 0,
      overheadTokens: 0,
      model: 'claude-sonnet-4-5',
      expectedOutputTokens: 1200,
      notes: [],
    });
  });

  test.each([
    ['---\nmodel: gpt-4o\n---\nhi', 'gpt-4o', 'hi'],
    ['\uFEFF---\r\nmodel: gpt-4o\r\n---\r\nhi', 'gpt-4o', 'hi'],
    ["---\nmodel: 'o3' # best\n...\nhi", 'o3', 'hi'],
    ['---\nmodel: [gpt-5, gpt-4.1]\n---\nhi', 'gpt-5', 'hi'],
    ["---\nmodel: ['GPT-5 mini (copilot)', 'x']\n---\nhi", 'gpt-5-mini', 'hi'],
    ['---\nmodel: Claude Sonnet 4\n---\nhi', 'claude-sonnet-4', 'hi'],
    ['---\nmodel:\n  api: chat\n---\nhi', null, 'hi'],
    ['---\n---\nhi', null, 'hi'],
    ['---\nmodel: gpt-4o\n', null, '---\nmodel: gpt-4o\n'],
    ['---\njust words\n---\nhi', null, '---\njust words\n---\nhi'],
    ['text\n---\nmodel: gpt-4o\n---\nhi', null, 'text\n---\nmodel: gpt-4o\n---\nhi'],
  ])('front matter of %j', (text, model, body) => {
    expect(parse(text, 'a.prompt.md')).toMatchObject({ model, texts: [body] });
  });

  test('an expected output that is no count is ignored', () => {
    expect(parse('---\nexpectedOutputTokens: 300\n---\n').expectedOutputTokens).toBe(300);
    expect(parse('---\nexpected_output_tokens: many\n---\n').expectedOutputTokens).toBeNull();
    expect(parse('---\nexpected_output_tokens: -3\n---\n').expectedOutputTokens).toBeNull();
    expect(parse('---\nmodel: x\n---\n').expectedOutputTokens).toBeNull();
  });

  test('a YAML file has no front matter', () => {
    expect(parse('---\nmodel: gpt-4o\n---\nb: 1\n', 'a.yml').model).toBeNull();
  });

  test('an array of chat messages counts its content, 4 per message and 3 more', () => {
    expect(parsePromptDocument(read('chat.json'))).toMatchObject({
      format: 'messages',
      texts: ['You are a helpful assistant.', 'Explain quantum computing in detail.'],
      messages: 2,
      overheadTokens: 11,
      model: null,
      notes: [],
    });
  });

  test('a request body gives its model and says what is not counted', () => {
    expect(parsePromptDocument(read('request.json'))).toMatchObject({
      texts: ['What is this?', 'a cat'],
      overheadTokens: 15,
      model: 'gpt-4.1-mini',
      expectedOutputTokens: null,
      notes: ['Not counted: images and other non-text parts, tool calls, `tools`.'],
    });
  });

  test('front matter before messages wins over their model', () => {
    const body = '{"model":"gpt-4.1","messages":[{"role":"user","content":"hi"}]}';
    expect(parse(`---\nmodel: o3\n---\n${body}`)).toMatchObject({ model: 'o3', format: 'messages', texts: ['hi'] });
  });

  test.each([
    '[]',
    '[1,2]',
    '[{"role":"user"',
    '[{"content":"no role"}]',
    '[{"role":"user","content":5}]',
    '{"messages":"none"}',
    '{"messages":[]}',
    '{"a":1}',
    'null',
  ])('%s is plain text', text => {
    expect(parse(text)).toMatchObject({ format: 'plain', texts: [text], overheadTokens: 0 });
  });

  test('a .prompty file has messages by role', () => {
    expect(parsePromptDocument(read('poet.prompty'))).toMatchObject({
      format: 'messages',
      texts: ['You write short poems.', 'About {{topic}}.'],
      overheadTokens: 11,
      model: 'gpt-4o',
    });
    expect(parse('no roles here', 'a.prompty')).toMatchObject({ format: 'plain', texts: ['no roles here'] });
  });

  test('plain is plain', () => {
    const text = '[{"role":"user","content":"hi"}]';
    expect(parsePromptDocument({ text, isPlain: true })).toMatchObject({ format: 'plain', texts: [text] });
    expect(parse('').texts).toEqual([]);
  });

  test('never throws', () => {
    fc.assert(
      fc.property(fc.constantFrom('', '---\n', '---\nmodel: ', '['), fc.string(), fc.json(), (start, text, json) => {
        parse(start + text + json, 'x.prompty');
      }),
    );
  });
});
