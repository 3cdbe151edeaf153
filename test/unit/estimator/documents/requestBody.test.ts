import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { parseBatchFile } from '../../../../src/estimator/documents/batchFile.ts';
import { countImageTokens } from '../../../../src/estimator/documents/imageTokens.ts';
import { parseRequestBody } from '../../../../src/estimator/documents/requestBody.ts';

/** A PNG of 3 × 2 pixels. */
const png = Buffer.from(
  'iVBORw0KGgoAAAANSUhEUgAAAAMAAAACCAIAAAASFvFNAAAAEklEQVR4nGP4z8DAwMAAQQwQFgAf8AP9t8B9NQAAAABJRU5ErkJggg==',
  'base64',
).toString('base64');
const parse = (value: unknown) => parseRequestBody(value);

describe('OpenAI', () => {
  test('a list of messages', () => {
    const value = JSON.parse(readFileSync(new URL('../../../fixtures/prompts/chat.json', import.meta.url), 'utf8'));
    expect(parse(value)).toEqual({
      request: {
        texts: ['You are a helpful assistant.', 'Explain quantum computing in detail.'],
        messages: 2,
        overheadTokens: 11,
        images: [],
        model: null,
        isWhole: true,
      },
      notes: [],
    });
  });

  test('Chat Completions with an image, tools and their calls', () => {
    const request = JSON.parse(
      readFileSync(new URL('../../../fixtures/prompts/request.json', import.meta.url), 'utf8'),
    );
    const tools = [{ type: 'function', function: { name: 'look', parameters: {} } }];
    expect(parse({ ...request, tools })).toEqual({
      request: {
        texts: ['What is this?', 'look', '{}', 'a cat', JSON.stringify(tools)],
        messages: 3,
        overheadTokens: 15,
        images: [{ size: null, detail: null }],
        model: 'gpt-4.1-mini',
        isWhole: false,
      },
      notes: [
        { kind: 'toolsAsJson', count: 1 },
        { kind: 'imagesWithoutSize', count: 1 },
      ],
    });
  });

  test('Responses with instructions, items and an image', () => {
    const input = [
      {
        role: 'user',
        content: [
          { type: 'input_text', text: 'hi' },
          { type: 'input_image', image_url: `data:image/png;base64,${png}`, detail: 'low' },
        ],
      },
      { type: 'function_call', name: 'look', arguments: '{"a":1}' },
      { type: 'function_call_output', output: 'seen' },
    ];
    expect(parse({ model: 'gpt-5', instructions: 'Be brief.', input })?.request).toMatchObject({
      texts: ['Be brief.', 'hi', 'look', '{"a":1}', 'seen'],
      messages: 4,
      images: [{ size: { width: 3, height: 2 }, detail: 'low' }],
      model: 'gpt-5',
    });
    expect(parse({ input: 'hi' })?.request).toMatchObject({ texts: ['hi'], messages: 1, overheadTokens: 7 });
  });

  test('what can not be counted is named', () => {
    const content = [{ type: 'input_audio' }, { type: 'file' }, { type: 'new' }];
    expect(parse([{ role: 'user', content }])?.notes).toEqual([
      { kind: 'uncounted', parts: ['audio', 'files', 'other parts'] },
    ]);
  });
});

describe('Anthropic', () => {
  test('system, blocks, tools, their use and images', () => {
    const body = {
      model: 'claude-sonnet-5',
      max_tokens: 9000,
      system: [{ type: 'text', text: 'Be brief.', cache_control: { type: 'ephemeral' } }],
      tools: [{ name: 'look', input_schema: { type: 'object' } }],
      messages: [
        {
          role: 'user',
          content: [
            { type: 'text', text: 'hi' },
            { type: 'image', source: { type: 'base64', media_type: 'image/png', data: png } },
          ],
        },
        {
          role: 'assistant',
          content: [
            { type: 'thinking', thinking: 'hm' },
            { type: 'tool_use', name: 'look', input: { at: 1 } },
          ],
        },
        {
          role: 'user',
          content: [
            { type: 'tool_result', content: [{ type: 'text', text: 'a cat' }] },
            { type: 'document', source: { type: 'base64' } },
          ],
        },
      ],
    };
    expect(parse(body)).toEqual({
      request: {
        texts: ['Be brief.', 'hi', 'hm', 'look', '{"at":1}', 'a cat', JSON.stringify(body.tools)],
        messages: 4,
        overheadTokens: 19,
        images: [{ size: { width: 3, height: 2 }, detail: null }],
        model: 'claude-sonnet-5',
        isWhole: false,
      },
      notes: [
        { kind: 'uncounted', parts: ['files'] },
        { kind: 'toolsAsJson', count: 1 },
      ],
    });
  });
});

