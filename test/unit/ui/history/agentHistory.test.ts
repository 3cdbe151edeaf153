import { describe, expect, it } from 'vitest';
import { transcriptAgents } from '../../../../src/capture/transcripts/transcript.ts';
import {
  formatFollowed,
  formatImportProgress,
  formatImportSummary,
  formatNothingFound,
  listAgents,
  nameAgent,
} from '../../../../src/ui/history/agentHistory.ts';
import { plainText as t } from '../../../../src/ui/text/translate.ts';

const folder = (agent: string, path: string, files: number, changed_files: number) => ({
  agent,
  folder: path,
  files,
  bytes: 1,
  changed_files,
});

describe('the agents found', () => {
  it('are rows with all their folders and what is new', () => {
    const folders = [
      folder('codex', '/h/.codex/sessions', 1200, 3),
      folder('claude-code', '/h/.claude/projects', 1, 1),
      folder('codex', '/h/.codex/archived_sessions', 34, 0),
      folder('roo', '/h/roo', 2, 0),
      folder('newcomer', '/h/new', 5, 5),
    ];
    expect(listAgents({ folders }, t)).toEqual([
      {
        agent: 'codex',
        label: 'Codex',
        description: '1,234 transcripts, 3 new or changed',
        detail: '/h/.codex/sessions · /h/.codex/archived_sessions',
      },
      { agent: 'claude-code', label: 'Claude Code', description: '1 transcript', detail: '/h/.claude/projects' },
      { agent: 'roo', label: 'Roo Code', description: '2 transcripts, nothing new', detail: '/h/roo' },
      { agent: 'newcomer', label: 'newcomer', description: '5 transcripts', detail: '/h/new' },
    ]);
  });

  it('all have a name and a place, which is told when there are none', () => {
    const text = formatNothingFound(t);
    for (const agent of transcriptAgents) {
      expect(nameAgent(agent)).not.toBe(agent);
      expect(text).toContain(`${nameAgent(agent)}: `);
    }
    expect(text).toContain('Codex: ~/.codex/sessions; ');
  });
});

describe('an import', () => {
  const counts = { files: 9, records: 120, new: 118, duplicates: 2, skipped: 0 };

  it('tells how far it is', () => {
    const progress = { agent: 'codex', files_read: 3, files_to_read: 9, bytes_read: 1, bytes_to_read: 2, ...counts };
    const text = formatImportProgress({ type: 'progress', ...progress }, t);
    expect(text).toBe('Codex: 3 of 9 transcripts, 118 new calls');
  });

  it.for([
    [counts, 'Imported 118 new calls from 9 transcripts. Known already: 2.'],
    [{ ...counts, files: 1, new: 1, duplicates: 0 }, 'Imported 1 new call from 1 transcript.'],
    [{ ...counts, new: 0, duplicates: 0 }, 'Nothing new was found in 9 transcripts.'],
    [
      { ...counts, new: 1500, duplicates: 0, skipped: 4 },
      'Imported 1,500 new calls from 9 transcripts. Skipped as damaged, contradictory or older than is kept: 4.',
    ],
  ] as const)('sums up %o', ([summary, text]) => {
    expect(formatImportSummary(summary, t)).toBe(text);
  });

  it('say that they are followed, unless none of them is', () => {
    const text = 'What they do from now on is counted as they write it.';
    expect(formatFollowed(['codex', 'roo'], agent => agent === 'roo', t)).toBe(text);
    expect(formatFollowed(['codex'], () => false, t)).toBe('');
  });
});
