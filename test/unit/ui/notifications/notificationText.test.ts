import { expect, test } from 'vitest';
import { formatPlainNotification } from '../../../../src/ui/notifications/notificationText.ts';

/** How VS Code finds links in a notification (`parseLinkedText`). */
const link = /\[([^\]]+)\]\(((?:https?:\/\/|command:|file:)[^)\s]+)(?: (["'])(.+?)(\3))?\)/i;

test('A name in a notification never becomes a link', () => {
  const text = 'x[y](command:workbench.action.quit) is priced from now on';
  expect(text).toMatch(link);
  expect(formatPlainNotification(text)).not.toMatch(link);
  expect(formatPlainNotification('a [b] (c)')).toBe('a [b] (c)');
});
