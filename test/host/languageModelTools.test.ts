import assert from 'node:assert/strict';
import * as vscode from 'vscode';
import { languageModelTools } from '../../src/contributions.ts';

async function invoke(name: string, input: object): Promise<Record<string, unknown>> {
  const { content } = await vscode.lm.invokeTool(name, { input, toolInvocationToken: undefined });
  const [part] = content;
  assert.ok(part instanceof vscode.LanguageModelTextPart);
  return JSON.parse(part.value) as Record<string, unknown>;
}

describe('the language model tools', () => {
  before(async () => {
    await vscode.extensions.getExtension('spend-lens.spend-lens')?.activate();
  });

  it('are offered to models with their schemas', () => {
    const names = Object.values(languageModelTools);
    const known = vscode.lm.tools.filter(({ name }) => names.some(own => own === name));
    assert.deepEqual(known.map(({ name }) => name).sort(), [...names].sort());
    for (const { description, inputSchema } of known) {
      assert.ok(description.length > 40);
      assert.equal((inputSchema as { type?: string } | undefined)?.type, 'object');
    }
  });

  it('estimate a text', async () => {
    const answer = await invoke(languageModelTools.estimatePromptCost, {
      text: 'hello world',
      model: 'gpt-4.1',
      expected_output_tokens: 1000,
    });
    assert.equal(answer.input_tokens, 2);
    assert.equal(answer.exact, true);
    assert.equal(answer.total_cost_usd, 0.008004);
    assert.equal(answer.output_from, 'given');
  });

  it('refuse what they can’t answer, in words for the model', async () => {
    await assert.rejects(() => invoke(languageModelTools.estimatePromptCost, {}), /Give either text or file/);
    await assert.rejects(
      () => invoke(languageModelTools.estimatePromptCost, { file: 'gone.prompt.md' }),
      /There is no file gone.prompt.md/,
    );
  });

  it('tell the spend and what is left of the budget', async () => {
    const answer = await invoke(languageModelTools.getSpend, { period: '7d', group_by: 'model' });
    const total = answer.total as { requests: number };
    assert.equal(typeof total.requests, 'number');
    assert.ok(Array.isArray(answer.groups));
    assert.equal((answer.budget_today as { limit_usd: number }).limit_usd, 5);
  });
});
