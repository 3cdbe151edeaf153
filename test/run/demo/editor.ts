/** The VS Code that `npm start` shows: the desktop's when `code` is there, else the server from npm with a window open in it. */

import { spawnSync } from 'node:child_process';
import { cpSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { launchBrowser } from '../browser.ts';
import { startGroup } from '../childProcess.ts';
import { packageExtension } from '../packageExtension.ts';
import { root } from '../paths.ts';
import { ensureServer } from '../vscodeInstall.ts';
import { createProfile, installVsix, type Profile, removeProfile } from '../vscodeProfile.ts';
import { startServer, workbenchUrl } from '../vscodeServer.ts';

export interface Editor {
  readonly profile: Profile;
  /** VS Code's version. */
  readonly version: string;
  /** Address to open in a browser; null for a window on the desktop. */
  readonly url: string | null;
  /** Ends what was started and deletes the profile. */
  close(): Promise<void>;
}

const sampleWorkspace = path.join(root, 'test/fixtures/demo/workspace');

/** Version of the desktop's VS Code, or null when there is none. */
function desktopVersion(): string | null {
  const { status, stdout } = spawnSync('code', ['--version'], {
    encoding: 'utf8',
    shell: process.platform === 'win32',
  });
  return status === 0 ? (stdout.split('\n')[0] ?? null) : null;
}

/** Opens the sample workspace with the built extension, on a profile of its own. Throws when VS Code does not start. */
export async function openEditor(): Promise<Editor> {
  const profile = createProfile();
  cpSync(sampleWorkspace, profile.workspace, { recursive: true });
  const version = desktopVersion();
  try {
    return await (version === null ? openServer(profile) : openDesktop(profile, version));
  } catch (error) {
    removeProfile(profile);
    throw error;
  }
}

async function openDesktop(profile: Profile, version: string): Promise<Editor> {
  const folders = [`--user-data-dir=${profile.userData}`, `--extensions-dir=${profile.extensions}`];
  const args = ['--new-window', '--wait', `--extensionDevelopmentPath=${root}`, ...folders, profile.workspace];
  startGroup('code', args, { shell: process.platform === 'win32' });
  return { profile, version, url: null, close: async () => removeProfile(profile) };
}

async function openServer(profile: Profile): Promise<Editor> {
  const main = await ensureServer();
  await installVsix(profile, await packageExtension({ isQuiet: true }));
  const server = await startServer(profile);
  const url = workbenchUrl(server, { folder: profile.workspace });
  // The extension runs only while a window is open; this one is open before anybody has followed the address.
  const browser = await launchBrowser();
  const page = await browser.newPage();
  await page.goto(url, { timeout: 60_000 });
  const product = JSON.parse(readFileSync(path.join(path.dirname(main), '../product.json'), 'utf8')) as {
    version?: string;
  };
  return {
    profile,
    version: product.version ?? 'unknown',
    url,
    close: async () => {
      await browser.close();
      await server.stop();
      removeProfile(profile);
    },
  };
}
