import { expect, test } from 'vitest';
import { RecentSessions } from '../../../../src/engine/answers/recentSessions.ts';
import { makeFolder, makeRecord, noon, open } from '../../ledger/makeLedger.ts';

const hourMs = 3_600_000;

test('the sessions of the last hour are told with all they did, the latest first, and go after an hour', async () => {
  const ledger = await open(await makeFolder());
  const record = (sessionId: string, minutesAgo: number, agent: string | null = null) =>
    makeRecord({ sessionId, agent, timestamp: noon - minutesAgo * 60_000, ids: [] });
  await ledger.append([record('old', 90), record('long', 300), record('long', 10, 'codex')]);
  let now = noon;
  const recent = new RecentSessions(ledger, () => now);
  expect(recent.list().map(({ session_id, requests, agents }) => [session_id, requests, agents])).toEqual([
    ['long', 2, ['codex']],
  ]);
  const later = [record('new', 1, 'codex'), record('new', 1, 'gemini-cli'), record('old', 80)];
  await ledger.append(later);
  recent.note(later);
  expect(recent.list().map(({ session_id, agents, last_record }) => [session_id, agents, last_record])).toEqual([
    ['new', ['codex', 'gemini-cli'], new Date(noon - 60_000).toISOString()],
    ['long', ['codex'], new Date(noon - 600_000).toISOString()],
  ]);
  now = noon + hourMs - 300_000;
  expect(recent.list().map(({ session_id }) => session_id)).toEqual(['new']);
  await ledger.delete({ sessionId: 'new' });
  expect(recent.list()).toEqual([]);
});
