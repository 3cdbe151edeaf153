import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import type { PrivacyLevel } from '../../../src/contributions.ts';
import { noSums } from '../../../src/core/sums.ts';
import { emptyRecord, type UsageRecord } from '../../../src/core/usageRecord.ts';
import type { DisclosedCall } from '../../../src/forward/delivery.ts';
import { discloseCall, discloseSums, sumKeys } from '../../../src/forward/disclosure.ts';
import { createPseudonyms } from '../../../src/forward/pseudonyms.ts';
import type { CallRow } from '../../../src/ledger/tables/change.ts';

const pseudonyms = createPseudonyms(new Uint8Array(32).fill(7));
const levels: readonly PrivacyLevel[] = ['totals', 'calls', 'full'];

/** Every field of a record, each with a value of its own. */
const record: UsageRecord = {
  ...emptyRecord,
  requestId: 'secret-request',
  timestamp: 1_764_000_000_000,
  provider: 'openai',
  model: 'gpt-4.1',
  agent: 'claude-code',
  sessionId: 'secret-session',
  taskType: 'review',
  userId: 'secret-user',
  team: 'red',
  project: 'lens',
  branch: 'secret-branch',
  cwd: '/home/secret-folder',
  folder: 'secret-subfolder',
  plan: 'subscription',
  endpoint: '/v1/chat/completions',
  latencyMs: 1234,
  serviceTier: 'batch',
  tokens: { ...emptyRecord.tokens, input: 10, cacheRead: 20, cacheWrite: 30, output: 40, reasoning: 5 },
};
const row: CallRow = {
  id: 'ledger-1764000000000-0',
  record,
  cost: { nanoUsd: 123, basis: 'priced', rate: null },
  signals: ['usage'],
  observations: 1,
};
const disclose = (level: PrivacyLevel, changes: Partial<UsageRecord> = {}) =>
  discloseCall({ ...row, record: { ...record, ...changes } }, 5, level, pseudonyms);

describe('a privacy level', () => {
  it('tells of no single call at `totals`', () => {
    expect(disclose('totals')).toBeNull();
    expect(sumKeys('totals')).toEqual(['model', 'team', 'project']);
  });

  it('tells calls with pseudonyms at `calls`', () => {
    const told = disclose('calls');
    expect(told).toMatchObject({ userId: expect.stringMatching(/^user-[0-9a-f]{32}$/) });
    expect(told).toMatchObject({ sessionId: expect.stringMatching(/^session-[0-9a-f]{32}$/) });
    expect(JSON.stringify(told)).not.toContain('secret');
  });

  it('tells user, session, request and endpoint at `full`, and still no folder or branch', () => {
    const told = disclose('full');
    expect(told).toMatchObject({
      userId: 'secret-user',
      sessionId: 'secret-session',
      requestId: 'secret-request',
      endpoint: '/v1/chat/completions',
    });
    expect(JSON.stringify(told)).not.toMatch(/secret-(branch|folder|subfolder)/);
  });

  it('never tells a path, whatever label it is in', () => {
    const paths = [
      '/home/ann/secret/work',
      'C:\\Users\\ann\\secret\\work',
      '~/secret/work',
      'file:///home/ann/secret/work',
      '\\\\server\\secret\\work',
    ];
    for (const path of paths) {
      const labels = {
        team: path,
        project: path,
        taskType: path,
        agent: path,
        sessionId: path,
        userId: path,
        model: path,
      };
      const told = disclose('full', { ...labels, requestId: path, endpoint: path, serviceTier: path });
      expect(told).toMatchObject({
        team: 'work',
        project: 'work',
        userId: 'work',
        sessionId: 'work',
        endpoint: 'work',
      });
      expect(JSON.stringify(told)).not.toContain('secret');
      const [sums] = discloseSums(
        [{ key: { model: path, team: path, project: path, user_id: path }, sums: noSums }],
        'full',
        pseudonyms,
      );
      expect(JSON.stringify(sums)).not.toContain('secret');
    }
  });

  it('adds the sums of labels that look the same once told', () => {
    const group = (project: string) => ({
      key: { model: 'm', team: null, project },
      sums: { ...noSums, requests: 2, costNanoUsd: 5 },
    });
    const told = discloseSums([group('/a/lens'), group('/b/lens'), group('other')], 'totals', pseudonyms);
    expect(told.map(({ project, sums }) => [project, sums.requests, sums.costNanoUsd])).toEqual([
      ['lens', 4, 10],
      ['other', 2, 5],
    ]);
  });

  it('tells users in the sums only where it tells users', () => {
    const groups = [{ key: { model: 'm', team: 't', project: 'p', user_id: 'secret-user' }, sums: noSums }];
    const users = levels.map(level => discloseSums(groups, level, pseudonyms)[0]?.userId);
    expect(users).toEqual([null, expect.stringMatching(/^user-/), 'secret-user']);
  });
});

