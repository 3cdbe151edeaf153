import type { FoundTranscripts, ImportEvent, ImportSummary } from '../../api/contract.ts';
import { formatCount, isOne } from '../text/numbers.ts';
import type { Translate } from '../text/translate.ts';

/** An agent with transcripts, as a row to choose. */
export interface AgentItem {
  readonly agent: string;
  readonly label: string;
  readonly description: string;
  readonly detail: string;
}

/** Agents by the names that the interface has for them, and where their transcripts usually are (docs/import.md). */
const agents: Readonly<Record<string, readonly [name: string, place: string | ((t: Translate) => string)]>> = {
  'claude-code': ['Claude Code', '~/.claude/projects'],
  codex: ['Codex', '~/.codex/sessions'],
  'gemini-cli': ['Gemini CLI', '~/.gemini/tmp'],
  'copilot-cli': ['GitHub Copilot CLI', '~/.copilot/session-state'],
  'copilot-chat': ['GitHub Copilot Chat', t => t("VS Code's workspace storage")],
  opencode: ['OpenCode', '~/.local/share/opencode'],
  cline: ['Cline', t => t("its tasks in VS Code's global storage")],
  'cline-cli': ['Cline CLI', '~/.cline/data'],
  roo: ['Roo Code', t => t("its tasks in VS Code's global storage")],
};

/** The name of an agent as people know it. */
export function nameAgent(agent: string): string {
  return agents[agent]?.[0] ?? agent;
}

/** The agents found, one row each with all its folders. */
export function listAgents({ folders }: FoundTranscripts, t: Translate): AgentItem[] {
  return [...Map.groupBy(folders, ({ agent }) => agent)].map(([agent, own]) => {
    const files = own.reduce((sum, folder) => sum + folder.files, 0);
    const changed = own.reduce((sum, folder) => sum + folder.changed_files, 0);
    const count = formatTranscripts(files, t);
    const news =
      changed === 0 ? t('nothing new') : changed < files ? t('{0} new or changed', formatCount(changed)) : '';
    return {
      agent,
      label: nameAgent(agent),
      description: [count, news].filter(Boolean).join(', '),
      detail: own.map(({ folder }) => folder).join(' · '),
    };
  });
}

/** What to say when there is nothing to import: where it was looked. */
export function formatNothingFound(t: Translate): string {
  const places = Object.values(agents).map(
    ([name, place]) => `${name}: ${typeof place === 'string' ? place : place(t)}`,
  );
  return t(
    'No agent history was found on this machine. Spend Lens looked where agents keep it ({0}), and where variables such as CLAUDE_CONFIG_DIR and CODEX_HOME point.',
    places.join('; '),
  );
}

/** How far an import is, in a line. */
export function formatImportProgress(
  { agent, files_read, files_to_read, new: added }: Extract<ImportEvent, { type: 'progress' }>,
  t: Translate,
): string {
  const [read, all, calls] = [files_read, files_to_read, added].map(formatCount) as [string, string, string];
  return t('{0}: {1} of {2} transcripts, {3} new calls', nameAgent(agent), read, all, calls);
}

/** What an import did. */
export function formatImportSummary({ files, new: added, duplicates, skipped }: ImportSummary, t: Translate): string {
  const calls = isOne(added) ? t('{0} new call', formatCount(added)) : t('{0} new calls', formatCount(added));
  const source = formatTranscripts(files, t);
  const head = added === 0 ? t('Nothing new was found in {0}.', source) : t('Imported {0} from {1}.', calls, source);
  const known = duplicates === 0 ? '' : t('Known already: {0}.', formatCount(duplicates));
  const left =
    skipped === 0 ? '' : t('Skipped as damaged, contradictory or older than is kept: {0}.', formatCount(skipped));
  return [head, known, left].filter(Boolean).join(' ');
}

function formatTranscripts(files: number, t: Translate): string {
  return isOne(files) ? t('{0} transcript', formatCount(files)) : t('{0} transcripts', formatCount(files));
}

/** What becomes of the agents afterwards; empty when the setting leaves all of them alone. */
export function formatFollowed(
  agents: readonly string[],
  isFollowed: (agent: string) => boolean,
  t: Translate,
): string {
  return agents.some(isFollowed) ? t('What they do from now on is counted as they write it.') : '';
}
