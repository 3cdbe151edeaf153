/** Folders that the scripts and suites share. */
import path from 'node:path';

export const root = path.resolve(import.meta.dirname, '../..');
/** Programs fetched for tests and throw-away profiles; ignored by git, may be deleted at any time. */
export const cacheFolder = path.join(root, '.vscode-test');
/** What a run leaves to look at: result files, logs, screenshots. */
export const resultsFolder = path.join(root, 'test-results');
