import { describe, expect, it } from 'vitest';
import { parseSettings } from '../../../../src/core/settings/parseSettings.ts';

const team = { name: 'team', type: 'postgresql', url: 'postgresql://me@db.example.com/usage', privacy: 'calls' };
const collector = { name: 'c', type: 'otlp', url: 'https://c.example.com:4318', privacy: 'totals' };
const parse = (forward: unknown) => parseSettings({ forward });

describe('the setting forward', () => {
  it('takes good destinations as they are', () => {
    const full = { ...team, name: 'other', tls: 'off', caFile: '/etc/ca.pem' };
    expect(parse([team, collector, full])).toMatchObject({
      problems: [],
      settings: { forward: [team, collector, full] },
    });
    expect(parse(undefined).settings.forward).toEqual([]);
  });

  it.each([
    ['nothing', null, 'must be an object'],
    ['no name', { ...team, name: '' }, 'needs a name'],
    ['an unknown type', { ...team, type: 'mysql' }, 'type "postgresql" or "otlp"'],
    ['a password in the url', { ...team, url: 'postgresql://me:secret@db/usage' }, 'without a password'],
    ['a password in the query', { ...team, url: 'postgresql://me@db/usage?password=secret' }, 'without a password'],
    ['the url of something else', { ...team, url: 'https://db.example.com' }, 'needs a url'],
    ['a collector with a user name', { ...collector, url: 'https://me:secret@c.example.com' }, 'without user name'],
    ['no privacy level', { ...team, privacy: undefined }, 'privacy levels totals, calls, full'],
    ['an unknown tls mode', { ...team, tls: 'maybe' }, 'tls "verify" or "off"'],
  ])('refuses an entry with %s, says why without its secrets, and keeps the others', (_, entry, expected) => {
    const { settings, problems } = parse(
      [collector, entry].map((each, n) => (n === 0 ? { ...collector, name: 'first' } : each)),
    );
    expect(settings.forward.map(({ name }) => name)).toEqual(['first']);
    expect(problems).toHaveLength(1);
    expect(problems[0]).toMatchObject({ key: 'forward[1]', message: expect.stringContaining(expected) });
    expect(JSON.stringify(problems)).not.toContain('secret@');
  });

  it('refuses a second destination of a name', () => {
    const { settings, problems } = parse([team, { ...collector, name: 'team' }]);
    expect(settings.forward).toEqual([team]);
    expect(problems[0]?.message).toContain('has the name "team"');
  });
});
