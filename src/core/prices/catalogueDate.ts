/**
 * When the price data that came with a version was published, as an ISO day in UTC (`npm view @pydantic/genai-prices time`): every
 * version that ever priced calls, since these keep the name of theirs. A test holds that the installed one is here.
 */
const publishedOn: Readonly<Record<string, string>> = {
  'genai-prices@0.1.8': '2026-09-23',
};

/** How old a rate's prices are, by its source: the day on which they were published; null for the user's own. */
export function dateOfSource(source: string): string | null {
  return publishedOn[source.slice(0, source.indexOf(':'))] ?? null;
}
