import { hash, timingSafeEqual } from 'node:crypto';
import type { IncomingMessage } from 'node:http';
import { HttpProblem } from './problem.ts';

/** A request's own token, and the path without it. */
export interface Credentials {
  /** Every token the request shows, in the order path, `x-spend-lens-token`, `Authorization`. */
  readonly tokens: readonly string[];
  /** Path and query as the routes know them: a `/t/T` prefix is taken off. */
  readonly target: string;
}

const loopback = /^(?:127\.0\.0\.1|localhost|\[::1\])(?::\d{1,5})?$/i;

/** The target in absolute form, which a server must accept too (RFC 9112 §3.2.2): `http://127.0.0.1:PORT/v1/usage`. */
const absoluteForm = /^http:\/\/([^/?#]*)(.*)$/is;

/**
 * Refuses what a web page can send: a name that is not the loopback's (DNS rebinding) and any `Origin`. Throws 403, or 400
 * for a request target that is neither a path nor a URL.
 */
export function requireLocal(request: IncomingMessage): void {
  const absolute = absoluteForm.exec(request.url ?? '');
  if (
    countHosts(request.rawHeaders) !== 1 ||
    !loopback.test(request.headers.host ?? '') ||
    (absolute && !loopback.test(absolute[1] ?? ''))
  ) {
    throw new HttpProblem(403, 'Host must be 127.0.0.1, localhost or [::1].', { field: 'host' });
  }
  if (request.headers.origin !== undefined) {
    throw new HttpProblem(403, 'Requests from web pages (Origin) are refused.', { field: 'origin' });
  }
  if (!absolute && !request.url?.startsWith('/')) {
    throw new HttpProblem(400, 'The request target must be a path.', { field: 'path' });
  }
}

/** Node keeps the first of several; `headersDistinct` would copy all headers to tell. */
function countHosts(raw: readonly string[]): number {
  let count = 0;
  for (let index = 0; index < raw.length; index += 2) {
    const name = raw[index];
    count += name?.length === 4 && name.toLowerCase() === 'host' ? 1 : 0;
  }
  return count;
}

/** What the request shows to be let in. */
export function readCredentials(request: IncomingMessage): Credentials {
  const tokens: string[] = [];
  let target = readTarget(request);
  const prefix = /^\/t\/([^/?]+)(?=[/?]|$)/.exec(target);
  if (prefix) {
    tokens.push(decode(prefix[1] ?? ''));
    const rest = target.slice(prefix[0].length);
    target = rest.startsWith('/') ? rest : `/${rest}`;
  }
  const own = request.headers['x-spend-lens-token'];
  if (typeof own === 'string') {
    tokens.push(own.trim());
  }
  const bearer = /^bearer +(\S+) *$/i.exec(request.headers.authorization ?? '');
  if (bearer) {
    tokens.push(bearer[1] ?? '');
  }
  return { tokens, target };
}

function readTarget({ url = '/' }: IncomingMessage): string {
  const rest = absoluteForm.exec(url)?.[2] ?? url;
  return rest.startsWith('/') ? rest : `/${rest}`;
}

/** A token as it is compared: of whatever length, 32 bytes that tell nothing of how much of it fits. */
export type TokenDigest = Buffer;

export function digestToken(text: string): TokenDigest {
  return hash('sha256', text, 'buffer');
}

/** Compares in a time that depends on neither. */
export function areSame(one: TokenDigest, other: TokenDigest): boolean {
  return timingSafeEqual(one, other);
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
