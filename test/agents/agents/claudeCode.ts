import { claudeCode as connector } from '../../../src/connect/agents/claudeCode.ts';
import type { Destination } from '../../../src/connect/settingsAgent.ts';
import type { RealAgent } from '../realAgent.ts';

/** A turn with a tool, a turn that continues it, a fork of both, and one that hands work to a subagent. */
export const claudeCode: RealAgent = {
  name: 'claude-code',
  package: '@anthropic-ai/claude-code',
  version: '2.1.330',
  program: modules => [`${modules}/@anthropic-ai/claude-code-${process.platform}-${process.arch}/claude`],
  settings: connector,
  prepare: ({ upstream, telemetry, isChatty }) => ({
    ANTHROPIC_BASE_URL: upstream('anthropic'),
    ANTHROPIC_API_KEY: 'sk-ant-fake',
    ...(telemetry && isChatty && chatter(telemetry)),
  }),
  runs: [
    ['-p', 'Say one.', '--model', 'claude-opus-4-5', '--allowedTools', 'Bash'],
    ['-p', 'Say one again.', '--continue', '--model', 'claude-opus-4-5'],
    ['-p', 'And once more.', '--continue', '--fork-session', '--model', 'claude-opus-4-5'],
    ['-p', 'Delegate this.', '--model', 'claude-opus-4-5', '--allowedTools', 'Bash,Agent,Task'],
  ],
  leastCalls: 8,
  told: {
    telemetry: { reasoning: false, cacheTtl: true },
    transcript: { reasoning: true, cacheTtl: true },
    gateway: { reasoning: true, cacheTtl: true },
  },
  telemetrySignal: 'otlp_log',
};

/** Metrics and spans too, by variables in the shell. */
function chatter({ url, token }: Destination): Record<string, string> {
  return {
    CLAUDE_CODE_ENHANCED_TELEMETRY_BETA: '1',
    OTEL_METRICS_EXPORTER: 'otlp',
    OTEL_TRACES_EXPORTER: 'otlp',
    OTEL_EXPORTER_OTLP_PROTOCOL: 'http/protobuf',
    OTEL_EXPORTER_OTLP_ENDPOINT: url,
    OTEL_EXPORTER_OTLP_HEADERS: `x-spend-lens-token=${token}`,
  };
}
