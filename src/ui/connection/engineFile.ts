import { readFile } from 'node:fs/promises';
import { join } from 'node:path';

/** What `engine.json` in global storage says about the running engine. Holds the admin token: never logged. */
export interface EngineFile {
  readonly url: string;
  readonly token: string;
  readonly pid: number;
  readonly version: string;
}

/** Reads `engine.json`; null when there is none or it is not whole. */
export async function readEngineFile(storage: string): Promise<EngineFile | null> {
  try {
    return parseEngineFile(await readFile(join(storage, 'engine.json'), 'utf8'));
  } catch {
    return null;
  }
}

/** The file's contents; null unless everything is there and the address is this machine's. */
export function parseEngineFile(text: string): EngineFile | null {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return null;
  }
  const { port, token, pid, version } = (value ?? {}) as Record<string, unknown>;
  if (!isIntegerBetween(port, 1, 65535) || !isIntegerBetween(pid, 1, 2 ** 31)) {
    return null;
  }
  if (typeof token !== 'string' || token === '' || typeof version !== 'string') {
    return null;
  }
  return { url: `http://127.0.0.1:${port}`, token, pid, version };
}

function isIntegerBetween(value: unknown, low: number, high: number): value is number {
  return Number.isInteger(value) && (value as number) >= low && (value as number) <= high;
}
