/** Where the providers' own APIs are. A named upstream in the settings adds to them or takes their place. */
const origins: Readonly<Record<string, string>> = {
  openai: 'https://api.openai.com',
  anthropic: 'https://api.anthropic.com',
  google: 'https://generativelanguage.googleapis.com',
  openrouter: 'https://openrouter.ai',
  deepseek: 'https://api.deepseek.com',
  mistral: 'https://api.mistral.ai',
  xai: 'https://api.x.ai',
  ollama: 'http://127.0.0.1:11434',
};

/** Where a request under `/gateway/` goes. */
export interface GatewayTarget {
  /** The name in the path: a provider's, or the user's own. */
  readonly name: string;
  /** What follows the name, verbatim: path and query, or nothing. */
  readonly rest: string;
  /** The path of `rest`, without the query, which may hold a key. */
  readonly endpoint: string;
}

/** Takes `/gateway/{name}/rest?query` apart; null when there is no name. */
export function parseTarget(target: string): GatewayTarget | null {
  const found = /^\/gateway\/([^/?]+)(.*)$/s.exec(target);
  if (!found) {
    return null;
  }
  const [, name = '', rest = ''] = found;
  const cut = rest.indexOf('?');
  return { name, rest, endpoint: (cut === -1 ? rest : rest.slice(0, cut)) || '/' };
}

/** Where and how a request is sent on. */
export interface Upstream {
  readonly isTls: boolean;
  /** Without the brackets of an IPv6 address. */
  readonly hostname: string;
  readonly port: number;
  /** The `Host` of the request. */
  readonly host: string;
  /** Path and query. */
  readonly path: string;
  /** For messages: has no path, query or key. */
  readonly origin: string;
}

/** What an upstream's URL says, without the rest of a path. */
type Prefix = Omit<Upstream, 'path'> & { readonly pathname: string };

/** Prefixes as they were parsed, by their text; there are as many as upstreams in settings. */
const prefixes = new Map<string, Prefix>();
const mostPrefixes = 100;

/** The upstream of a target: a URL prefix joined with the rest verbatim. Null for a name nobody knows. */
export function findUpstream(
  { name, rest }: GatewayTarget,
  upstreams: Readonly<Record<string, string>>,
): Upstream | null {
  const text = Object.hasOwn(upstreams, name) ? upstreams[name] : Object.hasOwn(origins, name) ? origins[name] : null;
  const prefix = typeof text === 'string' ? (prefixes.get(text) ?? parsePrefix(text)) : null;
  if (!prefix) {
    return null;
  }
  const { pathname, ...upstream } = prefix;
  const joined = pathname + rest;
  return { ...upstream, path: joined.startsWith('/') ? joined : `/${joined}` };
}

function parsePrefix(text: string): Prefix | null {
  if (!URL.canParse(text)) {
    return null;
  }
  const { protocol, hostname, port, host, origin, pathname } = new URL(text);
  const isTls = protocol === 'https:';
  const prefix: Prefix = {
    isTls,
    hostname: hostname.replace(/^\[|\]$/g, ''),
    port: Number(port) || (isTls ? 443 : 80),
    host,
    origin,
    pathname: pathname.replace(/\/$/, ''),
  };
  if (prefixes.size >= mostPrefixes) {
    prefixes.clear();
  }
  prefixes.set(text, prefix);
  return prefix;
}

/** The names that need no settings. */
export const knownUpstreams: readonly string[] = Object.keys(origins);
