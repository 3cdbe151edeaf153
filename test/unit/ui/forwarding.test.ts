import { expect, it } from 'vitest';
import { formatForwarding } from '../../../src/ui/forwarding/forwardText.ts';
import { formatChargeback, lastMonths } from '../../../src/ui/report/chargeback.ts';

const t = (text: string, ...values: (string | number | boolean)[]) =>
  text.replaceAll(/\{(\d)\}/g, (_, index) => String(values[Number(index)]));
const now = Date.UTC(2026, 10, 22, 12);
const state = { name: 'team', type: 'postgresql', privacy: 'full', last_error: null } as const;

it('tells how forwarding goes in a line', () => {
  const format = (change: object) => formatForwarding({ ...state, waiting: 0, last_sent: null, ...change }, now, t);
  expect(format({ last_sent: '2026-11-22T11:59:56.000Z' })).toBe('team: all is sent, last sent 4 s ago');
  expect(format({ waiting: 1 })).toBe('team: 1 call waits');
  expect(format({ waiting: 1234, last_error: 'connect ECONNREFUSED.' })).toBe(
    'team: 1,234 calls wait, failed: connect ECONNREFUSED. It is tried again.',
  );
});

it('offers the last twelve months of the zone, over the turn of a year', () => {
  const months = lastMonths(Date.UTC(2026, 0, 31, 23, 30), 'Europe/Berlin');
  expect([months[0], months[1], months[2], months.length]).toEqual(['2026-02', '2026-01', '2025-12', 12]);
});

it('writes a chargeback with spend and subscriptions apart', () => {
  const figures = {
    requests: 2,
    prompt_tokens: 10,
    completion_tokens: 5,
    cache_read_tokens: 0,
    cache_write_tokens: 0,
    reasoning_tokens: 0,
    estimated_requests: 0,
    avg_latency_ms: null,
    unpriced_requests: 0,
  };
  const csv = formatChargeback('2026-11', [
    {
      key: { team: 'red, blue', project: null, user_id: 'ann', model: 'm' },
      ...figures,
      cost_usd: 3,
      subscription_cost_usd: 1,
    },
    {
      key: { team: '=sum(A1)', project: 'p', user_id: null, model: null },
      ...figures,
      cost_usd: null,
      subscription_cost_usd: null,
      unpriced_requests: 2,
    },
  ]);
  expect(csv.split('\r\n')).toEqual([
    'month,team,project,user,model,requests,input_tokens,output_tokens,spend_usd,subscription_usd,unpriced_requests',
    '2026-11,"red, blue",,ann,m,2,10,5,2,1,0',
    "2026-11,'=sum(A1),p,,,2,10,5,,,2",
    '',
  ]);
});
