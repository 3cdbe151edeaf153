/**
 * The headless browser of the webview, host and e2e suites: Debian's Chromium where it is installed, else the one that the npm
 * package @sparticuz/chromium carries (Linux x64), else an installed Chrome or Edge, else Debian's, installed now.
 */
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readFileSync, renameSync, rmSync } from 'node:fs';
import path from 'node:path';
import { type Browser, chromium, type LaunchOptions } from 'playwright-core';
import { runChild } from './childProcess.ts';
import { cacheFolder, root } from './paths.ts';

export interface FoundBrowser {
  readonly executablePath: string;
}

/** What a browser on a closed network needs: no sandbox (containers run as root) and no calls of its own. */
const browserArgs = [
  '--no-sandbox',
  '--disable-gpu',
  '--disable-quic',
  '--no-first-run',
  '--disable-background-networking',
  '--disable-component-update',
  '--disable-sync',
  '--disable-dev-shm-usage',
];

const launchTimeoutMs = 30_000;

function launchOptions(executablePath: string): LaunchOptions {
  // The npm package brings fonts for machines that have none.
  const fonts = path.join(path.dirname(executablePath), 'fonts');
  const hasFonts = existsSync('/usr/share/fonts') || !existsSync(fonts);
  const env = hasFonts ? process.env : { ...process.env, FONTCONFIG_PATH: fonts };
  return {
    executablePath,
    args: browserArgs,
    headless: true,
    timeout: launchTimeoutMs,
    env: env as Record<string, string>,
  };
}

/** The first line of what keeps a browser from starting, or undefined when it starts. */
async function tryBrowser(executablePath: string): Promise<string | undefined> {
  try {
    await (await chromium.launch(launchOptions(executablePath))).close();
    return undefined;
  } catch (error) {
    const lines = String(error).split('\n');
    return lines.find(line => line.includes('error while loading')) ?? lines[0];
  }
}

/** Unpacks @sparticuz/chromium once, into a folder that appears only when it is whole. */
async function unpackBundled(): Promise<string | undefined> {
  const manifest = path.join(root, 'node_modules/@sparticuz/chromium/package.json');
  if (process.platform !== 'linux' || process.arch !== 'x64' || !existsSync(manifest)) {
    return undefined;
  }
  const { version } = JSON.parse(readFileSync(manifest, 'utf8')) as { version: string };
  const folder = path.join(cacheFolder, `chromium-${version}`);
  if (!existsSync(folder)) {
    console.log('Unpacking Chromium …');
    mkdirSync(cacheFolder, { recursive: true });
    const temporary = mkdtempSync(`${folder}.`);
    const code = "import chromium from '@sparticuz/chromium'; await chromium.executablePath();";
    const end = await runChild(process.execPath, ['--input-type=module', '--eval', code], {
      cwd: root,
      timeoutMs: 2 * 60_000,
      env: { TMPDIR: temporary },
    });
    try {
      if (end.code === 0) {
        renameSync(temporary, folder);
      }
    } catch {
      // Another process was first.
    } finally {
      rmSync(temporary, { recursive: true, force: true });
    }
  }
  return path.join(folder, 'chromium');
}

function installedBrowsers(): string[] {
  const programFiles = [process.env.PROGRAMFILES, process.env['PROGRAMFILES(X86)']].filter(
    folder => folder !== undefined,
  );
  return [
    '/usr/bin/google-chrome',
    '/usr/bin/microsoft-edge',
    '/usr/bin/chromium-browser',
    '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
    '/Applications/Microsoft Edge.app/Contents/MacOS/Microsoft Edge',
    ...programFiles.map(folder => path.join(folder, 'Google/Chrome/Application/chrome.exe')),
    ...programFiles.map(folder => path.join(folder, 'Microsoft/Edge/Application/msedge.exe')),
  ].filter(existsSync);
}

async function installDebianChromium(): Promise<boolean> {
  const isPossible = process.getuid?.() === 0 && spawnSync('apt-get', ['--version']).status === 0;
  if (!isPossible) {
    return false;
  }
  console.log('Installing Debian’s Chromium (apt-get) …');
  const options = { timeoutMs: 5 * 60_000, env: { DEBIAN_FRONTEND: 'noninteractive' } };
  await runChild('apt-get', ['-q', 'update'], options);
  return (await runChild('apt-get', ['-qy', 'install', '--no-install-recommends', 'chromium'], options)).code === 0;
}

let found: FoundBrowser | undefined;

/** A browser that was seen to start, or the reason why there is none on this machine. */
export async function findBrowser(): Promise<FoundBrowser | string> {
  const given = process.env.SPEND_LENS_BROWSER;
  if (given !== undefined) {
    return { executablePath: given };
  }
  if (found !== undefined) {
    return found;
  }
  const debian = '/usr/bin/chromium';
  const candidates: (() => Promise<string | undefined>)[] = [
    async () => (existsSync(debian) ? debian : undefined),
    unpackBundled,
    ...installedBrowsers().map(file => async () => file),
    async () => ((await installDebianChromium()) ? debian : undefined),
  ];
  const obstacles: string[] = [];
  for (const candidate of candidates) {
    const executablePath = await candidate();
    if (executablePath === undefined) {
      continue;
    }
    const obstacle = await tryBrowser(executablePath);
    if (obstacle === undefined) {
      found = { executablePath };
      return found;
    }
    obstacles.push(`${executablePath}: ${obstacle}`);
  }
  return ['no Chromium, Chrome or Edge starts here', ...obstacles].join('; ');
}

/** Starts the browser; throws with the reason when this machine has none. Close it when done. */
export async function launchBrowser(): Promise<Browser> {
  const browser = await findBrowser();
  if (typeof browser === 'string') {
    throw new Error(browser);
  }
  return chromium.launch(launchOptions(browser.executablePath));
}
