import { describe, expect, test } from 'vitest';
import { parseFromPage } from '../../../../src/ui/report/parseFromPage.ts';
import { defaultPlace } from '../../../../webview-ui/state.ts';

const table = {
  title: 'T',
  columns: [{ id: 'a', title: 'A', isNumber: true }],
  rows: [[1], [null], ['x']],
  texts: [['1'], ['–'], ['x']],
};
const load = (place: object) => ({ type: 'load', request: 1, place: { ...defaultPlace, ...place } });
const exported = (change: object) => ({ type: 'export', format: 'csv', title: 'T', tables: [{ ...table, ...change }] });

describe('a message of the page', () => {
  test.for([
    [{ type: 'ready' }],
    [load({})],
    [load({ period: { kind: 'custom', from: '2026-11-01', to: '2026-11-02' }, filter: { model: ['a', null] } })],
    [load({ explained: { kind: 'calls', label: 'Spend', filter: { branch: ['main'] } } })],
    [exported({})],
    [{ type: 'run', command: 'setPriceOverride', model: 'x' }],
    [{ type: 'run', command: 'manageTrust' }],
  ])('is taken: %j', ([message]) => {
    expect(parseFromPage(message)).toEqual(message);
  });

  test.for([
    [null],
    ['load'],
    [{ type: 'load', request: 1 }],
    [{ type: 'load', request: 1.5, place: defaultPlace }],
    [load({ view: 'x' })],
    [load({ period: { kind: 'custom', from: '2026-02-30', to: '2026-03-01' } })],
    [load({ explained: { kind: 'calls' } })],
    [load({ session: 'x'.repeat(501) })],
    [exported({ rows: [[1, 2]] })],
    [exported({ rows: [[{}]] })],
    [exported({ texts: [] })],
    [{ ...exported({}), format: 'exe' }],
    [{ type: 'run', command: 'shutdown' }],
    [{ type: 'run', command: 'setPriceOverride', model: 1 }],
  ])('is none: %j', ([message]) => {
    expect(parseFromPage(message)).toBeNull();
  });

  test('loses the parts of a filter that are none', () => {
    const filter = { model: [1], branch: [], agent: ['codex'], day: ['x'] };
    expect(parseFromPage(load({ filter }))).toEqual(load({ filter: { agent: ['codex'] } }));
  });
});
