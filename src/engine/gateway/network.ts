import type { NetworkSettings } from '../../api/contract.ts';

/** The way to the upstreams. */
export interface NetworkPath {
  /** For Node's agents. */
  readonly proxyEnv: { readonly HTTP_PROXY?: string; readonly HTTPS_PROXY?: string; readonly NO_PROXY: string };
  readonly isStrict: boolean;
  readonly hasSystemCertificates: boolean;
  /** Why nothing can be reached, as the end of a sentence; null when all is well. Names no user and no password. */
  readonly problem: string | null;
}

/** VS Code's defaults. */
export const defaultNetwork: NetworkSettings = { proxy: '', strictSSL: true, noProxy: [], systemCertificates: true };

/** A server on this machine is never behind a proxy; VS Code does the same. */
const loopback = ['localhost', '127.0.0.1', '::1', '[::1]'];

/** Whether a server is on this machine, by its name in a URL. */
export const isLoopback = (hostname: string): boolean => loopback.includes(hostname);

/**
 * The way by VS Code's settings and the environment: `http.proxy` before `HTTPS_PROXY` and `HTTP_PROXY`, `http.noProxy` before `NO_PROXY`.
 * `canProxy`: this Node's agents can use a proxy (22.21 and 24.5 on).
 */
export function findNetworkPath(settings: NetworkSettings, env: NodeJS.ProcessEnv, canProxy: boolean): NetworkPath {
  const read = (name: string) => env[name.toLowerCase()] || env[name] || '';
  const isOff = settings.proxy === null;
  const given = settings.proxy?.trim() ?? '';
  const proxies = isOff
    ? []
    : (
        [
          ['HTTP_PROXY', given || read('HTTP_PROXY')],
          ['HTTPS_PROXY', given || read('HTTPS_PROXY')],
        ] as const
      ).filter(([, url]) => url !== '');
  const named = proxies.map(([name, url]) => [name, addScheme(url)] as const);
  const exceptions =
    settings.noProxy.length > 0 ? settings.noProxy.flatMap(withSubdomains) : read('NO_PROXY').split(',');
  return {
    proxyEnv: {
      ...Object.fromEntries(named),
      NO_PROXY: [...loopback, ...exceptions.map(name => name.trim()).filter(name => name !== '')].join(','),
    },
    isStrict: settings.strictSSL,
    hasSystemCertificates: settings.systemCertificates,
    problem: findProblem(
      named.map(([, url]) => url),
      canProxy,
    ),
  };
}

/** The proxy on the way to an upstream, unless the exceptions name it; null when there is none. */
export function findProxy({ proxyEnv }: NetworkPath, isTls: boolean): URL | null {
  const proxy = isTls ? proxyEnv.HTTPS_PROXY : proxyEnv.HTTP_PROXY;
  return proxy !== undefined && URL.canParse(proxy) ? new URL(proxy) : null;
}

function findProblem(proxies: readonly string[], canProxy: boolean): string | null {
  for (const proxy of proxies) {
    if (!URL.canParse(proxy)) {
      return 'the proxy that is set is no URL; see http.proxy in the settings, or HTTPS_PROXY';
    }
    const { protocol, host } = new URL(proxy);
    if (!/^https?:$/.test(protocol)) {
      return `the proxy ${protocol}//${host} is of a kind that Spend Lens can't use; it needs one that begins with http:// or https://`;
    }
  }
  return proxies.length > 0 && !canProxy
    ? `a proxy is set, which Node ${process.versions.node} can't use; update VS Code, or run the engine with Node 24`
    : null;
}

function addScheme(proxy: string): string {
  return /^[a-z][a-z\d+.-]*:\/\//i.test(proxy) ? proxy : `http://${proxy}`;
}

/** VS Code's entries stand for their subdomains too; Node's only when they begin with a dot. */
function withSubdomains(entry: string): string[] {
  const name = entry.trim();
  return /^[a-z\d-]+(?:\.[a-z\d-]+)+$/i.test(name) && !/^[\d.]+$/.test(name) ? [name, `.${name}`] : [name];
}
