/**
 * The report page in a real browser, as VS Code would show it: the bundle, the extension's own HTML and policy, and VS Code's
 * side of a webview (its API, default styles, theme variables), which is all that is played here.
 */
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import path from 'node:path';
import * as esbuild from 'esbuild';
import type { Browser, Page } from 'playwright-core';
import { renderReportHtml } from '../../src/ui/report/reportHtml.ts';
import { englishTexts, type Texts } from '../../webview-ui/englishTexts.ts';
import type { FromPage, Place, ReportContent, ToPage } from '../../webview-ui/messages.ts';
import { connection } from '../fixtures/report/content.ts';
import { type ThemeName, themes } from '../fixtures/report/themes.ts';
import { launchBrowser } from '../run/browser.ts';
import { defaultStyles, playHost } from './vscodeSide.ts';

const root = path.join(import.meta.dirname, '../..');

export interface OpenOptions {
  readonly theme?: ThemeName;
  readonly language?: string;
  /** In the language; English when left out. */
  readonly texts?: Texts;
  readonly state?: unknown;
  readonly width?: number;
  readonly height?: number;
  /** Answered to every load; without it the test answers. */
  readonly content?: ReportContent | ((place: Place) => ReportContent | Promise<ReportContent>);
  /** Called right before the page is opened; what it gives answers every load from the first on, without waiting for the test. */
  readonly begin?: () => (place: Place) => Promise<ReportContent>;
  readonly isMotionReduced?: boolean;
  /** Whether the page's clock stands still until `page.clock` moves it. */
  readonly hasStoppedClock?: boolean;
}

export interface ReportPage {
  readonly page: Page;
  /** Messages of the page so far. */
  sent(): Promise<FromPage[]>;
  /** The last load's request number. */
  lastRequest(): Promise<number>;
  send(message: ToPage): Promise<void>;
  /** Answers the last load. */
  answer(content: ReportContent): Promise<void>;
  setTheme(theme: ThemeName): Promise<void>;
  /** What the policy blocked, what the console complained about and what was thrown. */
  readonly complaints: readonly string[];
}

export interface ReportBrowser {
  /** Opens the page afresh; the one before is closed. */
  open(options?: OpenOptions): Promise<ReportPage>;
  close(): Promise<void>;
}

/** Bundles the page as `esbuild.mjs` does and serves it; one per test file. */
export async function startReportBrowser(): Promise<ReportBrowser> {
  const files = await bundlePage();
  let html = '';
  const server = createServer((request, response) => {
    const file = files.get(request.url ?? '');
    const type = request.url?.endsWith('.css') ? 'text/css' : 'text/javascript';
    response.setHeader('content-type', `${file ? type : 'text/html'}; charset=utf-8`);
    response.statusCode = file || request.url === '/' ? 200 : 404;
    response.end(file ?? (request.url === '/' ? html : ''));
  });
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve));
  const origin = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const browser = await launchBrowser();
  return {
    open: async (options = {}) => {
      await Promise.all(browser.contexts().map(context => context.close()));
      html = renderPage(origin, options);
      return openPage(browser, origin, options);
    },
    close: async () => {
      await browser.close();
      await new Promise(resolve => server.close(resolve));
    },
  };
}

async function bundlePage(): Promise<Map<string, Uint8Array>> {
  const { outputFiles } = await esbuild.build({
    absWorkingDir: root,
    entryPoints: [{ in: 'webview-ui/report.ts', out: 'report' }],
    outdir: 'dist',
    bundle: true,
    write: false,
    platform: 'browser',
    format: 'iife',
    target: 'chrome134',
    minify: true,
    define: { 'process.env.NODE_ENV': '"production"' },
  });
  return new Map(outputFiles.map(file => [`/${path.basename(file.path)}`, file.contents]));
}

/** The extension's HTML with what VS Code puts before everything in a webview's head. */
function renderPage(
  origin: string,
  { theme = 'dark', language = 'en', texts = englishTexts, state, isMotionReduced, begin }: OpenOptions,
): string {
  const nonce = crypto.randomUUID();
  const html = renderReportHtml({
    scriptUri: `${origin}/report.js`,
    styleUri: `${origin}/report.css`,
    cspSource: origin,
    nonce,
    language,
    texts,
  });
  const given = {
    themes,
    theme,
    state: state ?? null,
    isMotionReduced: isMotionReduced ?? true,
    answering: begin ? connection : null,
  };
  const script = `(${playHost.toString()})(${JSON.stringify(given).replaceAll('<', '\\u003c')})`;
  return html.replace('<head>', () => `<head><style>${defaultStyles}</style><script>${script}</script>`);
}

async function openPage(browser: Browser, origin: string, options: OpenOptions): Promise<ReportPage> {
  const context = await browser.newContext({
    viewport: { width: options.width ?? 1000, height: options.height ?? 800 },
    timezoneId: 'Europe/Berlin',
  });
  const page = await context.newPage();
  page.setDefaultTimeout(5000);
  const complaints: string[] = [];
  page.on('pageerror', error => complaints.push(`thrown: ${error.stack ?? error.message}`));
  page.on('console', message => {
    if (['error', 'warning'].includes(message.type())) {
      complaints.push(`console: ${message.text()}`);
    }
  });
  await page.exposeFunction('reportViolation', (text: string) => complaints.push(`policy: ${text}`));
  if (options.hasStoppedClock) {
    await page.clock.install();
  }
  if (options.begin) {
    let load: ReturnType<typeof options.begin> | null = null;
    await page.exposeFunction('answerLoad', (place: Place) => load?.(place));
    load = options.begin();
  }
  await page.goto(`${origin}/`);
  await page.waitForFunction(() => globalThis.played.sent.some(({ type }) => type === 'load'));

  const sent = () => page.evaluate(() => globalThis.played.sent);
  const lastRequest = async () => {
    const loads = (await sent()).filter(message => message.type === 'load');
    return loads.at(-1)?.request ?? 0;
  };
  const send = (message: ToPage) => page.evaluate(each => globalThis.played.send(each), message);
  const opened: ReportPage = {
    page,
    complaints,
    sent,
    lastRequest,
    send,
    answer: async content => send({ type: 'content', request: await lastRequest(), content, connection }),
    setTheme: theme => page.evaluate(name => globalThis.played.setTheme(name), theme),
  };
  const { content } = options;
  if (content) {
    const answer = typeof content === 'function' ? content : (place: Place) => ({ ...content, place });
    await page.exposeFunction('answerLoad', answer);
    await page.evaluate(given => globalThis.played.answerLoads(given), connection);
    await page.locator('main > :not(.loading):not([hidden])').first().waitFor();
  }
  return opened;
}
