import { readFile } from 'node:fs/promises';
import { schemaPath } from './schemaPath.ts';

/** `schema.sql`, and the tables of it alone. */
export interface Migration {
  readonly whole: string;
  /** Without partitions, triggers and anything else that not every server has that speaks like PostgreSQL. */
  readonly plain: string;
}

/** The line of `schema.sql` that begins what not every server has. */
const plainEnds = '\n-- From here on:';

export async function readMigration(): Promise<Migration> {
  const whole = await readFile(schemaPath, 'utf8');
  const tables = whole.slice(whole.indexOf('\nBEGIN;'), whole.indexOf(plainEnds));
  return { whole, plain: `${tables.replaceAll(/ PARTITION BY RANGE \([^)]*\)/g, '')}\nCOMMIT;` };
}

/**
 * Whether a server refused a statement because it does not know such a thing: codes of PostgreSQL (Appendix A) for
 * feature_not_supported, syntax_error, undefined_object (a language) and undefined_function, which others use alike.
 */
export function isUnknownToServer(error: unknown): boolean {
  return ['0A000', '42601', '42704', '42883'].includes(String((error as NodeJS.ErrnoException).code));
}
