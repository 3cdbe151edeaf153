import type { Estimator } from '../../estimator/estimatorWorker.ts';
import type { TextHashes } from '../estimates/keptEstimates.ts';
import type { HeldBytes } from './heldBytes.ts';
import { decodeHeld } from './tokenGuess.ts';

/**
 * Hashes of what a request sent, by which an estimate of the same text is found; undefined where its body was not held as a whole, or is no
 * request that the estimator reads. Counted in the worker, and only while an estimate waits.
 */
export async function hashRequest(
  estimator: Estimator,
  body: HeldBytes,
  encoding: string | undefined,
): Promise<TextHashes | undefined> {
  try {
    const { text, factor } = await decodeHeld(body, encoding);
    if (factor > 1) {
      return undefined;
    }
    const counts = await estimator.count({ text, fileName: 'request.json' }, [], { isHashed: true });
    return counts.document.format === 'messages' ? { whole: counts.textHash, each: counts.textHashes } : undefined;
  } catch {
    return undefined;
  }
}
