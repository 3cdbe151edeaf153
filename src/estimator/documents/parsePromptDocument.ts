import { parseBatchFile } from './batchFile.ts';
import { type FileType, findFileType } from './fileTypes.ts';
import { parseFrontMatter } from './frontMatter.ts';
import { parseGithubPrompt } from './githubPrompt.ts';
import { parseMarkdownPrompt } from './markdownPrompt.ts';
import { oneRequest, type PromptDocument, type PromptSource, plainRequest } from './promptDocument.ts';
import { parsePrompty } from './prompty.ts';
import { findReferences } from './references.ts';
import { parseRequestBody } from './requestBody.ts';

/** Takes a prompt apart, by its file's name first and by what it looks like then. What is no known format is plain text. Never throws. */
export function parsePromptDocument(source: PromptSource): PromptDocument {
  const { text, fileName, languageId, isPlain } = source;
  const fileType = findFileType(fileName, languageId);
  if (isPlain) {
    const document = oneRequest(fileType, plainRequest(text));
    return source.references ? { ...document, references: findReferences(text, source.references) } : document;
  }
  return parseByType(text, fileType, languageId) ?? oneRequest(fileType, plainRequest(text));
}

function parseByType(text: string, fileType: FileType, languageId: string | undefined): PromptDocument | null {
  switch (fileType) {
    case '.prompt.yml':
      return parseGithubPrompt(text);
    case '.prompty':
      return parsePrompty(text);
    case '.jsonl':
      return parseBatchFile(text) ?? parseJson(text, fileType);
    case '.json':
      return parseJson(text, fileType) ?? parseBatchFile(text);
    case 'text':
      // A plain YAML file begins with `---` as well, and has no front matter.
      return parseJson(text, fileType) ?? (languageId === 'yaml' ? null : parseFronted(text));
    default:
      return parseMarkdownPrompt(text, fileType);
  }
}

/** Any text with front matter; a request body may follow it. */
function parseFronted(text: string): PromptDocument {
  const { bodyStart, model } = parseFrontMatter(text);
  const request = bodyStart > 0 ? parseJson(text.slice(bodyStart), 'text') : null;
  return request ? { ...request, model: model ?? request.model } : parseMarkdownPrompt(text, 'text');
}

function parseJson(text: string, fileType: FileType): PromptDocument | null {
  if (!/^\s*[[{]/.test(text)) {
    return null;
  }
  try {
    const parsed = parseRequestBody(JSON.parse(text));
    return parsed && { ...oneRequest(fileType, parsed.request), notes: parsed.notes };
  } catch {
    return null;
  }
}
