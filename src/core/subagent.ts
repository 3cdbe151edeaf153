/** Task types of a main conversation, by the words agents have for it. */
const mainTypes = new Set(['chat', 'main', 'sdk', 'cli', 'repl_main_thread']);

/**
 * The subagent that made a call, by the task type agents report (Claude Code's `query_source`, the type of a sidechain, Codex' agent
 * role, Gemini's `kind`); null for the main conversation and for agents that don't say. `isFromTranscript`: only there a type of
 * Claude Code that is neither `agent:…` nor the main one names a subagent; its telemetry also names its own small jobs.
 */
export function findSubagent(agent: string | null, taskType: string | null, isFromTranscript: boolean): string | null {
  if (taskType === null || mainTypes.has(taskType)) {
    return null;
  }
  if (taskType.startsWith('agent:')) {
    return taskType.slice(taskType.lastIndexOf(':') + 1) || taskType;
  }
  const isNamed = isFromTranscript && ['claude-code', 'codex', 'gemini-cli'].includes(agent ?? '');
  return isNamed || /\bsub-?agent\b/i.test(taskType) ? taskType : null;
}
