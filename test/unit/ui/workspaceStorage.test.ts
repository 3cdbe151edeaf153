import { expect, test } from 'vitest';
import { computeWorkspaceStorage } from '../../../src/ui/workspaceStorage.ts';

const md5 = '0123456789abcdef0123456789abcdef';
const of = (id: string) => `/home/a-1/User/workspaceStorage/${id}/spend-lens.spend-lens`;

test.each([md5, '6772c22d', '-6c8c1dbe', '-1'])('A second window of %s has the folder of the first', id => {
  expect(computeWorkspaceStorage(of(id))).toBe(of(id));
  expect(computeWorkspaceStorage(of(`${id}-1`))).toBe(of(id));
  expect(computeWorkspaceStorage(of(`${id}-12`))).toBe(of(id));
});

test('Windows paths are understood, and other folders are left alone', () => {
  const windows = String.raw`C:\User\workspaceStorage\6772c22d-1\spend-lens.spend-lens`;
  expect(computeWorkspaceStorage(windows)).toBe(windows.replace('-1', ''));
  expect(computeWorkspaceStorage('/data/abc-1/x')).toBe('/data/abc-1/x');
  expect(computeWorkspaceStorage(of('1700000000000'))).toBe(of('1700000000000'));
});
