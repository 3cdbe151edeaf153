/** What the fake provider told an agent that one call used, in disjoint buckets: the truth that the ledger must hold. */
export interface ReportedCall {
  readonly model: string;
  /** The id in the body of the answer. */
  readonly id: string;
  /** Uncached input. */
  readonly input: number;
  readonly cacheRead: number;
  readonly cacheWrite5m: number;
  readonly cacheWrite1h: number;
  /** Reasoning included. */
  readonly output: number;
  readonly reasoning: number;
  /** A call beside the conversation: a title, the choice of a model. Some agents don't write those down. */
  readonly isAside: boolean;
}

/** A tool that a request offers, and what to call it with. */
export interface ToolCall {
  readonly name: string;
  readonly input: Readonly<Record<string, unknown>>;
}

/** A model call as a language's file reads it. */
export interface Asked {
  readonly model: string;
  readonly isStream: boolean;
  /** Names of the tools that are offered. */
  readonly tools: readonly string[];
  /** Whether the last thing said is the result of a tool. */
  readonly hasToolResult: boolean;
  /** Whether the user asks to hand the work to a subagent. */
  readonly isDelegating: boolean;
}

/** Harmless tools of the agents, the first one offered is called. */
const harmless: readonly ToolCall[] = [
  { name: 'Bash', input: { command: 'echo one', description: 'Says one' } },
  { name: 'exec_command', input: { cmd: 'echo one' } },
  { name: 'shell_command', input: { command: 'echo one' } },
  { name: 'shell', input: { command: ['echo', 'one'] } },
  { name: 'list_directory', input: { dir_path: '.', path: '.' } },
  { name: 'glob', input: { pattern: '*.txt' } },
];

/** Hands work to a subagent. */
const delegating: readonly ToolCall[] = ['Agent', 'Task'].map(name => ({
  name,
  input: { description: 'Says one', prompt: 'Say one.', subagent_type: 'general-purpose' },
}));

/** The tool to call: one per turn, so that an agent makes a second call with the result. */
export function chooseTool({ tools, hasToolResult, isDelegating }: Asked): ToolCall | null {
  const candidates = isDelegating ? delegating : harmless;
  return hasToolResult ? null : (candidates.find(({ name }) => tools.includes(name)) ?? null);
}
