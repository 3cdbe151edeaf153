import { claudeCodeFormat } from '../../capture/transcripts/claudeCode.ts';
import { parseClineTask, parseRooTask } from '../../capture/transcripts/cline.ts';
import { parseClineCliSession } from '../../capture/transcripts/clineCli.ts';
import { codexFormat } from '../../capture/transcripts/codex.ts';
import { copilotChatFormat, parseCopilotChatFile } from '../../capture/transcripts/copilotChat.ts';
import { copilotCliFormat } from '../../capture/transcripts/copilotCli.ts';
import { geminiCliFormat, parseGeminiChat } from '../../capture/transcripts/geminiCli.ts';
import { parseOpenCodeFile } from '../../capture/transcripts/openCode.ts';
import type { LineFormat, TranscriptAgent, WholeParser } from '../../capture/transcripts/transcript.ts';

/** How a file is read. */
export type Reader =
  | { readonly kind: 'lines'; readonly format: LineFormat; readonly isCompressed: boolean }
  | { readonly kind: 'whole'; readonly parse: WholeParser }
  | { readonly kind: 'database' };

const lineFormats: Partial<Record<TranscriptAgent, LineFormat>> = {
  'claude-code': claudeCodeFormat,
  codex: codexFormat,
  'gemini-cli': geminiCliFormat,
  'copilot-cli': copilotCliFormat,
  'copilot-chat': copilotChatFormat,
};

const wholeParsers: Partial<Record<TranscriptAgent, WholeParser>> = {
  'gemini-cli': parseGeminiChat,
  'copilot-chat': parseCopilotChatFile,
  opencode: parseOpenCodeFile,
  cline: parseClineTask,
  'cline-cli': parseClineCliSession,
  roo: parseRooTask,
};

/** How a file of an agent is read, by the end of its name; null when nobody knows. */
export function findReader(agent: TranscriptAgent, path: string): Reader | null {
  if (path.endsWith('.db')) {
    return { kind: 'database' };
  }
  if (path.endsWith('.json')) {
    const parse = wholeParsers[agent];
    return parse ? { kind: 'whole', parse } : null;
  }
  const format = lineFormats[agent];
  return format ? { kind: 'lines', format, isCompressed: path.endsWith('.zst') } : null;
}
