/** `npm run test:agents -- --record`: what the agents sent and wrote becomes fixtures of the unit tests. */
import { existsSync, readFileSync, rmSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { JsonObject } from '../../../src/capture/json.ts';
import { findTranscripts } from '../../../src/engine/import/findTranscripts.ts';
import { root } from '../../run/paths.ts';
import { writeText } from '../files.ts';
import type { ReportedCall } from '../provider/reportedCall.ts';
import type { RealAgent } from '../realAgent.ts';
import type { Delivery } from './recorder.ts';
import { hidePlace, trim, trimDelivery } from './trim.ts';

export const isRecording = process.env.SPEND_LENS_RECORD === '1';
const fixtures = join(root, 'test/fixtures/agents');

/** The calls that the provider told of, which the fixtures beside them must give. */
function writeCalls(agent: RealAgent, way: string, calls: readonly ReportedCall[]): void {
  const lines = calls.map(call => JSON.stringify(call)).join(',\n  ');
  writeText(join(fixtures, agent.name, `${way}-calls.json`), `[\n  ${lines}\n]\n`);
}

/** Keeps telemetry, one export request per line. Throws for one that is not JSON, which no connection of ours asks for. */
export function writeTelemetry(
  agent: RealAgent,
  home: string,
  calls: readonly ReportedCall[],
  deliveries: readonly Delivery[],
): void {
  const lines = deliveries.map(({ path, contentType, body }) => {
    if (!contentType.includes('json')) {
      throw new Error(`${agent.name} sent ${contentType} to ${path}.`);
    }
    return JSON.stringify({ path, body: trimDelivery(JSON.parse(body.toString()) as JsonObject, home) });
  });
  writeText(join(fixtures, agent.name, 'telemetry.jsonl'), `${lines.join('\n')}\n`);
  writeCalls(agent, 'telemetry', calls);
}

/** Keeps the transcripts and what lies beside them, in a home folder as they were; of a database its rows. */
export async function writeTranscripts(agent: RealAgent, home: string, calls: readonly ReportedCall[]): Promise<void> {
  const kept = join(fixtures, agent.name, 'home');
  rmSync(kept, { recursive: true, force: true });
  const folders = await findTranscripts([agent.name], { home, env: {} });
  const paths = folders.flatMap(({ files }) => files.map(({ path }) => path));
  for (const path of paths) {
    const place = join(kept, hidePlace(relative(home, path), home));
    if (path.endsWith('.db')) {
      writeText(`${place}.jsonl`, toLines(readMessages(path), home));
      continue;
    }
    const lines = readFileSync(path, 'utf8').trimEnd().split('\n');
    writeText(
      place,
      toLines(
        lines.map(line => JSON.parse(line)),
        home,
      ),
    );
    for (const beside of [path.replace(/\.jsonl$/, '.meta.json'), join(dirname(dirname(path)), '.project_root')]) {
      if (existsSync(beside)) {
        const text = readFileSync(beside, 'utf8');
        const isJson = beside.endsWith('.json');
        writeText(
          join(kept, hidePlace(relative(home, beside), home)),
          isJson ? `${JSON.stringify({ agentType: JSON.parse(text).agentType })}\n` : hidePlace(text, home),
        );
      }
    }
  }
  writeCalls(agent, 'transcript', calls);
}

function toLines(values: readonly unknown[], home: string): string {
  return values.map(value => `${JSON.stringify(trim(value, home))}\n`).join('');
}

/** OpenCode's messages as its database has them, `data` parsed. */
function readMessages(path: string): unknown[] {
  const database = new DatabaseSync(path, { readOnly: true });
  try {
    const rows = database
      .prepare('SELECT id, session_id, time_created, time_updated, data FROM message ORDER BY id')
      .all();
    return rows.map(row => ({ ...row, data: JSON.parse(String(row.data)) }));
  } finally {
    database.close();
  }
}
