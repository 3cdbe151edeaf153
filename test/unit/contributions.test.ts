import { readFileSync } from 'node:fs';
import { describe, expect, test } from 'vitest';
import { commands, contextKeys, defaultSettings, type Setting, section, views } from '../../src/contributions.ts';

interface Property {
  readonly type: string;
  readonly default: unknown;
  readonly scope: string;
  readonly order: number;
  readonly markdownDescription: string;
  readonly [key: string]: unknown;
}
interface MenuItem {
  readonly command: string;
  readonly when?: string;
  readonly group?: string;
}
interface CommandItem {
  readonly command: string;
  readonly title: string;
  readonly category: string;
  readonly enablement?: string;
}

const read = (name: string) => readFileSync(new URL(`../../${name}`, import.meta.url), 'utf8');
const manifest = JSON.parse(read('package.json'));
const texts: Record<string, string> = JSON.parse(read('package.nls.json'));
const contributed: CommandItem[] = manifest.contributes.commands;
const properties: Record<string, Property> = manifest.contributes.configuration.properties;
const menus: Record<string, MenuItem[]> = manifest.contributes.menus;
const property = (key: Setting) => properties[`${section}.${key}`] as Property;
const textOf = (key: string) => texts[key.slice(1, -1)] as string;

describe('commands', () => {
  test('are the same in the manifest and in the code', () => {
    expect(contributed.map(item => item.command).sort()).toEqual(Object.values(commands).sort());
  });

  test('are called `spendLens.<name>` after their key', () => {
    for (const [key, id] of Object.entries(commands)) {
      expect(id).toBe(`${section}.${key}`);
    }
  });

  test('have the product as category and a title in Title Case without it', () => {
    for (const { title, category } of contributed) {
      expect(textOf(category)).toBe(manifest.displayName);
      for (const word of textOf(title).split(' ')) {
        expect(word).toMatch(/^([A-Z]|of$|a$|as$)/);
      }
      expect(textOf(title)).not.toContain(manifest.displayName);
    }
  });
});

describe('settings', () => {
  test('are the same in the manifest and in the code, with the same defaults', () => {
    const defaults = Object.fromEntries(Object.entries(properties).map(([key, { default: value }]) => [key, value]));
    const expected = Object.fromEntries(
      Object.entries(defaultSettings).map(([key, value]) => [`${section}.${key}`, value]),
    );
    expect(defaults).toEqual(expected);
  });

  test('have the type of their default', () => {
    const typeOf = (value: unknown) => (Array.isArray(value) ? 'array' : typeof value);
    for (const [key, value] of Object.entries(defaultSettings)) {
      expect(property(key as Setting).type.replace('integer', 'number'), key).toBe(typeOf(value));
    }
  });

  test('that open a port, say where calls go or send something away are the machine’s, the others the window’s', () => {
    const names = [
      'ingest.port',
      'plans',
      'gateway.terminal',
      'gateway.upstreams',
      'transcripts.watch',
      'forward',
      'estimate.providerCount',
    ];
    const machine = names.map(name => `${section}.${name}`);
    for (const [id, { scope }] of Object.entries(properties)) {
      expect(scope, id).toBe(machine.includes(id) ? 'machine' : 'window');
    }
  });

  test('are restricted in untrusted workspaces where they could hide spend, charge it to others, or stop work', () => {
    const budgets = Object.keys(defaultSettings).filter(key => /^budgets?(?:\.|$)/.test(key));
    const expected = ['prices', ...budgets, 'labels'].map(key => `${section}.${key}`);
    expect(manifest.capabilities.untrustedWorkspaces.restrictedConfigurations).toEqual(expected);
  });

  test('are ordered, each in its own place', () => {
    const orders = Object.values(properties).map(({ order }) => order);
    expect(orders).toEqual([...new Set(orders)].sort((a, b) => a - b));
  });

  test('reject what can’t be', () => {
    expect(property('budget.daily').minimum).toBe(0);
    expect(property('budget.thresholds').items).toMatchObject({ type: 'integer', minimum: 1 });
    expect(property('ingest.port')).toMatchObject({ type: 'integer', minimum: 0, maximum: 65535 });
    expect(property('retention.detailDays')).toMatchObject({ type: 'integer', minimum: 0 });
    expect(property('estimate.expectedOutputTokens')).toMatchObject({ type: 'integer', minimum: 0 });
    expect(property('prices').additionalProperties).toMatchObject({
      required: ['input', 'output'],
      additionalProperties: false,
    });
    const zone = new RegExp(property('timeZone').pattern as string);
    const accepted = ['', 'UTC', 'Europe/Berlin', 'America/Argentina/Buenos_Aires', 'Etc/GMT+5'];
    expect(accepted.filter(name => !zone.test(name))).toEqual([]);
    expect(['+01:00', 'Europe/', ' UTC'].filter(name => zone.test(name))).toEqual([]);
  });

  test('link to their neighbours', () => {
    const links = (id: string) =>
      [...textOf(properties[id]?.markdownDescription ?? '').matchAll(/`#([^#`]+)#`/g)].map(([, linked]) => linked);
    expect(Object.keys(properties).filter(id => links(id).every(linked => linked === id))).toEqual([]);
  });

  test('say what they can be, unless they are on or off', () => {
    const rules = ['enum', 'minimum', 'pattern', 'items', 'additionalProperties'];
    const free = Object.entries(properties).filter(
      ([, rule]) => rule.type !== 'boolean' && !rules.some(name => name in rule),
    );
    expect(free.map(([id]) => id)).toEqual([]);
  });

  test('link only to settings that exist', () => {
    for (const [, id] of Object.values(texts)
      .join('\n')
      .matchAll(/`#([^#`]+)#`/g)) {
      expect(Object.keys(properties)).toContain(id);
    }
  });

  test('have the display name as title', () => {
    expect(textOf(manifest.contributes.configuration.title)).toBe(manifest.displayName);
  });
});

