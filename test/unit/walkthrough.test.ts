/** The walkthrough: pictures that exist and follow the theme, links and events that lead somewhere. */
import { existsSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { commands, contextKeys, defaultSettings, section, walkthroughs } from '../../src/contributions.ts';

const root = path.resolve(import.meta.dirname, '../..');
const read = (name: string) => readFileSync(path.join(root, name), 'utf8');
const texts: Record<string, string> = JSON.parse(read('package.nls.json'));
interface Step {
  readonly id: string;
  readonly description: string;
  readonly media: { readonly svg: string; readonly altText: string };
  readonly completionEvents: readonly string[];
}
const [walkthrough, ...others]: { readonly id: string; readonly steps: readonly Step[] }[] = JSON.parse(
  read('package.json'),
).contributes.walkthroughs;
const steps = walkthrough?.steps ?? [];

describe('the walkthrough', () => {
  test('is one, with the steps of a first run', () => {
    expect([walkthrough?.id, ...others]).toEqual([walkthroughs.firstSteps]);
    expect(steps.map(({ id }) => id)).toEqual(['connect', 'testRecord', 'budget', 'estimate', 'report']);
  });

  test.each(steps.map(step => [step.id, step] as const))(
    '%s has a picture in the colours of the theme',
    (_, { media }) => {
      expect(existsSync(path.join(root, media.svg))).toBe(true);
      const colors = [...read(media.svg).matchAll(/(?:fill|stroke)="([^"]+)"/g)].map(([, color]) => color as string);
      expect(colors.length).toBeGreaterThan(3);
      expect(colors.filter(color => color !== 'none' && !color.startsWith('var(--vscode-'))).toEqual([]);
      expect(texts[media.altText.slice(1, -1)]).toBeTruthy();
    },
  );

  test.each(steps.map(step => [step.id, step] as const))(
    '%s leads to commands that exist, and ends by one of them',
    (_, step) => {
      const linked = [...(texts[step.description.slice(1, -1)] ?? '').matchAll(/\(command:([^)]+)\)/g)].map(
        ([, id]) => id as string,
      );
      expect(linked.length).toBeGreaterThan(0);
      expect(linked.filter(id => !(Object.values(commands) as string[]).includes(id))).toEqual([]);
      const known: Record<string, readonly string[]> = {
        onCommand: Object.values(commands),
        onContext: Object.values(contextKeys),
        onSettingChanged: Object.keys(defaultSettings).map(key => `${section}.${key}`),
      };
      for (const event of step.completionEvents) {
        const [kind = '', name = ''] = event.split(':');
        expect(known[kind], event).toContain(name);
      }
      expect(linked.some(id => step.completionEvents.includes(`onCommand:${id}`))).toBe(true);
    },
  );
});
