import { readersOf } from '../../estimator/documents/fileTypes.ts';
import type { PromptDocument } from '../../estimator/documents/promptDocument.ts';
import type { TurnCalls } from '../../estimator/turnCost.ts';
import type { EngineHistory } from './engineHistory.ts';

/** The calls of 30 days of the agents that put such a file in front of each; null for a file that is not sent with every turn. */
export async function readTurnCalls(
  history: EngineHistory,
  { sending, fileType }: Pick<PromptDocument, 'sending' | 'fileType'>,
): Promise<readonly TurnCalls[] | null> {
  const readers = readersOf[fileType];
  if (sending !== 'everyTurn' || !readers) {
    return null;
  }
  const groups = await history.readMonth();
  return groups
    .filter(({ key }) => typeof key.agent === 'string' && readers.includes(key.agent) && typeof key.model === 'string')
    .map(({ key, requests, prompt_tokens, cache_read_tokens, cache_write_tokens }) => ({
      model: key.model ?? '',
      requests,
      promptTokens: prompt_tokens,
      cacheReadTokens: cache_read_tokens,
      cacheWriteTokens: cache_write_tokens,
    }));
}
