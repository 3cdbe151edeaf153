import type { Settings } from '../../contributions.ts';
import type { UsageRecord } from '../../core/usageRecord.ts';

/** The record with its agent's plan as it is set now, unless it has one. It is kept with the row: later changes don't touch it. */
export function withPlan(record: UsageRecord, plans: Settings['plans']): UsageRecord {
  const plan =
    record.plan ?? (record.agent !== null && Object.hasOwn(plans, record.agent) ? plans[record.agent] : null);
  return plan ? { ...record, plan } : record;
}
