import { expect, test } from 'vitest';
import { findSubagent } from '../../../src/core/subagent.ts';

test.for([
  // Claude Code's telemetry: query sources.
  ['claude-code', 'agent:builtin:general-purpose', false, 'general-purpose'],
  ['claude-code', 'repl_main_thread', false, null],
  ['claude-code', 'sdk', false, null],
  ['claude-code', 'generate_session_title', false, null],
  ['claude-code', 'subagent', false, 'subagent'],
  // Transcripts: the type of a sidechain, Codex' agent role, Gemini's kind.
  ['claude-code', 'Explore', true, 'Explore'],
  ['claude-code', 'chat', true, null],
  ['codex', 'review', true, 'review'],
  ['gemini-cli', 'subagent', true, 'subagent'],
  // Others say what they like.
  ['roo', 'review', true, null],
  [null, 'code-generation', false, null],
  [null, null, false, null],
] as const)('%s, %s (from a transcript: %s) is subagent %s', ([agent, taskType, isFromTranscript, expected]) => {
  expect(findSubagent(agent, taskType, isFromTranscript)).toBe(expected);
});