describe('texts', () => {
  const used = [...read('package.json').matchAll(/"%([^%"]+)%"/g)].map(([, key]) => key as string);

  test('that the manifest names exist', () => {
    expect(used.filter(key => !texts[key])).toEqual([]);
  });

  test('are all used', () => {
    expect(Object.keys(texts).filter(key => !used.includes(key))).toEqual([]);
  });

  test('name only commands that exist', () => {
    const titles = contributed.map(({ title }) => textOf(title).replace('…', ''));
    for (const [, title] of Object.values(texts)
      .join('\n')
      .matchAll(/\*\*Spend Lens: ([^*]+)\*\*/g)) {
      expect(titles).toContain(title);
    }
  });
});

describe('menus', () => {
  const items = Object.values(menus).flat();

  test('hold only contributed commands', () => {
    expect(items.filter(({ command }) => !contributed.some(item => item.command === command))).toEqual([]);
  });

  test('offer the estimate for editors and prompt files', () => {
    const places = Object.entries(menus).filter(([, entries]) =>
      entries.some(({ command }) => command === commands.estimatePromptCost),
    );
    expect(places.map(([name]) => name).sort()).toEqual(['editor/context', 'explorer/context']);
    const when = menus['explorer/context']?.[0]?.when ?? '';
    const extension = new RegExp(/=~ \/(.+)\/i/.exec(when)?.[1] ?? '$never');
    expect(['.md', '.prompty', '.txt', '.json'].every(name => extension.test(name))).toBe(true);
    expect(['.ts', '.png', '.mdx'].some(name => extension.test(name))).toBe(false);
  });

  test('offer an export only where there is a report', () => {
    for (const command of [commands.exportCsv, commands.exportJson]) {
      const palette = menus.commandPalette?.find(item => item.command === command);
      expect(palette?.when).toBe(contextKeys.reportOpen);
      expect(contributed.find(item => item.command === command)?.enablement).toBe(contextKeys.reportOpen);
      expect(menus['editor/title']?.find(item => item.command === command)?.when).toContain(views.report);
    }
  });

  test('ask only for context keys of ours that exist', () => {
    const known: string[] = [...Object.values(contextKeys), ...Object.values(views)];
    const conditions = [...items.map(({ when }) => when ?? ''), ...contributed.map(item => item.enablement ?? '')];
    for (const [key] of conditions.join(' ').matchAll(/spendLens\.\w+/g)) {
      expect(known).toContain(key);
    }
  });
});

test('The extension starts after the window and for a report that is restored, never with the window', () => {
  expect(manifest.activationEvents).toEqual(['onStartupFinished', `onWebviewPanel:${views.report}`]);
});
