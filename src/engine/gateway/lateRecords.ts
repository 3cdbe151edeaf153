import { setTimeout as sleep } from 'node:timers/promises';
import type { UsageRecord } from '../../core/usageRecord.ts';
import type { FailedCall } from '../../ledger/failedCalls.ts';
import { FolderHeldError } from '../folderLock.ts';
import { type LiveLedger, openLiveLedger } from '../liveLedger.ts';
import type { Log } from '../log.ts';
import { readStoredToken } from '../storedToken.ts';

/** What calls used that outlasted the engine that began them. */
export interface LateRecords {
  readonly records: readonly UsageRecord[];
  readonly failed: readonly FailedCall[];
}

/** The successor may be starting, or busy with a long import. ms */
const patienceMs = 120_000;
const pauseMs = 500;

/**
 * Stores what is late in the ledger of a folder that this engine has let go: through the engine that owns it now (`POST /v1/late`), or, where
 * nobody does, by opening it for that. Rejects when neither works for two minutes.
 */
export async function deliverLate({ folder, settings }: LiveLedger, late: LateRecords, log: Log): Promise<void> {
  for (const until = Date.now() + patienceMs; ; await sleep(pauseMs)) {
    try {
      const live = await openLiveLedger({ folder, settings, token: null, now: Date.now, log });
      live.lock.announce({ leaving: true });
      try {
        await live.append(late.records);
        await live.appendFailed(late.failed);
      } finally {
        await live.close();
      }
      return;
    } catch (error) {
      const url = error instanceof FolderHeldError ? error.owner.url : null;
      if (url !== null && (await post(url, folder, late))) {
        return;
      }
      if (Date.now() > until) {
        throw error;
      }
    }
  }
}

async function post(url: string, folder: string, late: LateRecords): Promise<boolean> {
  try {
    const token = await readStoredToken(folder);
    const answer = await fetch(`${url}/v1/late`, {
      method: 'POST',
      headers: { authorization: `Bearer ${token.text}`, 'content-type': 'application/json' },
      body: JSON.stringify(late),
      signal: AbortSignal.timeout(10_000),
    });
    await answer.body?.cancel();
    return answer.ok;
  } catch {
    return false;
  }
}
