/**
 * A VS Code window as a person uses it: fresh profile, the packaged extension, a headless browser. Used by the e2e suite and by
 * `npm start`. Every wait is bounded; `close` ends all that `open` started, the engine included.
 */
import {
  cpSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import path from 'node:path';
import type { Browser, BrowserContext, FrameLocator, Locator, Page } from 'playwright-core';
import { launchBrowser } from '../run/browser.ts';
import { packageExtension } from '../run/packageExtension.ts';
import { cacheFolder, resultsFolder, root } from '../run/paths.ts';
import {
  createProfile,
  extensionId,
  formatSettings,
  installFolder,
  installVsix,
  keepLogs,
  type Profile,
  removeProfile,
} from '../run/vscodeProfile.ts';
import { startServer, type VsCodeServer, workbenchUrl } from '../run/vscodeServer.ts';

export interface WorkbenchOptions {
  /** User settings by full id, `spendLens.budget.daily`. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Changes the profile before VS Code starts: it does not watch what lies there. */
  readonly prepare?: (profile: Profile) => void | Promise<void>;
  /** Environment of the extension host, e.g. `{ TZ: 'UTC' }`. */
  readonly env?: Readonly<Record<string, string>>;
  /** Files of the opened folder, by path. */
  readonly files?: Readonly<Record<string, string>>;
  /** Opens this instead of the profile's folder: the URI of a folder that an extension provides. */
  readonly folderUri?: string;
  /** Folders of further extensions. */
  readonly extensions?: readonly string[];
  /** Opens a window without any folder. */
  readonly hasNoFolder?: boolean;
  /** Leaves workspace trust on. */
  readonly hasWorkspaceTrust?: boolean;
  /** Loads the extension from `dist/` instead of the `.vsix`; VS Code then shows no notifications. */
  readonly isDevelopment?: boolean;
  readonly viewport?: { readonly width: number; readonly height: number };
}

/** What is used of an element of the page. */
interface Animated {
  getAnimations(): { readonly finished: Promise<unknown> }[];
}

const actionTimeoutMs = 15_000;
const startTimeoutMs = 45_000;

/** The `.vsix`, unpacked by VS Code once and then copied: an install takes some seconds. */
async function provideExtension(profile: Profile): Promise<void> {
  const vsix = await packageExtension();
  const cached = path.join(cacheFolder, `installed-${Math.round(statSync(vsix).mtimeMs)}`);
  if (!existsSync(cached)) {
    await installVsix(profile, vsix);
    for (const name of readdirSync(cacheFolder).filter(name => name.startsWith('installed-'))) {
      rmSync(path.join(cacheFolder, name), { recursive: true, force: true });
    }
    const temporary = mkdtempSync(path.join(cacheFolder, 'unpacking-'));
    cpSync(profile.extensions, temporary, { recursive: true });
    try {
      renameSync(temporary, cached);
    } catch {
      rmSync(temporary, { recursive: true, force: true });
    }
    return;
  }
  cpSync(cached, profile.extensions, { recursive: true });
}

export class Workbench {
  readonly profile: Profile;
  readonly server: VsCodeServer;
  readonly browser: Browser;
  readonly context: BrowserContext;
  readonly page: Page;

  private constructor(profile: Profile, server: VsCodeServer, browser: Browser, context: BrowserContext, page: Page) {
    this.profile = profile;
    this.server = server;
    this.browser = browser;
    this.context = context;
    this.page = page;
  }

  /** Opens a window and waits until its workbench stands; the extension may still be starting. */
  static async open(options: WorkbenchOptions = {}): Promise<Workbench> {
    const profile = createProfile(options.settings);
    let server: VsCodeServer | undefined;
    let browser: Browser | undefined;
    try {
      for (const [name, content] of Object.entries(options.files ?? {})) {
        const file = path.join(profile.workspace, name);
        mkdirSync(path.dirname(file), { recursive: true });
        writeFileSync(file, content);
      }
      await options.prepare?.(profile);
      if (!options.isDevelopment) {
        await provideExtension(profile);
      }
      for (const folder of options.extensions ?? []) {
        installFolder(profile, folder);
      }
      server = await startServer(profile, {
        ...(options.env === undefined ? {} : { env: options.env }),
        hasWorkspaceTrust: options.hasWorkspaceTrust ?? false,
        isDriven: options.isDevelopment ?? false,
      });
      browser = await launchBrowser();
      const context = await browser.newContext({ viewport: options.viewport ?? { width: 1280, height: 800 } });
      await context.grantPermissions(['clipboard-read', 'clipboard-write'], { origin: server.url });
      context.setDefaultTimeout(actionTimeoutMs);
      const page = await context.newPage();
      const workbench = new Workbench(profile, server, browser, context, page);
      await page.goto(
        workbenchUrl(server, {
          ...(options.hasNoFolder ? {} : { folder: options.folderUri ?? profile.workspace }),
          ...(options.isDevelopment ? { extensionDevelopmentPath: root } : {}),
        }),
        { timeout: startTimeoutMs },
      );
      await workbench.#waitUntilReady(page);
      return workbench;
    } catch (error) {
      await browser?.close();
      await server?.stop();
      keepLogs(profile, path.join(resultsFolder, 'e2e'));
      removeProfile(profile);
      throw error;
    }
  }

  async #waitUntilReady(page: Page): Promise<void> {
    await page.locator('.statusbar-item').first().waitFor({ timeout: startTimeoutMs });
  }

  /** A status bar item by its accessible name, or one of ours by the id its code gives it: `{ id: 'spend' }`. */
  statusBarItem(item: string | RegExp | { readonly id: string }, page = this.page): Locator {
    return typeof item === 'object' && 'id' in item
      ? page.locator(`[id="${extensionId}.${item.id}"]`)
      : page.locator('.statusbar').getByRole('button', { name: item });
  }

  /** The text of the spend item's tooltip, which stays open until `moveMouseAway`. */
  async readTooltip(page = this.page): Promise<string> {
    await this.moveMouseAway(page);
    await page.locator('.monaco-hover:visible').waitFor({ state: 'hidden' });
    await this.statusBarItem({ id: 'spend' }, page).hover();
    // biome-ignore lint/performance/useDomNodeTextContent: as it is laid out, one line for each row of the table
    return page.locator('.monaco-hover:visible').filter({ hasText: 'Spend Lens' }).innerText();
  }

  /** Runs a command by its title in the palette, `Spend Lens: Open Usage Report`; throws when it is not offered there. */
  async runCommand(title: string): Promise<void> {
    await this.#pick('F1', `>${title}`, title);
  }

  /** Opens a file of the folder, by its path, in an editor. */
  async openFile(name: string): Promise<void> {
    const base = path.basename(name);
    await this.#pick('ControlOrMeta+P', name, base);
    await this.page.locator(`.tab[data-resource-name="${base}"]`).waitFor();
  }

  /**
   * Types into the quick input that a key opens and takes the row that starts with `label`. Again and again for a while: right
   * after the start neither files nor an extension's commands are known yet.
   */
  async #pick(key: string, text: string, label: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input[type="text"]');
    const row = this.page.locator(`.quick-input-list .monaco-list-row[aria-label^=${JSON.stringify(label)}]`).first();
    const end = Date.now() + 2 * actionTimeoutMs;
    for (;;) {
      await this.page.keyboard.press(key);
      try {
        await input.fill(text, { timeout: 2_500 });
        await row.click({ timeout: 2_500 });
        // The row, as what it runs may open the same quick input for a question of its own.
        await row.waitFor({ state: 'hidden', timeout: 2_500 }).catch(() => undefined);
        await this.moveMouseAway();
        return;
      } catch (error) {
        if (Date.now() > end) {
          throw new Error(`VS Code offers no “${label}”: ${error}`);
        }
        await this.page.keyboard.press('Escape');
      }
    }
  }

  /** Takes the mouse where it brings up no hover: one would cover titles, buttons and notifications. */
  async moveMouseAway(page = this.page): Promise<void> {
    const { width = 0, height = 0 } = page.viewportSize() ?? {};
    // The empty middle of the status bar.
    await page.mouse.move(width / 2, height - 8);
  }

  /** Chooses a row of the quick pick that is open, by a part of its text. */
  async choose(text: string): Promise<void> {
    const row = this.page.locator('.quick-input-list .monaco-list-row').filter({ hasText: text }).first();
    await row.waitFor();
    // It fades in scaled, and takes a click meanwhile for one on another row.
    await this.page.locator('.quick-input-widget').evaluate(async (widget: Animated) => {
      await Promise.all(widget.getAnimations().map(({ finished }) => finished));
    });
    await row.click();
  }

  /** Types into the input box that is open and accepts it. */
  async answerInput(text: string): Promise<void> {
    const input = this.page.locator('.quick-input-widget input[type="text"]');
    await input.fill(text);
    await input.press('Enter');
    await input.waitFor({ state: 'hidden' });
  }

  /** The content of the webview that is open, the report page. */
  reportFrame(): FrameLocator {
    return this.page.frameLocator('iframe.webview').frameLocator('#active-frame');
  }

  /** The notification toasts that hold a text. */
  notification(text: string | RegExp): Locator {
    return this.page.locator('.notification-toast').filter({ hasText: text });
  }

  /** Texts of the toasts that are open now. */
  async notifications(): Promise<string[]> {
    return this.page.locator('.notification-toast .notification-list-item-message').allInnerTexts();
  }

  /** Clicks a button of a notification. */
  async answerNotification(text: string | RegExp, button: string): Promise<void> {
    await this.notification(text).getByRole('button', { name: button, exact: true }).click();
  }

  async readClipboard(): Promise<string> {
    return this.page.evaluate('navigator.clipboard.readText()');
  }

  /** Replaces the settings of the opened folder; VS Code follows within a second. */
  changeFolderSettings(settings: Readonly<Record<string, unknown>>): void {
    const file = path.join(this.profile.workspace, '.vscode/settings.json');
    mkdirSync(path.dirname(file), { recursive: true });
    writeFileSync(file, JSON.stringify(settings, undefined, 2));
  }

  /** Replaces the user settings in their editor: VS Code's server does not watch that file. */
  async changeSettings(settings: Readonly<Record<string, unknown>>): Promise<void> {
    await this.runCommand('Preferences: Open User Settings (JSON)');
    const tab = this.page.locator('.tab[data-resource-name="settings.json"]').last();
    await tab.waitFor();
    await this.page.locator('.editor-instance .view-lines').first().click();
    await this.page.keyboard.press('ControlOrMeta+A');
    await this.page.keyboard.insertText(formatSettings(settings));
    await this.runCommand('File: Save');
    await this.runCommand('View: Close Editor');
    await tab.waitFor({ state: 'detached' });
  }

  /** Waits until VS Code has stored which editors are open; in a browser it does so every few seconds. */
  async waitUntilSaved(): Promise<void> {
    await this.page.waitForTimeout(6_000);
  }

  /** Reloads the window: a new extension host, the same storage. `waitUntilSaved` first if open editors shall come back. */
  async reload(): Promise<void> {
    await this.page.reload({ timeout: startTimeoutMs });
    await this.#waitUntilReady(this.page);
  }

  /** Opens a second window on the same profile and folder; close the page when done. */
  async openWindow(): Promise<Page> {
    const page = await this.context.newPage();
    await page.goto(this.page.url(), { timeout: startTimeoutMs });
    await this.#waitUntilReady(page);
    return page;
  }

  /** Keeps a picture as `test-results/e2e/<name>.png` and gives its path. */
  async screenshot(name: string, page = this.page): Promise<string> {
    const file = path.join(resultsFolder, 'e2e', `${name.replaceAll(/[^\w-]+/g, '-')}.png`);
    await page.screenshot({ path: file, timeout: actionTimeoutMs });
    return file;
  }

  /** Keeps a picture and VS Code's logs of something that went wrong. */
  async keepEvidence(name: string): Promise<void> {
    await this.screenshot(`failure-${name}`).catch(() => undefined);
    keepLogs(this.profile, path.join(resultsFolder, 'e2e'));
  }

  /** Ends browser, server and engine, and deletes the profile. */
  async close(): Promise<void> {
    await this.browser.close();
    await this.server.stop();
    removeProfile(this.profile);
  }
}
