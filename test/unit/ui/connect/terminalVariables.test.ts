import { expect, test } from 'vitest';
import { listTerminalVariables } from '../../../../src/ui/connect/terminalVariables.ts';

const window = { url: 'http://127.0.0.1:4318', token: 'TOKEN' };

test('each provider has its variable, with the path its SDK wants', () => {
  const { values, taken } = listTerminalVariables(['anthropic', 'openai', 'google'], window, {});
  expect(Object.fromEntries(values)).toEqual({
    ANTHROPIC_BASE_URL: 'http://127.0.0.1:4318/t/TOKEN/gateway/anthropic',
    OPENAI_BASE_URL: 'http://127.0.0.1:4318/t/TOKEN/gateway/openai/v1',
    GOOGLE_GEMINI_BASE_URL: 'http://127.0.0.1:4318/t/TOKEN/gateway/google',
  });
  expect(taken).toEqual([]);
});

test('one that somebody else has set is left, one of ours from outside is not', () => {
  const env = {
    ANTHROPIC_BASE_URL: 'https://llm.example.com',
    OPENAI_BASE_URL: 'http://127.0.0.1:1/t/OLD/gateway/openai/v1',
    GOOGLE_GEMINI_BASE_URL: '',
  };
  const { values, taken } = listTerminalVariables(['anthropic', 'openai', 'google'], window, env);
  expect([...values.keys()]).toEqual(['OPENAI_BASE_URL', 'GOOGLE_GEMINI_BASE_URL']);
  expect(taken).toEqual(['ANTHROPIC_BASE_URL']);
});

test('nothing is set unless it is asked for', () => {
  expect(listTerminalVariables([], window, {}).values.size).toBe(0);
});
