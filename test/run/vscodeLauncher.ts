#!/usr/bin/env node
/**
 * Stands in for the desktop `code` executable in `@vscode/test-electron`'s `runTests`: takes the same arguments, runs the suite
 * in the VS Code server with a headless browser as its window, and exits with the suite's code.
 */
import { createWriteStream, mkdirSync } from 'node:fs';
import path from 'node:path';
import { format, parseArgs } from 'node:util';
import { suiteMark } from '../host/print.ts';
import { launchBrowser } from './browser.ts';
import { endChildrenOnStop } from './childProcess.ts';
import { resultsFolder } from './paths.ts';
import { keepLogs, locateProfile } from './vscodeProfile.ts';
import { startServer, type VsCodeServer, workbenchUrl } from './vscodeServer.ts';

const watchdogMs = 4 * 60_000;
const folder = path.join(resultsFolder, 'host');

const { values, positionals } = parseArgs({
  strict: false,
  allowPositionals: true,
  options: {
    extensionDevelopmentPath: { type: 'string' },
    extensionTestsPath: { type: 'string' },
    'user-data-dir': { type: 'string' },
    'extensions-dir': { type: 'string' },
  },
});

function readPath(name: string): string {
  const value = values[name];
  if (typeof value !== 'string') {
    throw new Error(`--${name}=… is missing`);
  }
  return path.resolve(value);
}

/** Opens a window on the suite and waits for its exit code. */
async function runSuite(server: VsCodeServer): Promise<number> {
  const browser = await launchBrowser();
  const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
  try {
    let finish: (code: number) => void = () => {};
    const ended = new Promise<number>(resolve => {
      finish = resolve;
    });
    await page.exposeFunction('codeAutomationExit', (code: number) => finish(code));
    const log = createWriteStream(path.join(folder, 'window.log'));
    await page.exposeFunction('codeAutomationLog', (type: string, args: unknown[]) => {
      const line = format(...args);
      log.write(`[${type}] ${line}\n`);
      // VS Code's own log is long and full of harmless errors on a closed network: the screen gets the suite's lines only.
      if (line.startsWith(suiteMark)) {
        console.log(line.slice(suiteMark.length));
      }
    });
    const watchdog = setTimeout(() => {
      console.error(`The suite did not end within ${watchdogMs / 1000} s.`);
      finish(1);
    }, watchdogMs);
    page.on('crash', () => {
      console.error('The browser page crashed.');
      finish(1);
    });
    const [workspace] = positionals;
    const url = workbenchUrl(server, {
      ...(workspace === undefined ? {} : { folder: path.resolve(workspace) }),
      extensionDevelopmentPath: readPath('extensionDevelopmentPath'),
      extensionTestsPath: readPath('extensionTestsPath'),
    });
    await page.goto(url, { timeout: 30_000 });
    const code = await ended;
    clearTimeout(watchdog);
    if (code !== 0) {
      await page.screenshot({ path: path.join(folder, 'failure.png'), timeout: 10_000 }).catch(console.error);
    }
    return code;
  } finally {
    await browser.close();
  }
}

endChildrenOnStop();
mkdirSync(folder, { recursive: true });
const userData = readPath('user-data-dir');
const profile = {
  ...locateProfile(path.dirname(userData)),
  userData,
  extensions: readPath('extensions-dir'),
};
const server = await startServer(profile, { isDriven: true });
let code = 1;
try {
  code = await runSuite(server);
} catch (error) {
  console.error(error);
} finally {
  await server.stop();
  if (code !== 0) {
    keepLogs(profile, folder);
  }
}
process.exit(code);
