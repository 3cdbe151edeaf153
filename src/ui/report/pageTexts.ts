import { englishTexts, type Texts } from '../../../webview-ui/englishTexts.ts';
import type { Translate } from '../text/translate.ts';

/** The page's texts in the editor's language. Their places for values (`{0}`) stay: the page fills them. */
export function translatePageTexts(t: Translate): Texts {
  return Object.fromEntries(Object.entries(englishTexts).map(([key, text]) => [key, t(text)])) as Texts;
}
