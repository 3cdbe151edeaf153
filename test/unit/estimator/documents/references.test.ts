import { describe, expect, test } from 'vitest';
import { countPrompt } from '../../../../src/estimator/countPrompt.ts';
import type { PromptSource } from '../../../../src/estimator/documents/promptDocument.ts';
import {
  findReferences,
  type Reference,
  type ReferenceSyntax,
} from '../../../../src/estimator/documents/references.ts';
import { addFiles, countReferences, type FindFile } from '../../../../src/estimator/referencedFiles.ts';

const find = (text: string, syntax: ReferenceSyntax = 'prompt') =>
  findReferences(text, syntax).map(({ target }) => target);

describe('references of a prompt file', () => {
  test.each([
    ['Rewrite #file:src/a.ts, please.', ['src/a.ts']],
    ['See #file:\'a b.md\' and #file:"c.md"', ['a b.md', 'c.md']],
    ['[rules](./rules.md "title") and [more](<a b.md>)', ['./rules.md', 'a b.md']],
    ['[a](a%20b.md#part) [x](#part)', ['a b.md']],
    ['[w](https://x.y/a.md) [m](mailto:a@b.c) [p](//x/y)', []],
    ['![picture](a.png)', []],
    ['`[a](a.md)` and ``#file:b.md``', []],
    ['```\n[a](a.md)\n#file:b.md\n```\n[c](c.md)', ['c.md']],
    ['~~~~\n```\n[a](a.md)\n~~~~\n#file:b.md', ['b.md']],
    ['`` ` [a](a.md) ` `` [b](b.md)', ['b.md']],
    ['  ```md\n[a](a.md)\n  ```\n[b](b.md)', ['b.md']],
    ['<!-- [a](a.md) #file:b.md --> [c](c.md)', ['c.md']],
    ['<!--\n[a](a.md)\n```\n-->\n[b](b.md)', ['b.md']],
    ['```\n<!--\n```\n[a](a.md) -->', ['a.md']],
    ['[a](a.md) --> [b](b.md)', ['a.md', 'b.md']],
    ['[a](a.md) <!-- [b](b.md)', ['a.md']],
    ['`<!--` [a](a.md)', ['a.md']],
    ['#file:a.md #file:a.md [a](a.md)', ['a.md']],
    ['[b](b.md) #file:a.md', ['b.md', 'a.md']],
    ['[a][x], [x][] and [Y]\n\n[x]: docs/a.md "title"\n[y]: <b c.md>\n[unused]: d.md', ['docs/a.md', 'b c.md']],
    ['[a][x] [b][none]\n\n[x]: https://x.y/a.md', []],
    ['[![picture](a.png)](b.md) [**c `d`**](c.md)', ['b.md', 'c.md']],
    ['[two\nlines](a.md) \\[b](b.md)', ['a.md']],
    ['<https://x.y/a.md> https://x.y/b.md ada@x.md [c](c_\\(1\\).md)', ['c_(1).md']],
    ['[a](a.md)\r\n\r\n```\r\n[b](b.md)\r\n```\r\n#file:c.md\r\n', ['a.md', 'c.md']],
    ['- [a](a.md)\n  1. #file:b.md\n     - **[c](c.md)**\n- [ ] [d](d.md)', ['a.md', 'b.md', 'c.md', 'd.md']],
    ['- x\n\n  [a](a.md)\n\n      [b](b.md)\n\n  ```\n  [c](c.md)\n  ```\n- [d](d.md)', ['a.md', 'd.md']],
    ['text\n\n    [a](a.md) #file:b.md\n\n[c](c.md)', ['c.md']],
    ['text\n    [a](a.md)', ['a.md']],
    ['> ```\n> [a](a.md)\n> ```\n> > #file:b.md\n\n[c](c.md)', ['b.md', 'c.md']],
    ['> ```\n> [a](a.md)\n\n[b](b.md)', ['b.md']],
    ['# [a](a.md)\n\n| b | c |\n| - | - |\n| #file:b.md | [c](c.md) |', ['a.md', 'b.md', 'c.md']],
    ['<rules>\nSee [a](a.md), #file:b.md\nand <b>[c](<c d.md>)</b>\n</rules>', ['a.md', 'b.md', 'c d.md']],
    ['<rules>\n<!-- [a](a.md) -->\n```\n[b](b.md)\n```\n[c](c.md)\n</rules>', ['c.md']],
    ['x <!-- [a](a.md)\n\n[b](b.md) --> [c](c.md)', ['c.md']],
    ['\\<!-- [a](a.md)', ['a.md']],
    ['#file:src/__tests__/a.ts **#file:b.md**, [#file:c.md](d.md)', ['src/__tests__/a.ts', 'b.md', 'd.md', 'c.md']],
    ['[a](x.md?#file:b.md)', ['x.md']],
  ])('%j', (text, targets) => {
    expect(find(text)).toEqual(targets);
  });
});

