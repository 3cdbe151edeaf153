import { readFile } from 'node:fs/promises';
import path from 'node:path';
import { describe, expect, expectTypeOf, it } from 'vitest';
import type * as vscode from 'vscode';
import type { GroupKey, SummaryPeriod } from '../../../src/api/contract.ts';
import type { CancellationToken, Event, SpendKey, SpendQuery } from '../../../src/ui/publicApi/extensionApi.ts';
import { toWireQuery, toWireQuestion, toWireUsage } from '../../../src/ui/publicApi/wireForms.ts';

const root = path.resolve(import.meta.dirname, '../../..');

describe('the API for other extensions', () => {
  it('has types that need no other file, and fit VS Code’s', async () => {
    const text = await readFile(path.join(root, 'src/ui/publicApi/extensionApi.ts'), 'utf8');
    expect(text).not.toMatch(/^import /m);
    expectTypeOf<vscode.CancellationToken>().toExtend<CancellationToken>();
    expectTypeOf<vscode.Event<number>>().toExtend<Event<number>>();
    expectTypeOf<SpendKey>().toExtend<GroupKey>();
    expectTypeOf<NonNullable<SpendQuery['period']>>().toExtend<SummaryPeriod>();
  });

  it('is described member by member', async () => {
    const text = await readFile(path.join(root, 'src/ui/publicApi/extensionApi.ts'), 'utf8');
    const page = await readFile(path.join(root, 'docs/extension-api.md'), 'utf8');
    const api = /interface SpendLensApi \{(.*?)\n\}/s.exec(text)?.[1] ?? '';
    const members = [...api.matchAll(/^ {2}(?:readonly )?(\w+)[(:]/gm)].map(([, name]) => name);
    expect(members).toEqual([
      ...['version', 'recordUsage', 'getSpend', 'estimate', 'onDidChangeSpend', 'onDidCrossThreshold'],
    ]);
    for (const member of members) {
      expect(page).toMatch(new RegExp(`^\\| \`${member}[\`(]`, 'm'));
    }
  });

  it('asks in the words of the HTTP interface', () => {
    const timestamp = new Date(Date.UTC(2026, 10, 22));
    const usage = { model: 'm', cacheWrite1hTokens: 1, cacheReadTokens: 2, userId: 'u', costUsd: 3, timestamp };
    expect(toWireUsage({ ...usage, team: undefined as unknown as string })).toEqual({
      model: 'm',
      cache_write_1h_tokens: 1,
      cache_read_tokens: 2,
      user_id: 'u',
      cost_usd: 3,
      timestamp: '2026-11-22T00:00:00.000Z',
    });
    const response = { choices: [], promptTokens: 'not ours' };
    expect(toWireUsage({ response, sessionId: 's' })).toEqual({ response, session_id: 's' });
    expect(toWireQuery({})).toEqual({ period: 'today' });
    expect(toWireQuery({ from: timestamp, to: '2026-12-01', groupBy: ['model', 'day'], scope: 'machine' })).toEqual({
      from: '2026-11-22T00:00:00.000Z',
      to: '2026-12-01',
      group_by: 'model,day',
    });
    expect(toWireQuestion({ inputTokens: 1, expectedOutputTokens: 2 })).toEqual({
      input_tokens: 1,
      expected_output_tokens: 2,
    });
  });
});
