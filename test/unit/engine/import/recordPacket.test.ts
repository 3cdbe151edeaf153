import fc from 'fast-check';
import { expect, it } from 'vitest';
import { emptyRecord, type UsageRecord } from '../../../../src/core/usageRecord.ts';
import { packRecords, unpackRecords } from '../../../../src/engine/import/recordPacket.ts';

const name = fc.option(fc.constantFrom('a', 'b', 'ä"\n'), { nil: null });
const count = fc.nat({ max: 1e12 });
const optional = fc.option(count, { nil: null });
const ids = fc.array(fc.constantFrom('req_1', 'msg_1', '~own', ''), { maxLength: 3 });

const record: fc.Arbitrary<UsageRecord> = fc.record({
  ids,
  requestId: fc.option(fc.constantFrom('req_1', 'other', ''), { nil: null }),
  timestamp: count,
  provider: name,
  model: name,
  agent: name,
  sessionId: name,
  taskType: name,
  userId: name,
  team: name,
  project: name,
  branch: name,
  folder: name,
  plan: fc.constantFrom('api', 'subscription', null),
  cwd: name,
  endpoint: name,
  latencyMs: optional,
  serviceTier: name,
  speed: name,
  inferenceGeo: name,
  webSearches: count,
  tokens: fc.record({
    input: optional,
    cacheRead: count,
    cacheWrite5m: count,
    cacheWrite1h: count,
    cacheWrite: count,
    output: optional,
    reasoning: optional,
  }),
  completeness: fc.constantFrom('complete', 'lower_bound', 'estimated'),
  signal: fc.constantFrom('transcript', 'gateway'),
  billedNanoUsd: optional,
  agentCostNanoUsd: optional,
});

it('brings every record over as it was', () => {
  expect(Object.keys(fc.sample(record, 1)[0] ?? {}).sort()).toEqual(Object.keys(emptyRecord).sort());
  fc.assert(
    fc.property(fc.array(record, { maxLength: 20 }), records => {
      expect(unpackRecords(structuredClone(packRecords(records, records.length)))).toEqual(records);
    }),
  );
});

it('sends what calls have in common once', () => {
  const records = Array.from({ length: 100 }, (_, index) => ({ ...emptyRecord, ids: [`${index}`], timestamp: index }));
  expect(packRecords(records, 100).kinds).toHaveLength(1);
});
