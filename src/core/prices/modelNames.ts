/**
 * The names a model is looked up by (docs/architecture.md, "Never a wrong number"): as reported, without a known vendor
 * prefix, without one trailing date. Nothing else is tried, because a similar name is often another price.
 */

/** Prefixes that say who made, sells or relays a model, and are no part of its name. */
const vendorPrefixes: readonly (string | RegExp)[] = [
  // The maker, as OpenRouter, LiteLLM, OpenCode and the AI SDKs write it.
  'anthropic/',
  'openai/',
  'google/',
  'mistral/',
  'mistralai/',
  'deepseek/',
  'deepseek-ai/',
  'x-ai/',
  'xai/',
  'cohere/',
  'moonshotai/',
  'moonshot/',
  'minimax/',
  'z-ai/',
  'zai/',
  'zai-org/',
  'perplexity/',
  // The seller or relay in front of it: Copilot Chat (`copilot/gpt-5`), LiteLLM's routes.
  'copilot/',
  'github_copilot/',
  'github-copilot/',
  'openrouter/',
  'azure/',
  'azure_ai/',
  'bedrock/',
  'vertex_ai/',
  'gemini/',
  // Google's resource names: Gemini API and Vertex AI.
  'models/',
  'publishers/google/models/',
  'publishers/anthropic/models/',
  // Bedrock's resource names, then its models of Anthropic by region of the inference profile.
  /^arn:aws[a-z-]*:bedrock:[a-z0-9-]*:\d*:(?:inference-profile|foundation-model)\//,
  /^(?:(?:us|eu|apac|jp|au|us-gov|global)\.)?anthropic\./,
];

/** A relay, a seller and a maker in front of a name; more is no name. */
const maxPrefixes = 3;

/** `-latest`, `-YYYY-MM-DD`, `-YYYYMMDD`, `@YYYYMMDD` (Vertex AI) and `@YYYY-MM-DD`. */
const trailingDate =
  /(?:-latest|[-@]20\d{2}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])|[-@]20\d{2}(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\d|3[01]))$/;

/** A name in the form names are compared in: model names differ in more than case, and the price library compares likewise. */
export function normalizeModelName(model: string): string {
  return model.trim().toLowerCase();
}

/**
 * The names to look a model up by, best first, in lower case: as reported, without its vendor prefixes one by one, then each
 * of these without one trailing date.
 */
export function modelNames(model: string): readonly string[] {
  const names = [normalizeModelName(model)];
  for (let count = 0; count < maxPrefixes; count += 1) {
    const rest = withoutPrefix(names.at(-1) ?? '');
    if (rest === null) {
      break;
    }
    names.push(rest);
  }
  const undated = names.map(name => name.replace(trailingDate, '')).filter(name => name !== '');
  return [...new Set([...names, ...undated])];
}

function withoutPrefix(name: string): string | null {
  for (const prefix of vendorPrefixes) {
    const rest =
      typeof prefix === 'string'
        ? name.startsWith(prefix)
          ? name.slice(prefix.length)
          : name
        : name.replace(prefix, '');
    if (rest !== name && rest !== '') {
      return rest;
    }
  }
  return null;
}
