import { describe, expect, it } from 'vitest';
import { makerOfModel } from '../../../../src/core/prices/modelMaker.ts';
import { modelNames } from '../../../../src/core/prices/modelNames.ts';

describe('modelNames', () => {
  it.each([
    ['gpt-4.1', ['gpt-4.1']],
    [' GPT-4.1 ', ['gpt-4.1']],
    ['anthropic/claude-sonnet-5', ['anthropic/claude-sonnet-5', 'claude-sonnet-5']],
    ['openrouter/openai/gpt-5', ['openrouter/openai/gpt-5', 'openai/gpt-5', 'gpt-5']],
    ['copilot/gpt-5-mini', ['copilot/gpt-5-mini', 'gpt-5-mini']],
    ['models/gemini-2.5-pro', ['models/gemini-2.5-pro', 'gemini-2.5-pro']],
    ['publishers/google/models/gemini-2.5-pro', ['publishers/google/models/gemini-2.5-pro', 'gemini-2.5-pro']],
    ['us.anthropic.claude-x', ['us.anthropic.claude-x', 'claude-x']],
    ['gpt-4.1-2025-04-14', ['gpt-4.1-2025-04-14', 'gpt-4.1']],
    ['claude-sonnet-4-20250514', ['claude-sonnet-4-20250514', 'claude-sonnet-4']],
    ['claude-sonnet-4@20250514', ['claude-sonnet-4@20250514', 'claude-sonnet-4']],
    ['mistral-large-latest', ['mistral-large-latest', 'mistral-large']],
    ['openai/gpt-5-latest', ['openai/gpt-5-latest', 'gpt-5-latest', 'openai/gpt-5', 'gpt-5']],
  ])('%s', (model, names) => {
    expect(modelNames(model)).toEqual(names);
  });

  it('takes off one date only, and nothing that merely looks like one', () => {
    expect(modelNames('m-2025-04-14-latest')).toEqual(['m-2025-04-14-latest', 'm-2025-04-14']);
    for (const name of ['m-20251399', 'm-2507', 'm-1106-preview', 'm-v1:0', 'm:free', 'm@001', 'acme/m', '-latest']) {
      expect(modelNames(name)).toEqual([name]);
    }
  });

  it('reads a Bedrock ARN', () => {
    const arn = 'arn:aws:bedrock:us-east-1:123456789012:inference-profile/us.anthropic.claude-sonnet-4-6';
    expect(modelNames(arn)).toContain('us.anthropic.claude-sonnet-4-6');
  });
});

describe('makerOfModel', () => {
  it.each([
    ['gpt-4.1-mini', 'openai'],
    ['anthropic/claude-sonnet-4', 'anthropic'],
    ['claude-sonnet-4@20250514', 'anthropic'],
    ['claude-opus-5-5', 'anthropic'],
    ['gemini-3.8-flash', 'google'],
    ['grok-4', 'xai'],
    ['eu.anthropic.claude-sonnet-4-5-20250929-v1:0', 'bedrock'],
    ['amazon.nova-lite-v1:0', 'bedrock'],
    ['claude-sonnet-99', null],
    ['llama3.2', null],
    ['', null],
  ])('%s is made by %s', (model, maker) => {
    expect(makerOfModel(model)).toBe(maker);
  });
});
