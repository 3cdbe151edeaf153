import { expect, it } from 'vitest';
import { AlertMemory } from '../../../../src/ui/notifications/alertMemory.ts';

it('an alert is told once while it lasts, and again when it comes back', () => {
  const memory = new AlertMemory();
  expect(memory.take([])).toEqual([]);
  expect(memory.take(['full'])).toEqual(['full']);
  expect(memory.take(['full', 'damaged'])).toEqual(['damaged']);
  expect(memory.take(['full', 'damaged'])).toEqual([]);
  expect(memory.take(['damaged'])).toEqual([]);
  expect(memory.take(['full', 'damaged'])).toEqual(['full']);
});
