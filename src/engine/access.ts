import { createHash, timingSafeEqual } from 'node:crypto';
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
  const hosts = request.headersDistinct.host ?? [];
  const absolute = absoluteForm.exec(request.url ?? '');
  if (hosts.length !== 1 || !loopback.test(hosts[0] ?? '') || (absolute && !loopback.test(absolute[1] ?? ''))) {
    throw new HttpProblem(403, 'Host must be 127.0.0.1, localhost or [::1].', { field: 'host' });
  }
  if (request.headers.origin !== undefined) {
    throw new HttpProblem(403, 'Requests from web pages (Origin) are refused.', { field: 'origin' });
  }
  if (!absolute && !request.url?.startsWith('/')) {
    throw new HttpProblem(400, 'The request target must be a path.', { field: 'path' });
  }
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

/** A token to compare others with, in a time that tells nothing of how much of it fits. */
export function createTokenCheck(expected: string): (given: string) => boolean {
  const digest = hash(expected);
  return given => timingSafeEqual(digest, hash(given));
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest();
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