describe('imports', () => {
  test.each([
    ['See @README and @docs/git.md.', ['README', 'docs/git.md']],
    ['- @~/.claude/mine.md', ['~/.claude/mine.md']],
    ['ada@example.com `@a.md`\n```\n@b.md\n```', []],
    ['<!-- @a.md -->\n@b.md', ['b.md']],
    ['@a\\ b.md', ['a b.md']],
    ['(@a.md)', []],
    ['`x`@a.md <!-- y -->@b.md **@c.md', []],
    ['@src/__init__.py, @a_b_c.md', ['src/__init__.py', 'a_b_c.md']],
    ['- a\n  - @b.md\n\n        @c.md\n> @d.md\n\n    @e.md', ['b.md', 'd.md']],
    ['<rules>\n@a.md\n</rules>', ['a.md']],
    ['[a]( @a.md) [see @b.md](c.md) ![ @d.md](e.png)', ['b.md']],
  ])('%j', (text, targets) => {
    expect(find(text, 'imports')).toEqual(targets);
  });

  test('of a word that may be a name are no mistake', () => {
    const certain = findReferences('@ada @./x @y.md @anthropic-ai/sdk', 'imports').map(({ isCertain }) => isCertain);
    expect(certain).toEqual([false, true, true, false]);
    expect(find('@a.md', 'none')).toEqual([]);
  });
});

test.each(['> ', '- ', '1. ', '>', '[', '**a ', '<!-- ', '<div>\n', '`'])('a megabyte of %j is answered', sign => {
  expect([[], ['a.md']]).toContainEqual(find(`${sign.repeat(1_000_000 / sign.length)}[a](a.md)`));
});

test('what is nested deeper than anybody writes has none, and lines of dashes are no lists', () => {
  expect(find(`${'> '.repeat(99)}[a](a.md)`)).toEqual(['a.md']);
  expect(find(`${'> '.repeat(100)}[a](a.md)`)).toEqual([]);
  expect(find(`${'-'.repeat(500)}\n[a](a.md)`)).toEqual(['a.md']);
  const steps = Array.from({ length: 500 }, (_, depth) => `${'  '.repeat(depth)}- a`).join('\n');
  expect([[], ['a.md']]).toContainEqual(find(`${steps}\n\n[a](a.md)`));
});

describe('files that are sent along', () => {
  const files: Record<string, string> = {
    'a.md': 'one two [b](b.md) [gone](gone.md)',
    'b.md': 'three [a](a.md) [main](main.prompt.md) [c](c.ts)',
    'c.ts': 'const x = 1; // [a](d.md)',
  };
  const count = async (source: PromptSource) => {
    const counts = await countPrompt(source, ['gpt-4.1']);
    return counts ?? Promise.reject(new Error('stopped'));
  };
  const findFile: FindFile = async ({ target }) => {
    const text = files[target];
    return target === 'main.prompt.md' || text !== undefined
      ? { kind: 'found', id: target, name: target, source: { text: text ?? '', fileName: target } }
      : { kind: 'missing', name: target };
  };
  const references = (text: string): readonly Reference[] => findReferences(text, 'prompt');

  test('are counted once each, whatever circles they make; a missing one is told', async () => {
    const document = { references: references('[a](a.md) [b](b.md) [a](a.md)') };
    const found = await countReferences(document, { id: 'main.prompt.md', find: findFile, count });
    expect(found.map(({ name, kind }) => [name, kind])).toEqual([
      ['a.md', 'found'],
      ['b.md', 'found'],
      ['gone.md', 'missing'],
      ['c.ts', 'found'],
    ]);
    const own = await count({ text: 'do it', fileName: 'main.prompt.md' });
    const sum = found.reduce((total, file) => total + (file.contentTokens.o200k_base ?? 0), 0);
    expect(sum).toBeGreaterThan(20);
    expect(addFiles(own, found).requests[0]?.contentTokens.o200k_base).toBe(2 + sum);
  });

  test('are sent whole, their front matter too', async () => {
    const find: FindFile = async () => ({
      kind: 'found',
      id: 'x',
      name: 'x.md',
      source: { text: '---\nmodel: x\n---\nhi', fileName: 'x.prompt.md' },
    });
    const [file] = await countReferences({ references: references('[x](x.md)') }, { id: 'm', find, count });
    expect(file?.contentTokens.o200k_base).toBeGreaterThan(5);
  });

  test('are followed five deep', async () => {
    const find: FindFile = async ({ target }) => {
      const next = `${Number.parseInt(target, 10) + 1}.md`;
      return { kind: 'found', id: target, name: target, source: { text: `[n](${next})`, fileName: target } };
    };
    const found = await countReferences({ references: references('[n](1.md)') }, { id: 'm', find, count });
    expect(found.map(({ kind }) => kind)).toEqual(['found', 'found', 'found', 'found', 'found', 'tooDeep']);
  });
});
