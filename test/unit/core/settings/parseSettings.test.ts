import { describe, expect, it } from 'vitest';
import { defaultSettings, type Setting } from '../../../../src/contributions.ts';
import { nestSettings } from '../../../../src/core/settings/nestSettings.ts';
import { parseSettings } from '../../../../src/core/settings/parseSettings.ts';

describe('parseSettings', () => {
  it('gives the defaults for nothing', () => {
    expect(parseSettings({})).toEqual({ settings: defaultSettings, problems: [] });
  });

  it('reads nested and dotted keys', () => {
    const nested = {
      budget: { daily: 7.5, thresholds: [60, 90], notifications: false, enforce: 'gateway', runaway: 0 },
      timeZone: 'Asia/Kathmandu',
      prices: { 'my-*': { input: 1, output: 2, cacheWrite1h: 0 } },
      estimate: {
        model: 'gpt-5',
        expectedOutputTokens: 0,
        taskType: ' review ',
        codeLens: false,
        statusItem: false,
        liveLimit: 0,
        providerCount: true,
      },
      'ingest.port': 4318,
      gateway: { upstreams: { openai: 'http://127.0.0.1:9000' }, includeUsage: false, terminal: ['openai'] },
      labels: { team: ' core ', user: '' },
      retention: { detailDays: 90 },
      plans: { codex: 'subscription' },
      transcripts: { watch: { codex: true, roo: false } },
      statusBar: { show: 'tokens', scope: 'machine', alignment: 'left', priority: -5 },
    };
    expect(parseSettings(nested)).toEqual({
      settings: {
        'budget.daily': 7.5,
        'budget.thresholds': [60, 90],
        'budget.notifications': false,
        'budget.enforce': 'gateway',
        'budget.runaway': 0,
        budgets: [],
        timeZone: 'Asia/Kathmandu',
        prices: { 'my-*': { input: 1, output: 2, cacheWrite1h: 0 } },
        'estimate.model': 'gpt-5',
        'estimate.expectedOutputTokens': 0,
        'estimate.taskType': 'review',
        'estimate.codeLens': false,
        'estimate.statusItem': false,
        'estimate.liveLimit': 0,
        'estimate.providerCount': true,
        'ingest.port': 4318,
        'gateway.upstreams': { openai: 'http://127.0.0.1:9000' },
        'gateway.includeUsage': false,
        labels: { team: 'core' },
        'gateway.terminal': ['openai'],
        plans: { codex: 'subscription' },
        'transcripts.watch': { codex: true, roo: false },
        'retention.detailDays': 90,
        forward: [],
        'statusBar.show': 'tokens',
        'statusBar.scope': 'machine',
        'statusBar.alignment': 'left',
        'statusBar.priority': -5,
      },
      problems: [],
    });
  });

  it.each<[Setting, unknown]>([
    ['statusBar.show', 'year'],
    ['estimate.taskType', 5],
    ['estimate.taskType', 'x'.repeat(201)],
    ['statusBar.scope', 'galaxy'],
    ['statusBar.alignment', 'top'],
    ['statusBar.priority', '1'],
    ['budget.daily', -1],
    ['budget.daily', '5'],
    ['budget.daily', Number.NaN],
    ['budget.daily', null],
    ['budget.thresholds', 80],
    ['budget.thresholds', [80, 0]],
    ['budget.thresholds', [80, '90']],
    ['budget.notifications', 'yes'],
    ['budget.enforce', true],
    ['budget.runaway', 1],
    ['budgets', {}],
    ['labels', []],
    ['timeZone', 'Berlin'],
    ['timeZone', '+02:00'],
    ['estimate.model', ' '],
    ['estimate.expectedOutputTokens', 1.5],
    ['estimate.codeLens', 'yes'],
    ['estimate.liveLimit', 0.5],
    ['estimate.providerCount', 1],
    ['ingest.port', 65_536],
    ['gateway.includeUsage', 'yes'],
    ['gateway.upstreams', []],
    ['retention.detailDays', -1],
    ['retention.detailDays', 1.5],
    ['prices', []],
  ])('keeps the default of %s for %s and says what is expected', (key, bad) => {
    const { settings, problems } = parseSettings({ [key]: bad });
    expect(settings).toEqual(defaultSettings);
    expect(problems).toEqual([
      {
        key,
        message: expect.stringMatching(/ must be .+; .+\.$/),
        expectation: expect.stringMatching(/ must be [^;]+\.$/),
      },
    ]);
  });

  it('drops upstreams that are no URL prefix, or hold a key, and keeps the others', () => {
    const good = { openai: 'http://127.0.0.1:9000', 'my.proxy': 'https://llm.example.com/v1/' };
    const bad = {
      a: 'ftp://example.com',
      b: 'https://ann:secret@example.com',
      c: 'https://example.com?key=secret',
      d: 'example.com',
      e: 1,
      'f/g': 'https://example.com',
    };
    const { settings, problems } = parseSettings({ gateway: { upstreams: { ...good, ...bad } } });
    expect(settings['gateway.upstreams']).toEqual(good);
    expect(problems.map(({ key }) => key)).toEqual(Object.keys(bad).map(name => `gateway.upstreams.${name}`));
    expect(JSON.stringify(problems)).not.toContain('secret');
  });

  it('drops labels that are no line of text, or have a name nobody knows, and keeps the others', () => {
    const bad = { user: 'a\nb', project: 'x'.repeat(201), cost_center: '7', __proto__: { team: 'x' } };
    const { settings, problems } = parseSettings({ labels: { team: 'Zoë & co', ...bad } });
    expect(settings.labels).toEqual({ team: 'Zoë & co' });
    expect(problems.map(({ key }) => key)).toEqual(['labels.user', 'labels.project', 'labels.cost_center']);
  });

  it('drops one bad price and keeps the others', () => {
    const good = { input: 1, output: 2 };
    const { settings, problems } = parseSettings({
      prices: {
        good,
        'no output': { input: 1 },
        negative: { input: -1, output: 2 },
        text: { ...good, cacheRead: '1' },
      },
    });
    expect(settings.prices).toEqual({ good });
    expect(problems.map(({ key }) => key)).toEqual(['prices.no output', 'prices.negative', 'prices.text']);
  });

  it('ignores what it does not know', () => {
    const later = { gateway: { upstreams: {} }, budget: { enforce: 'off', daily: 5 }, toString: 1 };
    expect(parseSettings(later)).toEqual({ settings: defaultSettings, problems: [] });
  });

  it('is not fooled by names of the prototype', () => {
    const { settings } = parseSettings(JSON.parse('{"prices":{"__proto__":{"input":1,"output":2}}}'));
    expect(Object.keys(settings.prices)).toEqual(['__proto__']);
    expect(Object.getPrototypeOf(settings.prices)).toBe(Object.prototype);
  });

  it('says so when it is no object', () => {
    for (const bad of [null, [], 5, 'x']) {
      expect(parseSettings(bad)).toEqual({
        settings: defaultSettings,
        problems: [{ key: '', message: expect.any(String), expectation: expect.any(String) }],
      });
    }
  });
});

describe('nestSettings', () => {
  it('is the inverse of parseSettings', () => {
    const settings = { ...defaultSettings, 'budget.daily': 9, prices: { 'a.b': { input: 1, output: 2 } } };
    expect(parseSettings(nestSettings(settings))).toEqual({ settings, problems: [] });
    expect(nestSettings({ 'budget.daily': 5, timeZone: 'UTC' })).toEqual({ budget: { daily: 5 }, timeZone: 'UTC' });
  });
});
