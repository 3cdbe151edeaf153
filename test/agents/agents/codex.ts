import { codex as connector } from '../../../src/connect/agents/codex.ts';
import { writeText } from '../files.ts';
import type { RealAgent } from '../realAgent.ts';

const flags = ['--skip-git-repo-check', '-m', 'gpt-5.5'];

/** A turn with a tool, and a turn that resumes it. */
export const codex: RealAgent = {
  name: 'codex',
  package: '@openai/codex',
  version: '0.169.0',
  program: modules => [process.execPath, `${modules}/@openai/codex/bin/codex.js`],
  settings: connector,
  prepare: ({ home, upstream, telemetry, isChatty }) => {
    const lines = [`openai_base_url = "${upstream('openai')}/v1"`, 'sandbox_mode = "danger-full-access"'];
    if (telemetry && isChatty) {
      const exporter = (path: string) =>
        `{ otlp-http = { endpoint = "${telemetry.url}${path}", protocol = "binary", headers = { "x-spend-lens-token" = "${telemetry.token}" } } }`;
      lines.push(
        '[otel]',
        `metrics_exporter = ${exporter('/v1/metrics')}`,
        `trace_exporter = ${exporter('/v1/traces')}`,
      );
    }
    writeText(`${home}/.codex/config.toml`, `${lines.join('\n')}\n`);
    return { CODEX_API_KEY: 'sk-fake', OPENAI_API_KEY: 'sk-fake' };
  },
  runs: [
    ['exec', ...flags, 'Say one.'],
    ['exec', 'resume', '--last', ...flags, 'Say one again.'],
  ],
  leastCalls: 3,
  told: {
    telemetry: { reasoning: true, cacheTtl: false },
    transcript: { reasoning: true, cacheTtl: false },
    gateway: { reasoning: true, cacheTtl: false },
  },
  telemetrySignal: 'otlp_log',
};
