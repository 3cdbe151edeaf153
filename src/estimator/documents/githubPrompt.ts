import { parseYaml } from './frontMatter.ts';
import { notePlaceholders } from './placeholders.ts';
import { oneRequest, type PromptDocument } from './promptDocument.ts';
import { parseRequestBody } from './requestBody.ts';

/**
 * A `.prompt.yml` of GitHub Models: `model` and `messages` (docs.github.com/github-models/use-github-models/storing-prompts-in-github-repositories).
 * Null when it has no messages.
 */
export function parseGithubPrompt(text: string): PromptDocument | null {
  const parsed = parseRequestBody(parseYaml(text));
  if (!parsed) {
    return null;
  }
  const document = oneRequest('.prompt.yml', parsed.request);
  return { ...document, notes: [...parsed.notes, ...notePlaceholders(parsed.request.texts)] };
}
