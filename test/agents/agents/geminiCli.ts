import { geminiCli as connector } from '../../../src/connect/agents/geminiCli.ts';
import { writeJson } from '../files.ts';
import type { RealAgent } from '../realAgent.ts';

const flags = ['--approval-mode', 'yolo', '--skip-trust'];

/** A turn whose model the router chooses, with a tool, and a turn that resumes it. */
export const geminiCli: RealAgent = {
  name: 'gemini-cli',
  package: '@google/gemini-cli',
  version: '0.61.0',
  program: modules => [process.execPath, `${modules}/@google/gemini-cli/bundle/gemini.js`],
  settings: connector,
  prepare: ({ home, upstream }) => {
    writeJson(`${home}/.gemini/settings.json`, { security: { auth: { selectedType: 'gemini-api-key' } } });
    return { GOOGLE_GEMINI_BASE_URL: upstream('google'), GEMINI_API_KEY: 'fake' };
  },
  runs: [
    ['-p', 'Say one.', ...flags],
    ['-p', 'Say one again.', '--resume', 'latest', '-m', 'gemini-2.5-flash', ...flags],
  ],
  leastCalls: 3,
  told: {
    telemetry: { reasoning: true, cacheTtl: false },
    transcript: { reasoning: true, cacheTtl: false, has: call => !call.isAside },
    gateway: { reasoning: true, cacheTtl: false },
  },
  telemetrySignal: 'otlp_log',
};