describe('Gemini', () => {
  test('system instruction, contents, tools, calls and images, in both spellings', () => {
    const body = {
      systemInstruction: { parts: [{ text: 'Be brief.' }] },
      contents: [
        { role: 'user', parts: [{ text: 'hi' }, { inline_data: { mime_type: 'image/png', data: png } }] },
        { role: 'model', parts: [{ functionCall: { name: 'look', args: { at: 1 } } }] },
        { role: 'user', parts: [{ functionResponse: { name: 'look', response: { is: 'a cat' } } }, { fileData: {} }] },
      ],
      tools: [{ functionDeclarations: [{ name: 'look' }] }],
      generationConfig: { mediaResolution: 'MEDIA_RESOLUTION_LOW' },
    };
    expect(parse(body)).toEqual({
      request: {
        texts: ['Be brief.', 'hi', 'look', '{"at":1}', 'look', '{"is":"a cat"}', '[{"name":"look"}]'],
        messages: 4,
        overheadTokens: 19,
        images: [{ size: { width: 3, height: 2 }, detail: 'MEDIA_RESOLUTION_LOW' }],
        model: null,
        isWhole: false,
      },
      notes: [
        { kind: 'uncounted', parts: ['files'] },
        { kind: 'toolsAsJson', count: 1 },
      ],
    });
  });
});

describe('a batch', () => {
  const messages = [{ role: 'user', content: 'hi' }];
  const lines = (...values: unknown[]) => values.map(value => JSON.stringify(value)).join('\n');

  test.each([
    [
      'OpenAI',
      { custom_id: '1', method: 'POST', url: '/v1/chat/completions', body: { model: 'gpt-4.1', messages } },
      'gpt-4.1',
    ],
    ['Anthropic', { custom_id: '1', params: { model: 'claude-opus-5-5', max_tokens: 9, messages } }, 'claude-opus-5-5'],
    ['Gemini', { key: '1', request: { contents: [{ parts: [{ text: 'hi' }] }] } }, null],
  ])('of %s has a request a line, at batch rates', (_, line, model) => {
    expect(parseBatchFile(`${lines(line, line)}\n\n`)).toMatchObject({
      format: 'batch',
      serviceTier: 'batch',
      model,
      requests: [{ texts: ['hi'], overheadTokens: 7 }, { texts: ['hi'] }],
      notes: [],
    });
  });

  test('says what is no request, and that models differ; requests alone are no batch', () => {
    const [one, two] = ['gpt-4.1', 'gpt-5'].map(model => ({ custom_id: model, body: { model, messages } }));
    expect(parseBatchFile(`${lines(one, two, 5)}\n{`)).toMatchObject({
      serviceTier: 'batch',
      notes: [
        { kind: 'severalModels', count: 2 },
        { kind: 'unreadLines', count: 2 },
      ],
    });
    expect(parseBatchFile(lines({ model: 'gpt-4.1', messages }))).toMatchObject({ serviceTier: null });
    expect(parseBatchFile('words\n')).toBeNull();
  });
});

describe('image tokens', () => {
  const count = (model: string, width: number, height: number, detail: string | null = null) =>
    countImageTokens(model, { size: { width, height }, detail });

  // The examples of the pages that src/estimator/documents/imageTokens.ts names.
  test.each([
    ['gpt-4o', 1024, 1024, null, 765],
    ['gpt-4o', 2048, 4096, null, 1105],
    ['gpt-4o', 4096, 8192, 'low', 85],
    ['gpt-4.1', 512, 512, null, 255],
    ['openai/gpt-4o-mini', 1024, 1024, null, 2833 + 4 * 5667],
    ['gpt-5', 1024, 1024, null, 70 + 4 * 140],
    ['o3', 1024, 1024, null, 75 + 4 * 150],
    ['gpt-4.1-mini', 1024, 1024, null, Math.ceil(1024 * 1.62)],
    ['gpt-4.1-mini', 1800, 2400, null, Math.ceil(1452 * 1.62)],
    ['o4-mini', 1024, 1024, null, Math.ceil(1024 * 1.72)],
    ['claude-sonnet-4-5', 1000, 1000, null, 36 * 36],
    ['claude-sonnet-4-5', 1920, 1080, null, 1560],
    ['claude-opus-4-7', 1920, 1080, null, 2691],
    ['anthropic/claude-opus-4.7', 3840, 2160, null, 4784],
    ['gemini-2.5-pro', 384, 384, null, 258],
    ['gemini-2.5-pro', 1536, 768, null, 516],
    ['gemini-3.1-pro-preview', 4000, 3000, null, 1120],
    ['gemini-3.1-pro-preview', 4000, 3000, 'MEDIA_RESOLUTION_LOW', 280],
  ])('%s %d × %d %s', (model, width, height, detail, expected) => {
    const tokens = count(model, width, height, detail);
    expect(Math.abs(tokens - expected) / expected).toBeLessThan(
      model.includes('opus-4.7') || model === 'claude-sonnet-4-5' ? 0.02 : 1e-9,
    );
  });
});
