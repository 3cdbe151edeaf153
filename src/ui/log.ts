import type { LogOutputChannel } from 'vscode';

/** The part of the log channel that services write to. Nothing secret and no prompt text goes in. */
export type Log = Pick<LogOutputChannel, 'debug' | 'info' | 'warn' | 'error'>;

/** What an error says, with the reason behind it, for the log. */
export function formatError(error: unknown): string {
  if (!(error instanceof Error)) {
    return String(error);
  }
  return error.cause === undefined ? error.message : `${error.message} (${formatError(error.cause)})`;
}
