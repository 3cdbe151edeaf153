import { writeJson } from '../files.ts';
import type { RealAgent } from '../realAgent.ts';

/** It leaves before all of its telemetry is sent (1.18.33): often only the title is told, so the database is the way to count it. */
export const openCode: RealAgent = {
  name: 'opencode',
  package: 'opencode-ai',
  version: '1.18.33',
  program: modules => [`${modules}/opencode-${process.platform}-${process.arch}/bin/opencode`],
  settings: null,
  prepare: ({ cwd, upstream, telemetry }) => {
    writeJson(`${cwd}/opencode.json`, {
      model: 'anthropic/claude-opus-4-5',
      provider: { anthropic: { options: { baseURL: `${upstream('anthropic')}/v1`, apiKey: 'fake' } } },
      ...(telemetry && { experimental: { openTelemetry: true } }),
    });
    return telemetry
      ? {
          OTEL_EXPORTER_OTLP_ENDPOINT: telemetry.url,
          OTEL_EXPORTER_OTLP_HEADERS: `x-spend-lens-token=${telemetry.token}`,
        }
      : {};
  },
  runs: [
    ['run', 'Say one.'],
    ['run', '--continue', 'Say one again.'],
  ],
  leastCalls: 3,
  told: {
    telemetry: { reasoning: true, cacheTtl: false, isPartial: true },
    transcript: { reasoning: true, cacheTtl: false, has: call => !call.isAside },
    gateway: { reasoning: true, cacheTtl: true },
  },
  telemetrySignal: 'otlp_span',
};
