/** The page's texts in the editor's language, as the extension handed them over. */
import { englishTexts, type Texts, textsId } from './englishTexts.ts';

export const texts: Texts = { ...englishTexts, ...readTexts() };

/** A text with its `{n}` replaced by values. */
export function fill(text: string, ...values: readonly string[]): string {
  return text.replace(/\{(\d)\}/g, (whole, index: string) => values[Number(index)] ?? whole);
}

/** What the extension handed over; nothing outside of a page. */
function readTexts(): Partial<Texts> {
  const json = typeof document === 'undefined' ? null : document.getElementById(textsId)?.textContent;
  return json ? (JSON.parse(json) as Partial<Texts>) : {};
}
