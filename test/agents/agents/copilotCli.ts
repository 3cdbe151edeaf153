import type { RealAgent } from '../realAgent.ts';

/** With a key of one's own (`COPILOT_PROVIDER_…`), since GitHub's models need a login. */
export const copilotCli: RealAgent = {
  name: 'copilot-cli',
  package: '@github/copilot',
  version: '1.0.102',
  program: modules => [`${modules}/@github/copilot-${process.platform}-${process.arch}/copilot`],
  settings: null,
  prepare: ({ upstream, telemetry }) => ({
    COPILOT_PROVIDER_BASE_URL: `${upstream('openai')}/v1`,
    COPILOT_PROVIDER_TYPE: 'openai',
    COPILOT_PROVIDER_WIRE_API: 'responses',
    COPILOT_PROVIDER_TRANSPORT: 'http',
    COPILOT_PROVIDER_API_KEY: 'fake',
    COPILOT_MODEL: 'gpt-5.5',
    COPILOT_OFFLINE: 'true',
    ...(telemetry && {
      OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.url,
      OTEL_EXPORTER_OTLP_HEADERS: `x-spend-lens-token=${telemetry.token}`,
    }),
  }),
  runs: [
    ['-p', 'Say one.', '--allow-all-tools'],
    ['-p', 'Say one again.', '--allow-all-tools', '--continue'],
  ],
  leastCalls: 3,
  told: {
    telemetry: { reasoning: true, cacheTtl: false },
    transcript: { reasoning: true, cacheTtl: false },
    gateway: { reasoning: true, cacheTtl: false },
  },
  telemetrySignal: 'otlp_span',
};
