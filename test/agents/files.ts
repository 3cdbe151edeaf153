import { mkdirSync, writeFileSync } from 'node:fs';
import { dirname } from 'node:path';

/** Writes a text file, and the folders it lies in. */
export function writeText(path: string, text: string): void {
  mkdirSync(dirname(path), { recursive: true });
  writeFileSync(path, text);
}

/** Writes a JSON file, and the folders it lies in. */
export function writeJson(path: string, value: unknown): void {
  writeText(path, JSON.stringify(value, null, 2));
}
