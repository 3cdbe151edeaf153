/** Texts to count: 1 MB each of what people send, and 200 kB each of what hurts. The same on every computer with the same packages. */
import { readdirSync, readFileSync, statSync } from 'node:fs';
import { join } from 'node:path';

const root = join(import.meta.dirname, '../..');
const size = 1_000_000;
const hostileSize = 200_000;

export interface Corpus {
  readonly name: string;
  readonly text: string;
  readonly isHostile: boolean;
}

export function makeCorpora(): readonly Corpus[] {
  const random = createRandom(7);
  const pick = <T>(values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;
  const repeat = (make: () => string): string => {
    let text = '';
    while (text.length < hostileSize) {
      text += make();
    }
    return text.slice(0, hostileSize);
  };
  const letters = [...'abcdefghijklmnopqrstuvwxyz'];
  const base64 = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/'];
  const emoji = [...'😀🎉🚀🌍🧪🦀🐢🍎🔥💡🧭🪄👩‍💻🏳️‍🌈'];
  const wholeEmoji = repeat(() => pick(emoji));
  return [
    { name: 'prose', text: gather(/\.(md|markdown)$/i), isHostile: false },
    { name: 'code', text: gather(/\.(ts|mts|js|mjs)$/), isHostile: false },
    { name: 'JSON', text: gather(/\.json$/), isHostile: false },
    { name: 'CJK', text: makeCjk(pick), isHostile: false },
    { name: '200 kB of one letter', text: 'a'.repeat(hostileSize), isHostile: true },
    { name: '200 kB of random letters', text: repeat(() => pick(letters)), isHostile: true },
    { name: '200 kB of base64', text: repeat(() => pick(base64)), isHostile: true },
    { name: '200 kB of emoji', text: wholeEmoji.slice(0, wholeEmoji.lastIndexOf('😀')), isHostile: true },
    { name: '200 kB of spaces', text: ' '.repeat(hostileSize), isHostile: true },
  ];
}

/** Files of the installed packages in the order of their names, none of them twice and none minified. */
function gather(pattern: RegExp): string {
  const seen = new Set<string>();
  let text = '';
  const visit = (folder: string): void => {
    for (const entry of readdirSync(folder, { withFileTypes: true }).sort((a, b) => (a.name < b.name ? -1 : 1))) {
      if (text.length >= size) {
        return;
      }
      const path = join(folder, entry.name);
      if (entry.isDirectory()) {
        visit(path);
      } else if (entry.isFile() && pattern.test(entry.name) && statSync(path).size > 2000) {
        const content = readFileSync(path, 'utf8').slice(0, 60_000);
        const isReadable = content.length / content.split('\n').length < 200;
        const key = content.slice(0, 500);
        if (isReadable && !seen.has(key)) {
          seen.add(key);
          text += content;
        }
      }
    }
  };
  visit(join(root, 'node_modules'));
  return text.slice(0, size);
}

/** Sentences of Chinese, Japanese and Korean words: the names that ICU has for places, languages and currencies. */
function makeCjk(pick: <T>(values: readonly T[]) => T): string {
  const codes = [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].flatMap(first =>
    [...'ABCDEFGHIJKLMNOPQRSTUVWXYZ'].map(second => first + second),
  );
  const words = ['zh', 'ja', 'ko'].map(locale => {
    const regions = new Intl.DisplayNames(locale, { type: 'region' });
    const languages = new Intl.DisplayNames(locale, { type: 'language' });
    return codes
      .flatMap(code => [regions.of(code) ?? code, languages.of(code.toLowerCase()) ?? code])
      .filter(name => /\P{ASCII}/u.test(name));
  });
  let text = '';
  while (text.length < size / 3) {
    const language = pick(words);
    const length = 4 + Math.floor(text.length % 9);
    text += `${Array.from({ length }, () => pick(language)).join(language === words[2] ? ' ' : '')}。`;
  }
  return text;
}

/** mulberry32: the same numbers each time. */
function createRandom(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}
