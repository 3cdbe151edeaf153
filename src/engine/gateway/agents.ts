import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';

/** The connections to upstreams, kept for the next call for a while. */
export interface UpstreamAgents {
  readonly plain: http.Agent;
  /** Made with the first call that needs it: reading the system's certificates takes a moment. */
  readonly tls: () => https.Agent;
  close(): void;
}

/**
 * Agents that trust the certificates of the system next to Node's own (and `NODE_EXTRA_CA_CERTS`), and go through the proxy of
 * `HTTPS_PROXY`, `HTTP_PROXY` and `NO_PROXY` where Node can (22.21 and 24.5 on).
 */
export function createUpstreamAgents(env: NodeJS.ProcessEnv): UpstreamAgents {
  // `timeout` lets idle connections go; a call that is under way is never ended by it.
  const options = { keepAlive: true, timeout: 20_000, proxyEnv: env };
  const plain = new http.Agent(options);
  let secure: https.Agent | null = null;
  return {
    plain,
    tls: () => {
      secure ??= new https.Agent({ ...options, secureContext: createContext() });
      return secure;
    },
    close: () => {
      plain.destroy();
      secure?.destroy();
    },
  };
}

function createContext(): tls.SecureContext {
  const ca = listCertificates();
  return tls.createSecureContext(ca && { ca });
}

/** Nothing where the runtime can't tell: then it trusts what it trusts. */
function listCertificates(): string[] | undefined {
  try {
    return [...new Set([...tls.getCACertificates('default'), ...tls.getCACertificates('system')])];
  } catch {
    return undefined;
  }
}
