import { describe, expect, test } from 'vitest';
import { escapeMarkdown, escapeSentence, formatCommandLink, formatTable } from '../../../../src/ui/text/markdown.ts';

/** What Markdown shows for character references. */
const decode = (text: string) => text.replace(/&#(\d+);/g, (_, code: string) => String.fromCodePoint(Number(code)));

describe('escapeMarkdown', () => {
  test.each([
    '[click](command:evil)',
    '![x](https://evil/x.png)',
    '**bold** _em_ `code`',
    'a | b',
    '$(flame)',
    '<img src=x>',
    'www.evil.example https://evil.example a@evil.example',
    '&lt;',
    '# head',
    '\\|',
  ])('leaves nothing of %j that means something', hostile => {
    const escaped = escapeMarkdown(hostile);
    expect(escaped.replace(/&#\d+;/g, '')).not.toMatch(/[^\p{L}\p{N} -]/u);
    expect(decode(escaped)).toBe(hostile);
  });

  test('keeps names readable', () => {
    expect(escapeMarkdown('gpt-4')).toBe('gpt-4');
    expect(decode(escapeMarkdown('vendor/модель-4.1:é'))).toBe('vendor/модель-4.1:é');
  });

  test('puts everything on one line and drops marks that hide or reorder', () => {
    expect(decode(escapeMarkdown('a\r\nb\u2028c\u202Ed\u200B\0'))).toBe('a b c d');
  });

  test('shortens by characters, not by halves of them', () => {
    expect([...decode(escapeMarkdown('😀'.repeat(100)))]).toHaveLength(80);
  });
});

test('A command link carries its arguments whatever they hold', () => {
  const link = formatCommandLink('Set', 'spendLens.x', 'a)](b "c"');
  const target = /^\[Set\]\(command:spendLens\.x\?([^()[\]\s]+)\)$/.exec(link)?.[1] ?? '';
  expect(JSON.parse(decodeURIComponent(target))).toEqual(['a)](b "c"']);
  expect(formatCommandLink('Go', 'spendLens.x')).toBe('[Go](command:spendLens.x)');
});

test('A table has its first column left and the others right', () => {
  expect(formatTable(['', 'N'], [['a', '1']])).toBe('|  | N |\n| :-- | --: |\n| a | 1 |');
});

test('A sentence keeps what comes behind a long path', () => {
  const sentence = `Usage can't be stored in /${'a'.repeat(120)}: the disk is full.`;
  expect(escapeMarkdown(sentence)).not.toContain('disk');
  expect(escapeSentence(sentence)).toContain('the disk is full');
  expect(decode(escapeSentence('x'.repeat(900)))).toHaveLength(400);
});
