/** The page's only way out: VS Code's API of a webview, acquired once and typed by the protocol. */
import { exportFormats, type FromPage, type ReportState, type ToPage } from './messages.ts';
import { parsePlace } from './state.ts';

interface VsCodeApi {
  postMessage(message: unknown): void;
  getState(): unknown;
  setState(state: unknown): void;
}

declare function acquireVsCodeApi(): VsCodeApi;

export interface Host {
  post(message: FromPage): void;
  /** What was kept before a reload: untrusted, since an older version may have written it. */
  readState(): unknown;
  writeState(state: ReportState): void;
  /** Calls back with each message that is one of the protocol's; anything else on the window is not for us. */
  onDidReceive(listener: (message: ToPage) => void): void;
}

/** VS Code lets a page acquire its API once: call this once. */
export function acquireHost(): Host {
  const api = acquireVsCodeApi();
  return {
    post: message => api.postMessage(message),
    readState: () => api.getState(),
    writeState: state => api.setState(state),
    onDidReceive: listener =>
      window.addEventListener('message', ({ data }: MessageEvent<unknown>) => {
        const message = parseToPage(data);
        if (message) {
          listener(message);
        }
      }),
  };
}

/** A message of the protocol by its shape, or null. The figures inside come from our own engine and are typed by its contract. */
export function parseToPage(data: unknown): ToPage | null {
  if (typeof data !== 'object' || data === null || !('type' in data)) {
    return null;
  }
  const message = data as Partial<
    Record<'type' | 'request' | 'content' | 'connection' | 'error' | 'running' | 'place' | 'format', unknown>
  >;
  switch (message.type) {
    case 'content':
      return typeof message.request === 'number' && isObject(message.content) && isObject(message.connection)
        ? (data as ToPage)
        : null;
    case 'failed':
      return typeof message.request === 'number' && typeof message.error === 'string' ? (data as ToPage) : null;
    case 'engine':
      return typeof message.running === 'boolean' ? (data as ToPage) : null;
    case 'changed':
      return { type: 'changed' };
    case 'show':
      return { type: 'show', place: parsePlace(message.place) };
    case 'export': {
      const format = exportFormats.find(each => each === message.format);
      return format ? { type: 'export', format } : null;
    }
    default:
      return null;
  }
}

function isObject(value: unknown): boolean {
  return typeof value === 'object' && value !== null;
}
