import type { DocumentNote } from '../../estimator/documents/promptDocument.ts';
import { resolveEncoding } from '../../estimator/encodings.ts';
import type { PromptAnswer } from '../../estimator/estimatePrompt.ts';
import type { CountedFile } from '../../estimator/referencedFiles.ts';
import { formatCount } from '../text/numbers.ts';
import type { Translate } from '../text/translate.ts';
import { formatShare } from './estimateText.ts';

/** Sentences about an answer: what does not fit or has no price first, then what the figures leave out. */
export function formatNotes(answer: PromptAnswer, t: Translate): string[] {
  const { chosen, budgetShare } = answer;
  const { model, exact, totalUsd, contextShare } = chosen;
  return [
    ...(contextShare !== null && contextShare > 1
      ? [t('The prompt does not fit into the context window of {0}.', model)]
      : []),
    ...(budgetShare !== null && budgetShare > 1 ? [t("It likely costs more than is left of today's budget.")] : []),
    ...(totalUsd === null ? [t('No price is known for {0}. Set one in the setting spendLens.prices.', model)] : []),
    ...answer.files.filter(({ kind }) => kind !== 'found').map(file => formatLostFile(file, t)),
    ...answer.notes.map(note => formatNote(note, t)),
    ...(exact || resolveEncoding(model).isExact
      ? []
      : [t('{0} has no public tokenizer: its tokens are given as a range.', model)]),
  ];
}

function formatNote(note: DocumentNote, t: Translate): string {
  switch (note.kind) {
    case 'uncounted':
      return t('Not counted: {0}.', note.parts.map(part => translatePart(part, t)).join(', '));
    case 'toolsAsJson':
      return t(
        '{0} tools are counted as their JSON; each provider writes them in its own way.',
        formatCount(note.count),
      );
    case 'imagesWithoutSize':
      return t('{0} images have only an address and are counted as 1024 × 1024 pixels.', formatCount(note.count));
    case 'toolsNamed':
      return t('{0} tools are named; what their descriptions add is not counted.', formatCount(note.count));
    case 'unreadLines':
      return t('{0} lines are no requests and are not counted.', formatCount(note.count));
    case 'severalModels':
      return t('The lines name {0} models; each is priced with its own.', formatCount(note.count));
    case 'placeholders':
      return t('{0} placeholders are counted as they stand, not as what is filled in.', formatCount(note.count));
    case 'brokenFrontMatter':
      return t('The front matter is not valid YAML and is counted as text.');
  }
}

function translatePart(part: string, t: Translate): string {
  switch (part) {
    case 'audio':
      return t('audio');
    case 'files':
      return t('files');
    default:
      return t('other parts');
  }
}

function formatLostFile({ kind, name }: CountedFile, t: Translate): string {
  switch (kind) {
    case 'outside':
      return t('{0} is outside of the workspace and is not counted.', name);
    case 'binary':
      return t('{0} is not a text file and is not counted.', name);
    case 'tooLarge':
      return t('{0} is too large and is not counted.', name);
    case 'tooDeep':
      return t('{0} is referred to over more than five files and is not counted.', name);
    case 'tooMany':
      return t('{0} is one of too many files and is not counted.', name);
    default:
      return t('{0} is referred to and does not exist.', name);
  }
}

/** A file that is sent along: its tokens (of o200k_base, by which all models are counted but the oldest) and its share of all. */
export function formatFile({ contentTokens }: CountedFile, answer: PromptAnswer, t: Translate): string {
  const own = Object.values(contentTokens)[0] ?? 0;
  const all = Object.values(answer.counts.requests[0]?.contentTokens ?? {})[0] ?? 0;
  // In the tokens of the chosen model, whose factor is the same for all parts.
  const tokens = all === 0 ? 0 : Math.round((own / all) * answer.chosen.inputTokens);
  const about = answer.chosen.exact ? '' : '≈ ';
  return `${about}${t('{0} tokens', formatCount(tokens))} · ${formatShare(all === 0 ? 0 : own / all)}`;
}
