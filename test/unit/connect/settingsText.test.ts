import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Connection, SettingsAgent } from '../../../src/connect/settingsAgent.ts';
import { settingsFiles as settingsAgents } from '../../../src/connect/settingsAgents.ts';
import { UneditableError } from '../../../src/connect/settingsSyntax.ts';
import { readValue } from '../../../src/connect/settingsTable.ts';
import { type Assignment, assign, holds, parseSettingsText, reverse } from '../../../src/connect/settingsText.ts';
import { jsonText, tomlText } from './agentSettings.ts';

const connection: Connection = {
  destination: { url: 'http://127.0.0.1:40123', token: 'secret-token' },
  owner: '/extensions',
  parts: { telemetry: true, hook: true },
  hookCommand: '/home/ann/.spend-lens/bin/check claude-code',
};

function assignmentsFor(agent: SettingsAgent, text: string): readonly Assignment[] {
  return agent.assignments(connection, parseSettingsText(agent.syntax, text));
}

const texts = { json: jsonText, toml: tomlText };
const runs = { numRuns: 300 };

describe.each(settingsAgents.map(agent => [agent.id, agent] as const))('the settings of %s', (_, agent) => {
  test('say what was assigned, and are what they were to the byte when it is taken back', () => {
    let connected = 0;
    fc.assert(
      fc.property(texts[agent.syntax], text => {
        const assignments = assignmentsFor(agent, text);
        const change = assign(agent.syntax, text, assignments);
        const table = parseSettingsText(agent.syntax, change.text);
        expect(assignments.every(assignment => holds(table, assignment))).toBe(true);
        const undone = reverse(agent.syntax, change.text, JSON.parse(toJson(change)), before => before === text);
        expect(undone).toEqual({ text, isExact: true, kept: [] });
        connected += 1;
      }),
      runs,
    );
    expect(connected).toBe(runs.numRuns);
  });

  test('keep what somebody else wrote meanwhile', () => {
    const later: Assignment = { path: ['later', 'by'], value: 'them' };
    fc.assert(
      fc.property(texts[agent.syntax], text => {
        const change = assign(agent.syntax, text, assignmentsFor(agent, text));
        const edited = assign(agent.syntax, change.text, [later]).text;
        const undone = reverse(agent.syntax, edited, JSON.parse(toJson(change)), before => before === text);
        const expected = assign(agent.syntax, text, [later]).text;
        expect(undone.isExact).toBe(false);
        expect(parseSettingsText(agent.syntax, undone.text)).toEqual(parseSettingsText(agent.syntax, expected));
      }),
      runs,
    );
  });

  test('leave a value that somebody has changed since, and say which', () => {
    const [first] = assignmentsFor(agent, '');
    const path = first?.path ?? [];
    const change = assign(agent.syntax, '', assignmentsFor(agent, ''));
    const edited = assign(agent.syntax, change.text, [{ path, value: 'mine' }]).text;
    const undone = reverse(agent.syntax, edited, change, () => false);
    expect(undone.kept).toEqual([path]);
    expect(readValue(parseSettingsText(agent.syntax, undone.text), path)).toBe('mine');
    expect(undone.text).not.toContain('40123');
  });
});

test.each(settingsAgents.filter(({ syntax }) => syntax === 'json').map(agent => [agent.id, agent] as const))(
  'the settings of %s lose ours also when the agent has written them anew in its own way',
  (_, agent) => {
    fc.assert(
      fc.property(jsonText, text => {
        const change = assign('json', text, assignmentsFor(agent, text));
        const rewritten = JSON.stringify({ ...parseSettingsText('json', change.text), more: 1 }, null, 3);
        const undone = reverse('json', rewritten, JSON.parse(toJson(change)), before => before === text);
        expect(parseSettingsText('json', undone.text)).toEqual({ ...parseSettingsText('json', text), more: 1 });
      }),
      runs,
    );
  },
);

describe('settings that can not be changed safely', () => {
  test.each([
    ['json', '{"env": '],
    ['json', '[1]'],
    ['json', '{"env": "none"}'],
    ['json', '{"env": {"A": "1"}, "env": {"B": "2"}}'],
  ] as const)('%s: %s', (syntax, text) => {
    const assignments: Assignment[] = [{ path: ['env', 'C'], value: '3' }];
    expect(() => assign(syntax, text, assignments)).toThrow(UneditableError);
  });

  test.each(['a = ', 'otel = { environment = "dev" }\n', 'otel = "x"\n'])('toml: %s', text => {
    expect(() => assign('toml', text, [{ path: ['otel', 'exporter'], value: 'none' }])).toThrow(UneditableError);
  });

  test('say the line that is wrong', () => {
    expect(() => assign('json', '{\n"a": 1,\n"b" 2}', [])).toThrow(/line 3/);
    expect(() => assign('toml', 'a = 1\nb = = 2\n', [])).toThrow(/line 2/);
  });
});

test('comments stay where they belong when a value is added', () => {
  const text = '{\n  "a": 1 // about a\n}\n';
  const added = assign('json', text, [{ path: ['env', 'B'], value: '2' }]).text;
  expect(added).toBe('{\n  "a": 1, // about a\n  "env": {\n    "B": "2"\n  }\n}\n');
});

test('what was written in one line stays in one', () => {
  expect(assign('json', '{"a":1}', [{ path: ['b'], value: 2 }]).text).toBe('{"a":1,"b": 2}');
});

/** As the undo record keeps it. */
function toJson(value: unknown): string {
  return JSON.stringify(value, (_, inner) => (typeof inner === 'bigint' ? Number(inner) : inner));
}

describe('taking a value out of a file that was changed since', () => {
  const reversal = { splices: [], newTables: [['env']], assignments: [{ path: ['env', 'B'], value: '2' }] };
  test.each([
    ['{\n  "a": 1, // about a\n  "env": {"B": "2"}\n}\n', '{\n  "a": 1 // about a\n}\n'],
    ['{\n  "env": {"B": "2"}, // theirs\n  "a": 1\n}', '{\n   // theirs\n  "a": 1\n}'],
    ['{"env":{"B":"2","C":"3"}}', '{"env":{"C":"3"}}'],
    ['{"env":{"C":"3", /* b, */ "B":"2"}}', '{"env":{"C":"3" /* b, */ }}'],
    ['{\r\n\t"env": {\r\n\t\t"C": "3",\r\n\t\t"B": "2",\r\n\t},\r\n}', '{\r\n\t"env": {\r\n\t\t"C": "3",\r\n\t},\r\n}'],
  ])('%s', (text, expected) => {
    expect(reverse('json', text, reversal, () => false).text).toBe(expected);
  });

  test('an item of a list, in one line and in several', () => {
    const hooks = { splices: [], newTables: [], assignments: [{ path: ['h'], item: { c: 1 }, was: [] }] };
    const without = (text: string) => reverse('json', text, hooks, () => false).text;
    expect(without('{"h":[{"c":1}]}')).toBe('{"h":[]}');
    expect(without('{"h":[{"a":1},{"c":1}]}')).toBe('{"h":[{"a":1}]}');
    expect(without('{"h":[{"c":1}, // ours\n{"a":1}]}')).toBe('{"h":[ // ours\n{"a":1}]}');
    expect(without('{\n  "h": [\n    {"a":1},\n    {"c":1},\n  ]\n}')).toBe('{\n  "h": [\n    {"a":1},\n  ]\n}');
  });
});
