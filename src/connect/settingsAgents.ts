import { claudeCode } from './agents/claudeCode.ts';
import { codex } from './agents/codex.ts';
import { geminiCli } from './agents/geminiCli.ts';
import type { SettingsAgent } from './settingsAgent.ts';

/** Agents that are connected by their own settings file. */
export const settingsAgents: readonly SettingsAgent[] = [claudeCode, codex, geminiCli];
