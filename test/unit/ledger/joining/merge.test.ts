import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { completenesses, signals } from '../../../../src/core/usageRecord.ts';
import { isBetter, isPricedAlike, mergeRecords } from '../../../../src/ledger/joining/merge.ts';
import { makeRecord, makeTokens } from '../makeLedger.ts';

const observation = fc
  .record({
    completeness: fc.constantFrom(...completenesses),
    signal: fc.constantFrom(...signals),
    input: fc.nat(1000),
    output: fc.nat(1000),
  })
  .map(({ input, output, ...rest }) => makeRecord({ ...rest, tokens: makeTokens({ input, output }) }));

describe('which observation of a call wins', () => {
  it('prefers complete over lower bound over estimated, whatever the signal', () => {
    const lowerBound = makeRecord({
      completeness: 'lower_bound',
      signal: 'gateway',
      tokens: makeTokens({ output: 9000 }),
    });
    const complete = makeRecord({ signal: 'transcript' });
    const estimated = makeRecord({ completeness: 'estimated', signal: 'gateway' });
    expect(isBetter(complete, lowerBound)).toBe(true);
    expect(isBetter(lowerBound, complete)).toBe(false);
    expect(isBetter(lowerBound, estimated)).toBe(true);
  });

  it('prefers the better signal among complete ones, even when it counts less', () => {
    const gateway = makeRecord({ signal: 'gateway', tokens: makeTokens({ output: 10 }) });
    const transcript = makeRecord({ signal: 'transcript' });
    expect(isBetter(gateway, transcript)).toBe(true);
    expect(isBetter(transcript, gateway)).toBe(false);
  });

  it('keeps the largest of growing partials', () => {
    const early = makeRecord({ completeness: 'lower_bound', tokens: makeTokens({ output: 2 }) });
    const late = makeRecord({ completeness: 'lower_bound', tokens: makeTokens({ output: 412 }) });
    expect(mergeRecords(mergeRecords(early, late), early).tokens.output).toBe(412);
  });

  it('gives the same figures in whatever order three observations come', () => {
    fc.assert(
      fc.property(observation, observation, observation, (a, b, c) => {
        const figures = (x: typeof a, y: typeof a, z: typeof a) => {
          const { tokens, completeness, signal } = mergeRecords(mergeRecords(x, y), z);
          return [(tokens.input ?? 0) + (tokens.output ?? 0), completeness, signal];
        };
        expect(figures(c, b, a)).toEqual(figures(a, b, c));
        expect(figures(b, a, c)).toEqual(figures(a, b, c));
      }),
    );
  });

  it('takes descriptions from either and unites the ids', () => {
    const log = makeRecord({ ids: ['req_1'], signal: 'otlp_log', sessionId: 's1', taskType: null });
    const transcript = makeRecord({ ids: ['msg_1'], signal: 'transcript', sessionId: 'other', taskType: 'review' });
    const merged = mergeRecords(transcript, log);
    expect(merged).toMatchObject({ ids: ['msg_1', 'req_1'], sessionId: 's1', taskType: 'review', signal: 'otlp_log' });
  });

  it('prices anew when the tier comes to light and not when only a name does', () => {
    const row = makeRecord();
    expect(isPricedAlike(row, mergeRecords(row, makeRecord({ team: 'core' })))).toBe(true);
    expect(isPricedAlike(row, mergeRecords(row, makeRecord({ serviceTier: 'batch' })))).toBe(false);
  });
});
