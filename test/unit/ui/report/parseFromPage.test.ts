import { expect, test } from 'vitest';
import { parseFromPage } from '../../../../src/ui/report/parseFromPage.ts';

test.each([
  { type: 'ready' },
  { type: 'load', request: 1, period: { kind: 'named', name: '30d' } },
  { type: 'load', request: 2, period: { kind: 'custom', from: '2026-10-01', to: '2026-11-01' } },
  { type: 'export', format: 'csv' },
  { type: 'run', command: 'copyConnectionSettings' },
  { type: 'run', command: 'setPriceOverride', model: 'x' },
])('takes %j as it is', message => {
  expect(parseFromPage({ ...message, more: 1 })).toEqual(message);
});

test.each([
  null,
  'ready',
  [],
  {},
  { type: 'other' },
  { type: 'load', request: '1', period: { kind: 'named', name: 'today' } },
  { type: 'load', request: 1, period: { kind: 'named', name: 'week' } },
  { type: 'load', request: 1, period: { kind: 'custom', from: '2026-02-30', to: '2026-03-05' } },
  { type: 'load', request: 1, period: { kind: 'custom', from: '2026-03-05', to: '2026-03-05' } },
  { type: 'load', request: 1, period: { kind: 'custom', from: 'today', to: 'x' } },
  { type: 'export', format: 'exe' },
  { type: 'run', command: 'workbench.action.quit' },
  { type: 'run', command: 'toString' },
  { type: 'run', command: 'setPriceOverride', model: 'x'.repeat(501) },
  { type: 'run', command: 'setPriceOverride', model: {} },
])('drops %j', message => {
  expect(parseFromPage(message)).toBeNull();
});
