import { mkdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished } from 'vitest';
import type { TranscriptAgent } from '../../../../src/capture/transcripts/transcript.ts';
import { createFolderWatch } from '../../../../src/engine/follow/folderWatch.ts';
import { createFollower, type FollowerPace } from '../../../../src/engine/follow/follower.ts';
import { createPathReader } from '../../../../src/engine/follow/transcriptPaths.ts';
import { findAncestors } from '../../../../src/engine/follow/watchedFolders.ts';
import { findTranscripts } from '../../../../src/engine/import/findTranscripts.ts';
import { write } from '../import/makeHome.ts';
import { makeFolder } from '../startEngine.ts';

/** A follower that notes what it is asked to read. */
async function makeFollower(pace: Partial<FollowerPace>, work: { fails?: boolean } = {}) {
  const home = await makeFolder();
  const scans: string[] = [];
  const reads: string[] = [];
  const log: string[] = [];
  const places = { home, env: {} };
  const follower = createFollower({
    home: places,
    log: (level, message) => log.push(`${level} ${message}`),
    pace: { quietMs: 10, ...pace },
    work: {
      scan: async (agents, signal, onFolder) => {
        scans.push(agents.join());
        if (work.fails) {
          throw new Error('the disk is full');
        }
        await findTranscripts(agents, places, { signal, onFolder });
      },
      read: async paths => {
        reads.push(...paths.keys());
      },
    },
  });
  onTestFinished(() => follower.close());
  return { home, follower, scans, reads, log };
}

describe('a follower', () => {
  it('watches no more folders than it may, and finds the rest by looking', async () => {
    const { home, follower, scans, reads } = await makeFollower({ watches: 3, scanMs: 3_000 });
    for (let index = 0; index < 8; index += 1) {
      await write(home, `.claude/projects/-p${index}/s.jsonl`, '{}\n');
    }
    follower.follow(['claude-code']);
    await expect.poll(() => scans.length, { timeout: 15_000 }).toBe(1);
    await new Promise(resolve => setTimeout(resolve, 100));
    for (let index = 0; index < 8; index += 1) {
      await write(home, `.claude/projects/-p${index}/s.jsonl`, '{}\n{}\n');
    }
    await expect.poll(() => reads.length, { timeout: 15_000 }).toBeGreaterThan(0);
    expect(new Set(reads).size).toBeLessThanOrEqual(3);
    await expect.poll(() => scans.length, { timeout: 15_000 }).toBeGreaterThan(1);
  });

  it('reads nothing while it is paused, and nothing is forgotten', async () => {
    const { home, follower, scans, reads } = await makeFollower({});
    const file = await write(home, '.codex/sessions/2026/11/22/rollout-1.jsonl', '{}\n');
    follower.follow(['codex']);
    await expect.poll(() => scans.length, { timeout: 15_000 }).toBe(1);
    const proceed = await follower.pause();
    await writeFile(file, '{}\n{}\n');
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(reads).toEqual([]);
    proceed();
    await expect.poll(() => reads, { timeout: 15_000 }).toEqual([file]);
  });

  it('tells why it can’t go on, and does not try without rest', async () => {
    const { follower, scans, log } = await makeFollower({ scanMs: 100_000 }, { fails: true });
    follower.follow(['codex']);
    await expect.poll(() => log.length, { timeout: 15_000 }).toBe(1);
    await new Promise(resolve => setTimeout(resolve, 300));
    expect(scans).toHaveLength(1);
    expect(log[0]).toBe('error Transcripts could not be followed: the disk is full');
  });

  it('leaves files alone that are nobody’s transcripts', async () => {
    const { home, follower, scans, reads } = await makeFollower({});
    await write(home, '.claude/projects/-p/s.jsonl', '{}\n');
    follower.follow(['claude-code']);
    await expect.poll(() => scans.length, { timeout: 15_000 }).toBe(1);
    await write(home, '.claude/projects/-p/notes.txt', 'x');
    await write(home, '.claude/history.jsonl', 'x');
    await new Promise(resolve => setTimeout(resolve, 300));
    expect([scans.length, reads]).toEqual([1, []]);
  });
});

describe('a watch on folders', () => {
  it('has its limit, and does not mind folders that are not there', async () => {
    const folder = await makeFolder();
    const seen: string[] = [];
    const refused: Error[] = [];
    const watch = createFolderWatch({ limit: 2, onChange: path => seen.push(path), onRefused: e => refused.push(e) });
    onTestFinished(watch.close);
    watch.add(join(folder, 'nowhere'));
    for (const name of ['a', 'b', 'c']) {
      await mkdir(join(folder, name));
      watch.add(join(folder, name));
    }
    expect([watch.size, refused]).toEqual([2, []]);
    await writeFile(join(folder, 'b/file'), 'x');
    await expect.poll(() => seen, { timeout: 15_000 }).toContain(join(folder, 'b/file'));
    watch.keepOnly(new Set([join(folder, 'a')]));
    expect(watch.size).toBe(1);
  });
});

describe('paths', () => {
  it('mean what the agents’ patterns say', () => {
    const home = '/home/dev';
    const read = createPathReader(['claude-code', 'codex', 'gemini-cli', 'opencode', 'cline'], { home, env: {} });
    const meaning = (path: string) => read(`${home}/${path}`).map(({ kind, agent }) => `${kind} ${agent}`);
    const transcripts: [string, TranscriptAgent][] = [
      ['.claude/projects/-p/s.jsonl', 'claude-code'],
      ['.claude/projects/-p/s/subagents/agent-1.jsonl', 'claude-code'],
      ['.codex/sessions/2026/11/22/rollout-1.jsonl.zst', 'codex'],
      ['.codex/archived_sessions/rollout-1.jsonl', 'codex'],
      ['.gemini/tmp/p/chats/session-1.json', 'gemini-cli'],
      ['.local/share/opencode/opencode.db', 'opencode'],
      ['.local/share/opencode/opencode.db-wal', 'opencode'],
      ['.local/share/opencode/storage/message/ses/msg.json', 'opencode'],
      ['.cline/data/tasks/1/ui_messages.json', 'cline'],
    ];
    for (const [path, agent] of transcripts) {
      expect(meaning(path), path).toEqual([`transcript ${agent}`]);
    }
    expect(meaning('.local/share/opencode/opencode.db-shm')).toEqual(['inside opencode']);
    expect(meaning('.gemini/tmp/p')).toEqual(['inside gemini-cli']);
    expect(meaning('.gemini')).toEqual(['inside gemini-cli']);
    expect(meaning('.bashrc')).toEqual([]);
  });

  it('that are not there yet are awaited in the nearest folder, not above the home', async () => {
    const home = await makeFolder();
    expect(await findAncestors(join(home, '.claude/projects'), home)).toEqual([home]);
    await mkdir(join(home, '.claude'));
    expect(await findAncestors(join(home, '.claude/projects'), home)).toEqual([join(home, '.claude')]);
    await mkdir(join(home, '.claude/projects'));
    expect(await findAncestors(join(home, '.claude/projects'), home)).toEqual([]);
    expect(await findAncestors('/nowhere/at/all', home)).toEqual([]);
  });
});