/** What the page for people calls each field. */
const pageNames: Readonly<Record<Exclude<keyof DisclosedCall, 'revision' | 'costBasis'>, string>> = {
  id: 'id of the call',
  timestamp: 'time',
  model: 'model',
  team: 'team',
  project: 'project',
  provider: 'provider',
  agent: 'agent',
  taskType: 'task type',
  userId: 'user',
  sessionId: 'session',
  requestId: 'request id',
  endpoint: 'endpoint',
  serviceTier: 'service tier',
  inputTokens: 'tokens',
  outputTokens: 'tokens',
  cacheReadTokens: 'tokens',
  cacheWriteTokens: 'tokens',
  reasoningTokens: 'tokens',
  costNanoUsd: 'cost',
  plan: 'plan',
  latencyMs: 'latency',
  signal: 'signal',
};

it('is described in docs/privacy.md field by field as it is', () => {
  const page = readFileSync(new URL('../../../docs/privacy.md', import.meta.url), 'utf8');
  const cells = page.matchAll(/^\| ([a-z ]+) \| ([^|]+) \| ([^|]+) \| ([^|]+) \|$/gm);
  const told = new Map([...cells].slice(0).map(([, field = '', ...rest]) => [field, rest.map(cell => cell.trim())]));
  told.delete('field');
  expect(new Set(told.keys())).toEqual(new Set(Object.values(pageNames)));
  const full = disclose('full') as DisclosedCall;
  const calls = disclose('calls') as DisclosedCall;
  const [group] = discloseSums([{ key: { model: 'm', team: 't', project: 'p' }, sums: noSums }], 'totals', pseudonyms);
  const summed = [
    ...Object.entries(group ?? {}).flatMap(([name, value]) => (value === null || name === 'sums' ? [] : [name])),
    ...[
      'inputTokens',
      'outputTokens',
      'cacheReadTokens',
      'cacheWriteTokens',
      'reasoningTokens',
      'costNanoUsd',
      'latencyMs',
    ],
  ];
  for (const [field, name] of Object.entries(pageNames) as [keyof typeof pageNames, string][]) {
    const [atTotals, atCalls, atFull] = told.get(name) ?? [];
    expect(atTotals !== '–', `${name} at totals`).toBe(summed.includes(field) || field === 'timestamp');
    const shown = calls[field] === null ? '–' : calls[field] === full[field] ? 'yes' : 'pseudonym';
    expect(atCalls, `${name} at calls`).toBe(shown);
    expect(atFull, `${name} at full`).toBe(full[field] === null ? '–' : 'yes');
  }
});

describe('a pseudonym', () => {
  it('is the same for the same name, and another one for another name, kind or key', () => {
    expect(pseudonyms('user', 'ann')).toBe(pseudonyms('user', 'ann'));
    const others = [pseudonyms('user', 'ann'), pseudonyms('user', 'bob'), pseudonyms('session', 'ann')];
    others.push(createPseudonyms(new Uint8Array(32))('user', 'ann'));
    expect(new Set(others.map(name => name.split('-')[1])).size).toBe(4);
  });
});
