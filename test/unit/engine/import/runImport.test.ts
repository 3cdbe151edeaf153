import { appendFile, readFile, rename, rm, utimes, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { openCursors } from '../../../../src/engine/import/cursors.ts';
import { claudeLine, codexLines, makeImport as makeImportWith, session, write } from './makeHome.ts';

const claudeFile = `.claude/projects/-home-dev-demo/${session}.jsonl`;

const done = (files: number, records: number, added: number, skipped = 0) => ({
  files,
  records,
  new: added,
  duplicates: records - added,
  skipped,
});

const ways: [name: string, threadFromBytes: number][] = [
  ['here', Number.POSITIVE_INFINITY],
  ['in a thread of its own', 0],
];

describe.each(ways)('an import that reads %s', (_, threadFromBytes) => {
  const makeImport = () => makeImportWith(threadFromBytes);

  it('reads what is new and nothing twice', async () => {
    const { home, run, rows } = await makeImport();
    const file = await write(home, claudeFile, claudeLine('a', 5) + claudeLine('a', 5) + claudeLine('b', 6));
    expect(await run()).toEqual(done(1, 2, 2));
    expect(await run()).toEqual(done(1, 0, 0));
    await appendFile(file, claudeLine('c', 7));
    expect(await run()).toEqual(done(1, 1, 1));
    expect(rows()).toEqual([
      [session, 110, 5],
      [session, 110, 6],
      [session, 110, 7],
    ]);
  });

  it('keeps what an agent deleted, and reads a file that was replaced or cut', async () => {
    const { home, run, rows } = await makeImport();
    const file = await write(home, claudeFile, claudeLine('a', 5) + claudeLine('b', 6));
    await run();
    await rm(file);
    expect(await run()).toEqual(done(0, 0, 0));
    expect(rows()).toHaveLength(2);
    await write(home, claudeFile, claudeLine('c', 7));
    expect(await run()).toEqual(done(1, 1, 1));
    await writeFile(file, claudeLine('d', 8) + claudeLine('c', 7) + claudeLine('e', 9));
    expect(await run()).toEqual(done(1, 3, 2));
    await writeFile(file, claudeLine('d', 8));
    expect(await run()).toEqual(done(1, 1, 0));
    expect(rows()).toHaveLength(5);
  });

  it('sees a file of the same size that another took the place of', async () => {
    const { home, run } = await makeImport();
    const file = await write(home, claudeFile, claudeLine('a', 5));
    await run();
    await writeFile(`${file}.new`, claudeLine('b', 5));
    await rename(`${file}.new`, file);
    expect(await run()).toEqual(done(1, 1, 1));
  });

  it('counts damaged lines, and reads those around them', async () => {
    const { home, run, rows } = await makeImport();
    const damage = ['{"type":"assistant","message":{"usage":{"input_tok', 'not json', '{broken}', '\u0000\u0000'];
    await write(home, claudeFile, `\uFEFF${claudeLine('a', 5)}\r\n${damage.join('\n')}\n\n${claudeLine('b', 6)}`);
    expect(await run()).toEqual(done(1, 2, 2, 4));
    expect(rows()).toHaveLength(2);
  });

  it('reads a last line that lacks its end, and goes on after it', async () => {
    const { home, run, rows } = await makeImport();
    const file = await write(home, claudeFile, claudeLine('a', 5) + claudeLine('b', 6).trimEnd());
    expect(await run()).toEqual(done(1, 2, 2));
    await appendFile(file, `\n${claudeLine('c', 7)}`);
    await run();
    expect(rows()).toHaveLength(3);
  });

  it('gives the same rows wherever the file is cut between two imports', async () => {
    const content =
      codexLines('t1', [5, 5, 7]) + codexLines('t1', []).slice(0, 0) + claudeLine('a', 5) + claudeLine('ü', 6);
    const bytes = Buffer.from(content);
    const once = await makeImport();
    await write(once.home, '.codex/sessions/2026/11/21/rollout-x.jsonl', bytes);
    await write(once.home, claudeFile, bytes);
    await once.run();
    expect(once.rows()).toHaveLength(5);
    await fc.assert(
      fc.asyncProperty(fc.integer({ min: 0, max: bytes.length }), async cut => {
        const twice = await makeImport();
        for (const end of [cut, bytes.length]) {
          await write(twice.home, '.codex/sessions/2026/11/21/rollout-x.jsonl', bytes.subarray(0, end));
          await write(twice.home, claudeFile, bytes.subarray(0, end));
          await twice.run();
        }
        expect(twice.rows()).toEqual(once.rows());
        await twice.ledger.close();
      }),
      // A thread takes a while to start from source.
      { numRuns: threadFromBytes === 0 ? 5 : 25 },
    );
  });

  it('leaves what a fork copied with the session that wrote it first', async () => {
    const { home, run, rows } = await makeImport();
    const copied = { sessionId: 'fork' };
    const fork = claudeLine('a', 5, copied) + claudeLine('b', 6, copied) + claudeLine('c', 7, copied);
    await write(home, '.claude/projects/-home-dev-demo/000-fork.jsonl', fork);
    const parent = await write(home, claudeFile, claudeLine('a', 5) + claudeLine('b', 6));
    await utimes(parent, 1795200000, 1795200000);
    expect(await run()).toEqual(done(2, 5, 3));
    expect(rows().map(([id]) => id)).toEqual([session, session, 'fork']);
  });

  it('joins a side chain’s replay with its parent, and names the subagent', async () => {
    const { home, run, ledger } = await makeImport();
    const folder = `.claude/projects/-home-dev-demo/${session}/subagents`;
    const side = { isSidechain: true, agentId: 'x' };
    await write(home, claudeFile, claudeLine('a', 5));
    const replay = claudeLine('a', 5, { ...side, requestId: 'req_replay' });
    const later = { ...side, timestamp: '2026-11-21T22:26:50.000Z' };
    await write(home, `${folder}/agent-x.jsonl`, claudeLine('b', 6, later) + replay);
    await write(home, `${folder}/agent-x.meta.json`, '{"agentType":"Explore"}');
    expect(await run()).toEqual(done(2, 3, 2));
    expect(ledger.recent(9).map(({ taskType }) => taskType)).toEqual(['Explore', 'chat']);
  });

  it('reads compressed and archived rollouts', async () => {
    const { home, run, rows } = await makeImport();
    await write(home, '.codex/sessions/2026/11/21/rollout-1.jsonl.zst', zstdCompressSync(codexLines('t1', [5, 6])));
    await write(home, '.codex/archived_sessions/rollout-2.jsonl', codexLines('t2', [7]));
    expect(await run()).toEqual(done(2, 3, 3));
    expect(await run()).toEqual(done(2, 0, 0));
    // Compressed later, or archived: the same calls.
    await write(home, '.codex/archived_sessions/rollout-2.jsonl.zst', zstdCompressSync(codexLines('t2', [7])));
    expect(await run()).toEqual(done(3, 1, 0));
    expect(rows()).toHaveLength(3);
  });

  it('reads OpenCode’s database beside its write-ahead log, and what changes in it', async () => {
    const { home, run, rows } = await makeImport();
    const file = await write(home, '.local/share/opencode/opencode.db', '');
    const database = new DatabaseSync(file);
    database.exec('PRAGMA journal_mode = WAL');
    database.exec('CREATE TABLE message (id TEXT, session_id TEXT, time_created INT, time_updated INT, data TEXT)');
    const add = (id: string, output: number, time: number) =>
      database.prepare('INSERT INTO message VALUES (?, ?, ?, ?, ?)').run(
        id,
        'ses_1',
        time,
        time,
        JSON.stringify({
          role: 'assistant',
          tokens: { input: 10, output, reasoning: 1, cache: { read: 0, write: 0 } },
          modelID: 'gpt-5.5',
          providerID: 'openai',
          time: { created: time },
        }),
      );
    add('msg_1', 0, 1795300000000);
    add('msg_2', 5, 1795300001000);
    database.prepare("INSERT INTO message VALUES ('msg_3', 'ses_1', 1, 1795300001000, '{broken')").run();
    expect(await run()).toEqual(done(1, 2, 2, 1));
    expect(await run()).toEqual(done(1, 0, 0));
    add('msg_4', 8, 1795300090000);
    expect(await run()).toMatchObject({ new: 1 });
    database.close();
    expect(rows()).toEqual([
      ['ses_1', 10, 1],
      ['ses_1', 10, 6],
      ['ses_1', 10, 9],
    ]);
  });

  it('takes the model and the folder of a task from the files beside it', async () => {
    const { home, run, ledger } = await makeImport();
    const tasks = '.config/Code/User/globalStorage/saoudrizwan.claude-dev/tasks/t1';
    const text = JSON.stringify({ tokensIn: 10, tokensOut: 5 });
    const started = [{ ts: 1795300001000, type: 'say', say: 'api_req_started', text }];
    const usage = [{ ts: 1795300000000, model_id: 'gpt-4.1', model_provider_id: 'openai' }];
    await write(home, `${tasks}/ui_messages.json`, JSON.stringify(started));
    await write(home, `${tasks}/task_metadata.json`, JSON.stringify({ model_usage: usage }));
    const roo = tasks.replace('saoudrizwan.claude-dev', 'rooveterinaryinc.roo-cline');
    const details =
      '<environment_details>\n# Current Workspace Directory (/home/dev/demo) Files\n<model>gpt-5.5</model>';
    const history = [{ role: 'user', ts: 1795300000500, content: [{ type: 'text', text: details }] }];
    await write(home, `${roo}/ui_messages.json`, JSON.stringify(started));
    await write(home, `${roo}/api_conversation_history.json`, JSON.stringify(history));
    expect(await run()).toEqual(done(2, 2, 2));
    const rows = ledger.recent(9).map(({ agent, model, sessionId }) => [agent, model, sessionId]);
    expect(rows.sort()).toEqual([
      ['cline', 'gpt-4.1', 't1'],
      ['roo', 'gpt-5.5', 't1'],
    ]);
  });

  it('reads only the agents it is asked for', async () => {
    const { home, run, rows } = await makeImport();
    await write(home, claudeFile, claudeLine('a', 5));
    await write(home, '.codex/sessions/2026/11/21/rollout-1.jsonl', codexLines('t1', [5]));
    expect(await run(['codex'] as never)).toEqual(done(1, 1, 1));
    expect(await run()).toEqual(done(2, 1, 1));
    expect(rows()).toHaveLength(2);
  });

  it('passes over a file that can’t be read, and says so', async () => {
    const { home, run, log } = await makeImport();
    await write(home, '.local/share/opencode/opencode.db', 'no database, but long enough to look like a page of one');
    await write(home, '.codex/sessions/2026/11/21/rollout-1.jsonl.zst', 'no zstd');
    await write(home, '.gemini/tmp/demo/chats/session-1.json', '{"messages":');
    await write(home, claudeFile, claudeLine('a', 5));
    expect(await run()).toEqual(done(4, 1, 1, 3));
    expect(log).toHaveLength(2);
  });

  it('keeps no text of a conversation beside the ledger', async () => {
    const { home, run, ledger } = await makeImport();
    await write(home, claudeFile, claudeLine('a', 5, { note: 'my secret prompt' }));
    await run();
    const cursors = await readFile(join(ledger.folder, 'import-cursors.json'), 'utf8');
    expect(cursors).toContain(claudeFile);
    expect(cursors).not.toContain('secret');
  });
});

describe.each(ways)('a large import that reads %s', (_, threadFromBytes) => {
  const makeImport = () => makeImportWith(threadFromBytes);

  it('counts a call once whose lines two batches share', async () => {
    const { home, run, rows } = await makeImport();
    const lines = Array.from({ length: 900 }, (_, index) => claudeLine(`n${index}`, index + 1).repeat(2));
    const filler = `${JSON.stringify({ type: 'user', text: 'x'.repeat(1_000_000) })}\n`;
    for (const index of [500, 501, 502]) {
      lines[index] = claudeLine(`n${index}`, index + 1) + filler + claudeLine(`n${index}`, index + 1);
    }
    await write(home, claudeFile, lines.join(''));
    expect(await run()).toEqual(done(1, 900, 900));
    expect(rows()).toHaveLength(900);
  });

  it('can be cancelled between two pieces, and goes on there', async () => {
    const { home, ledger, run, rows } = await makeImport();
    const { runImport } = await import('../../../../src/engine/import/runImport.ts');
    const filler = `${JSON.stringify({ type: 'user', text: 'x'.repeat(100_000) })}\n`;
    const lines = Array.from({ length: 60 }, (_, index) => filler + claudeLine(`n${index}`, index + 1));
    await write(home, claudeFile, lines.join(''));
    const cancelling = new AbortController();
    const cancelled = runImport({
      agents: ['claude-code'],
      home: { home, env: {} },
      cursors: await openCursors(ledger.folder),
      sinkFor: () => ledger,
      threadFromBytes,
      log: () => {},
      signal: cancelling.signal,
      onProgress: ({ bytesRead, bytesToRead }) => {
        expect(bytesRead).toBeLessThanOrEqual(bytesToRead);
        cancelling.abort(new Error('enough'));
      },
    });
    await expect(cancelled).rejects.toThrow('enough');
    const part = rows().length;
    expect(part).toBeGreaterThan(0);
    expect(part).toBeLessThan(60);
    expect(await run()).toEqual(done(1, 60 - part, 60 - part));
    expect(rows()).toHaveLength(60);
  });
});
