import type { GroupKey, GroupSums } from '../../core/sums.ts';
import type { CallRow } from '../../ledger/tables/change.ts';
import { nameTimes, timeKeys } from '../../ledger/tables/slots.ts';

/** The values by which a call is grouped and chosen. */
export function keyOf({ record }: CallRow, keys: readonly GroupKey[], zone: string): GroupSums['key'] {
  const values: Record<GroupKey, string | null> = {
    provider: record.provider,
    model: record.model,
    agent: record.agent,
    session_id: record.sessionId,
    task_type: record.taskType,
    user_id: record.userId,
    team: record.team,
    project: record.project,
    branch: record.branch,
    folder: record.folder,
    plan: record.plan ?? 'api',
    day: null,
    hour: null,
    week: null,
    month: null,
    ...nameTimes(record.timestamp, timeKeys, zone),
  };
  return Object.fromEntries(keys.map(key => [key, values[key]]));
}
