import http from 'node:http';
import https from 'node:https';
import tls from 'node:tls';
import type { NetworkSettings } from '../../api/contract.ts';
import { findNetworkPath, type NetworkPath } from './network.ts';

/** The connections to upstreams, kept for the next call for a while. */
export interface UpstreamAgents {
  readonly path: NetworkPath;
  readonly plain: http.Agent;
  /** Made with the first call that needs it: reading the system's certificates takes a moment. */
  readonly tls: () => https.Agent;
  close(): void;
}

/** This Node's agents go through proxies: they came with that option (22.21, 24.5). */
const canProxy = process.allowedNodeEnvironmentFlags.has('--use-env-proxy');

/**
 * Agents that go the way that VS Code's settings and the environment name, and trust the certificates of the system next to Node's own (and
 * `NODE_EXTRA_CA_CERTS`).
 */
export function createUpstreamAgents(settings: NetworkSettings, env: NodeJS.ProcessEnv): UpstreamAgents {
  const path = findNetworkPath(settings, env, canProxy);
  // `timeout` lets idle connections go; a call that is under way is never ended by it.
  const options = { keepAlive: true, timeout: 20_000, proxyEnv: path.proxyEnv as NodeJS.ProcessEnv };
  const plain = new http.Agent(options);
  let secure: https.Agent | null = null;
  return {
    path,
    plain,
    tls: () => {
      secure ??= new https.Agent({
        ...options,
        rejectUnauthorized: path.isStrict,
        secureContext: createContext(path.hasSystemCertificates),
      });
      return secure;
    },
    close: () => {
      plain.destroy();
      secure?.destroy();
    },
  };
}

function createContext(hasSystem: boolean): tls.SecureContext {
  const ca = listCertificates(hasSystem);
  if (ca && typeof tls.setDefaultCACertificates === 'function') {
    // The connection to a proxy by TLS takes no context of ours.
    tls.setDefaultCACertificates(ca);
  }
  return tls.createSecureContext(ca && { ca });
}

/** Nothing where the runtime can't tell: then it trusts what it trusts. */
function listCertificates(hasSystem: boolean): string[] | undefined {
  try {
    // Node's own and those of the variable; 'default' would be what was set before.
    const own = [...tls.getCACertificates('bundled'), ...tls.getCACertificates('extra')];
    return [...new Set([...own, ...(hasSystem ? tls.getCACertificates('system') : [])])];
  } catch {
    return undefined;
  }
}
