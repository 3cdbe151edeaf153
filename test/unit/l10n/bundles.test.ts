/** No text is missing in German: neither of the code, nor of the report page, nor of the manifest. */
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { describe, expect, test } from 'vitest';
import { translatePageTexts } from '../../../src/ui/report/pageTexts.ts';
import { englishTexts } from '../../../webview-ui/englishTexts.ts';
import { extractTexts, root } from './extractTexts.ts';

const read = (name: string): Record<string, string> => JSON.parse(readFileSync(path.join(root, name), 'utf8'));
const manifest = JSON.parse(readFileSync(path.join(root, 'package.json'), 'utf8')) as { readonly l10n: string };
const bundle = read(path.join(manifest.l10n, 'bundle.l10n.de.json'));
const { texts, dynamic } = extractTexts();
const all = new Set([...texts, ...Object.values(englishTexts)]);

/** The places for values in a text, each once. */
const places = (text: string) => [...new Set(text.match(/\{\d\}/g))].sort().join();

describe('the German bundle', () => {
  test('has every text of the code and of the report page', () => {
    expect([...all].filter(text => !(text in bundle))).toEqual([]);
  });

  test('has no text that is gone', () => {
    expect(Object.keys(bundle).filter(text => !all.has(text))).toEqual([]);
  });

  test('keeps the places for values', () => {
    expect(Object.entries(bundle).filter(([english, german]) => places(english) !== places(german))).toEqual([]);
  });

  test('has no empty text', () => {
    expect(Object.entries(bundle).filter(([, german]) => german.trim() === '')).toEqual([]);
  });
});

describe('the German texts of the manifest', () => {
  const [english, german] = [read('package.nls.json'), read('package.nls.de.json')];

  test('are all there, and no others', () => {
    expect(Object.keys(german).sort()).toEqual(Object.keys(english).sort());
  });

  test('link to the same settings and run the same commands', () => {
    const links = (text: string | undefined) => (text?.match(/`#[^`]+#`|\(command:[^)]+\)/g) ?? []).sort();
    expect(Object.keys(english).filter(key => String(links(english[key])) !== String(links(german[key])))).toEqual([]);
  });

  test('name commands by their German titles', () => {
    const titles = Object.entries(german)
      .filter(([key]) => /^commands\..*\.title$/.test(key))
      .map(([, title]) => title.replace('…', ''));
    const named = Object.values(german).flatMap(text =>
      [...text.matchAll(/\*\*Spend Lens: ([^*]+)\*\*/g)].map(([, title]) => title),
    );
    expect(named.filter(title => !titles.includes(title ?? ''))).toEqual([]);
  });
});

describe('what is looked for', () => {
  test('is found: the code has texts, and hands over nothing but plain ones', () => {
    expect(texts.size).toBeGreaterThan(300);
    // The page's texts are handed over one by one; they are looked for by themselves.
    expect(dynamic).toEqual(['src/ui/report/pageTexts.ts: text']);
  });

  test('reaches the page with its places for values', () => {
    const german = translatePageTexts(text => bundle[text] ?? '');
    expect(german.loading).toBe('Nutzung wird geladen…');
    expect(german.unpricedOf).toBe('{0} von {1} ohne Preis');
  });
});
