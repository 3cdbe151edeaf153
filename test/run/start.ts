/** `npm start`: builds, opens a real VS Code on a fresh profile, plays sample traffic, prints the day's summary. */
import path from 'node:path';
import type { Summary } from '../../src/api/contract.ts';
import { dayOf, startOfDay, systemZone } from '../../src/core/time/calendar.ts';
import { formatUsd } from '../../src/ui/text/numbers.ts';
import { endChildrenOnStop } from './childProcess.ts';
import { formatDailySummary } from './demo/dailySummary.ts';
import { type Editor, openEditor } from './demo/editor.ts';
import { callEndpoint, waitForEndpoint } from './demo/endpoint.ts';
import { playTraffic } from './demo/playTraffic.ts';
import { readVersions } from './demo/versions.ts';
import { buildExtension } from './packageExtension.ts';
import { removeProfile } from './vscodeProfile.ts';

/** Until the first window has its endpoint, ms. */
const startTimeoutMs = 90_000;

async function playSample(editor: Editor): Promise<void> {
  const endpoint = await waitForEndpoint(editor.profile, startTimeoutMs);
  console.log(await readVersions(editor, endpoint));
  console.log(`VS Code:  ${editor.url ?? 'a window of its own'}`);
  console.log(`Endpoint: ${endpoint.url}`);
  console.log(`Database: ${path.join(endpoint.storage, 'usage.sqlite')}\n`);
  const zone = systemZone();
  const today = dayOf(Date.now(), zone);
  const budget = await playTraffic({
    endpoint,
    startOfToday: startOfDay(today, zone),
    onLiveCall: (call, spentUsd) =>
      console.log(`  ${call.taskType}: ${call.model} answered, ${formatUsd(spentUsd)} today`),
  });
  const summary = await callEndpoint<Summary>(endpoint, '/v1/summary?period=today&group_by=model');
  console.log(`\n${formatDailySummary(today, summary, budget)}`);
}

if (!(await buildExtension({ isQuiet: true }))) {
  process.exit(1);
}
let editor: Editor | undefined;
endChildrenOnStop(() => editor && removeProfile(editor.profile));
editor = await openEditor();
try {
  await playSample(editor);
} catch (error) {
  await editor.close();
  throw error;
}
if (process.argv.includes('--once')) {
  await editor.close();
  process.exit(0);
}
console.log('\nThe window stays open. Ctrl-C ends it.');
// The server's or the desktop's process keeps this one alive until Ctrl-C.
setInterval(() => undefined, 2 ** 31 - 1);
