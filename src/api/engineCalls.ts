import type { Diagnostics, Health } from './engineContract.ts';
import { type ApiEvent, parseEvents } from './events.ts';
import { parseDiagnostics, parseHealth, parseWindowAnswer } from './parseEngine.ts';
import { ignore, type Transport } from './transport.ts';
import type { WindowAnswer, WindowRegistration } from './windowContract.ts';

const windowPath = (id: string) => `/v1/windows/${encodeURIComponent(id)}`;

/** The engine itself, and the window on it. Each throws as `Client` says. */
export interface EngineCalls {
  health(signal?: AbortSignal): Promise<Health>;
  diagnostics(signal?: AbortSignal): Promise<Diagnostics>;
  /** Opens the event stream, which is the window's lease on the engine. Reconnecting is left to the caller. */
  events(window: string | null, signal: AbortSignal): AsyncIterable<ApiEvent>;
  registerWindow(id: string, registration: WindowRegistration, signal?: AbortSignal): Promise<WindowAnswer>;
  forgetWindow(id: string, signal?: AbortSignal): Promise<void>;
  /** Replaces every token, also this client's own: read the new one where it is kept. Admin token. */
  rotateTokens(signal?: AbortSignal): Promise<void>;
  shutdown(signal?: AbortSignal): Promise<void>;
}

export function createEngineCalls({ call, open }: Transport): EngineCalls {
  async function* events(window: string | null, signal: AbortSignal): AsyncGenerator<ApiEvent, void, undefined> {
    const query = window === null ? '' : `?window=${encodeURIComponent(window)}`;
    const { body } = await open(`/v1/events${query}`, { signal });
    if (body) {
      yield* parseEvents(body);
    }
  }

  return {
    health: signal => call('/healthz', { signal }, parseHealth),
    diagnostics: signal => call('/v1/diagnostics', { signal }, parseDiagnostics),
    events,
    registerWindow: (id, body, signal) => call(windowPath(id), { method: 'PUT', body, signal }, parseWindowAnswer),
    forgetWindow: (id, signal) => call(windowPath(id), { method: 'DELETE', signal }, ignore),
    rotateTokens: signal => call('/v1/tokens/rotate', { method: 'POST', signal }, ignore),
    shutdown: signal => call('/v1/shutdown', { method: 'POST', signal }, ignore),
  };
}
