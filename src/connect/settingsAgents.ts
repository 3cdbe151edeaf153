import { claudeCode } from './agents/claudeCode.ts';
import { codex } from './agents/codex.ts';
import { geminiCli } from './agents/geminiCli.ts';
import { vscodeHooks } from './agents/vscodeHooks.ts';
import type { SettingsAgent } from './settingsAgent.ts';

/** Agents that are connected by their own settings file. */
export const settingsAgents: readonly SettingsAgent[] = [claudeCode, codex, geminiCli];

/** All whose files can be changed: agents, and hooks alone. */
export const settingsFiles: readonly SettingsAgent[] = [...settingsAgents, vscodeHooks];
