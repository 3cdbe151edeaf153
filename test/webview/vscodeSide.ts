/** VS Code's side of a webview, played inside the page: its default styles, its API and its way to set a theme. */
import type { Connection, FromPage, Place, ReportContent, ToPage } from '../../webview-ui/messages.ts';
import type { Theme } from '../fixtures/report/themes.ts';

/** What a test reaches in the page. */
export interface PlayedHost {
  readonly sent: FromPage[];
  /** The state the page keeps. */
  state: unknown;
  send(message: ToPage): void;
  setTheme(name: string): void;
  /** Answers the load under way and every later one with what the test gives for its place. */
  answerLoads(connection: Connection): void;
}

declare global {
  var played: PlayedHost;
  var acquireVsCodeApi: () => unknown;
  var answerLoad: (place: Place) => Promise<ReportContent>;
  var reportViolation: (text: string) => void;
}

/** The part of VS Code's default styles that this page could meet. */
export const defaultStyles = `
@layer vscode-default {
  html { scrollbar-color: var(--vscode-scrollbarSlider-background) var(--vscode-editor-background); }
  body {
    overscroll-behavior-x: none;
    background-color: transparent;
    color: var(--vscode-editor-foreground);
    font-family: var(--vscode-font-family);
    font-weight: var(--vscode-font-weight);
    font-size: var(--vscode-font-size);
    margin: 0;
    padding: 0 20px;
  }
  a:focus, input:focus, select:focus, textarea:focus { outline: 1px solid -webkit-focus-ring-color; outline-offset: -1px; }
  code {
    color: var(--vscode-textPreformat-foreground);
    background-color: var(--vscode-textPreformat-background);
    padding: 1px 3px;
    border-radius: 4px;
  }
  pre code { padding: 0; }
}`;

/** Runs in the page, before anything of it: must not use anything from outside. */
export function playHost(given: {
  readonly themes: Readonly<Record<string, Theme>>;
  readonly theme: string;
  readonly state: unknown;
  readonly isMotionReduced: boolean;
  /** Loads are answered from the start, for this connection. */
  readonly answering: Connection | null;
}): void {
  const kept = sessionStorage.getItem('state');
  const sent: FromPage[] = [];
  let answering = given.answering;
  let isAcquired = false;
  const answer = async (message: FromPage) => {
    if (answering && message.type === 'load') {
      const connection = answering;
      const content = await globalThis.answerLoad(message.place);
      played.send({ type: 'content', request: message.request, content, connection });
    }
  };
  const setTheme = (name: string) => {
    const theme = given.themes[name];
    const { style } = document.documentElement;
    for (const variable of [...style].filter(each => each.startsWith('--vscode-'))) {
      style.removeProperty(variable);
    }
    for (const [variable, value] of Object.entries(theme?.variables ?? {})) {
      style.setProperty(`--vscode-${variable}`, value);
    }
    document.body.className = [...(theme?.bodyClasses ?? []), given.isMotionReduced ? 'vscode-reduce-motion' : '']
      .join(' ')
      .trim();
    document.body.dataset.vscodeThemeKind = theme?.kind ?? '';
    document.body.dataset.vscodeThemeId = name;
  };
  globalThis.played = {
    sent,
    state: kept === null ? given.state : JSON.parse(kept),
    send: message => window.postMessage(message, '*'),
    setTheme,
    answerLoads: connection => {
      answering = connection;
      const load = sent.findLast(message => message.type === 'load');
      if (load) {
        void answer(load);
      }
    },
  };
  globalThis.acquireVsCodeApi = () => {
    if (isAcquired) {
      throw new Error('An instance of the VS Code API has already been acquired');
    }
    isAcquired = true;
    return Object.freeze({
      postMessage: (message: FromPage) => {
        sent.push(message);
        performance.mark(message.type);
        void answer(message);
      },
      getState: () => globalThis.played.state ?? undefined,
      setState: (state: unknown) => {
        globalThis.played.state = state;
        sessionStorage.setItem('state', JSON.stringify(state));
        return state;
      },
    });
  };
  document.addEventListener('securitypolicyviolation', event =>
    globalThis.reportViolation(`${event.violatedDirective} ${event.blockedURI} ${event.sample}`),
  );
  // VS Code sets the theme as soon as there is a body and before the page's own script, which stands at its end.
  new MutationObserver((_, observer) => {
    if (document.body) {
      observer.disconnect();
      setTheme(given.theme);
    }
  }).observe(document.documentElement, { childList: true });
}
