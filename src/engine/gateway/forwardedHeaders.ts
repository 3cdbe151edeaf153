/** Headers as Node gives and takes them: name, value, name, value …, in order, with repeats and in their own case. */
export type RawHeaders = readonly string[];

/** For one connection only (RFC 9110 §7.6.1, RFC 9112 §9), with what `Connection` names. */
const hopByHop = new Set([
  'connection',
  'keep-alive',
  'proxy-connection',
  'proxy-authenticate',
  'proxy-authorization',
  'te',
  'transfer-encoding',
  'upgrade',
]);

/** What the engine does itself: the name of the host, and the answer to `Expect: 100-continue`. */
const ownAffairs = new Set(['host', 'expect']);

export interface RequestForwarding {
  /** The upstream's. */
  readonly host: string;
  /** Whether a value of `Authorization` holds our token, and so must not leave the machine. */
  readonly isOwnAuthorization: (value: string) => boolean;
  /** Length of the body as it is sent, bytes; null: as the client says. */
  readonly bodyLength: number | null;
  readonly method: string;
}

/** The headers of a request as the provider gets them: all but hop-by-hop ones, `Host`, `x-spend-lens-*` and our token. */
export function forwardRequestHeaders(raw: RawHeaders, options: RequestForwarding): string[] {
  const isChunked = has(raw, 'transfer-encoding') && options.bodyLength === null;
  const kept = filter(raw, (name, value) => {
    if (ownAffairs.has(name) || name.startsWith('x-spend-lens-') || (name === 'trailer' && !isChunked)) {
      return false;
    }
    return !(name === 'authorization' && options.isOwnAuthorization(value));
  });
  const length = options.bodyLength;
  const headers = ['Host', options.host, ...(length === null ? kept : replaceLength(kept, length))];
  if (isChunked) {
    return [...headers, 'Transfer-Encoding', 'chunked'];
  }
  // Without a length Node would announce a body that never comes.
  const isBare = length === null && !has(raw, 'content-length');
  return isBare && /^(?:POST|PUT|PATCH)$/.test(options.method) ? [...headers, 'Content-Length', '0'] : headers;
}

/** The headers of an answer as the client gets them. `isRecoded`: its body is no longer the one its headers describe. */
export function forwardAnswerHeaders(raw: RawHeaders, isRecoded: boolean, canTrail: boolean): string[] {
  return filter(raw, name => {
    const isOfBody = name === 'content-length' || name === 'content-encoding';
    return !(isRecoded && isOfBody) && (canTrail || name !== 'trailer');
  });
}

/** The pairs of trailers that may be sent. */
export function forwardTrailers(raw: RawHeaders): [string, string][] {
  const kept = filter(raw, name => !ownAffairs.has(name) && name !== 'content-length' && name !== 'content-encoding');
  return kept.flatMap((name, index) => (index % 2 === 0 ? [[name, kept[index + 1] ?? ''] as [string, string]] : []));
}

function filter(raw: RawHeaders, isKept: (name: string, value: string) => boolean): string[] {
  const named = new Set<string>();
  for (let index = 0; index + 1 < raw.length; index += 2) {
    if (raw[index]?.toLowerCase() === 'connection') {
      for (const name of (raw[index + 1] ?? '').split(',')) {
        named.add(name.trim().toLowerCase());
      }
    }
  }
  // A client can't have the length or the key taken off by naming them.
  for (const name of ['content-length', 'content-encoding', 'content-type', 'authorization', 'x-api-key']) {
    named.delete(name);
  }
  const kept: string[] = [];
  for (let index = 0; index + 1 < raw.length; index += 2) {
    const [name = '', value = ''] = [raw[index], raw[index + 1]];
    const key = name.toLowerCase();
    if (!hopByHop.has(key) && !named.has(key) && isKept(key, value)) {
      kept.push(name, value);
    }
  }
  return kept;
}

function has(raw: RawHeaders, wanted: string): boolean {
  return raw.some((name, index) => index % 2 === 0 && name.toLowerCase() === wanted);
}

function replaceLength(headers: readonly string[], length: number): string[] {
  const isLength = (index: number) => headers[index - (index % 2)]?.toLowerCase() === 'content-length';
  const place = headers.findIndex((_, index) => isLength(index));
  const others = headers.filter((_, index) => !isLength(index));
  others.splice(place === -1 ? others.length : place, 0, 'Content-Length', String(length));
  return others;
}
