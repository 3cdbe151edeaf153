import type { IncomingMessage, ServerResponse } from 'node:http';
import type { Access, Engine } from '../engine.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';
import { HttpProblem } from './problem.ts';

/** One request on its way through a route. */
export interface Call {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  /** Decoded parts of the path, by the name they have in the route. */
  readonly params: Readonly<Record<string, string>>;
  /** Path and query, verbatim, without the prefix that may hold a token. */
  readonly target: string;
  readonly engine: Engine;
}

/** A call that showed a token. */
export interface GrantedCall extends Call {
  readonly access: Access;
}

interface RoutePlace {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE' | 'ANY';
  /** Path with `:name` for a part that varies, and a last part `*` for any others. */
  readonly path: string;
}

/** One thing the interface can do. What `handle` throws becomes the answer; it may also answer by itself. */
export type Route =
  | (RoutePlace & { readonly access: 'none'; handle(call: Call): Promise<void> | void })
  | (RoutePlace & { readonly access: 'ledger' | 'admin' | 'metrics'; handle(call: GrantedCall): Promise<void> | void });

/** Answers with JSON, never cached. */
export function sendJson(response: ServerResponse, status: number, body: unknown, headers = {}): void {
  const text = JSON.stringify(body);
  response.writeHead(status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(text),
    ...headers,
  });
  response.end(text);
}

/** The ledger a call is about: its token's, or with `?window=` (admin token) that window's. Throws 403 or 404. */
export function findLedger({ access, engine, query }: GrantedCall): LiveLedger {
  const window = query.get('window');
  if (window === null) {
    return access.ledger;
  }
  if (!access.isAdmin) {
    throw new HttpProblem(403, 'Only the admin token can speak for a window.', { field: 'window' });
  }
  const found = engine.windows?.find(window);
  if (!found) {
    throw new HttpProblem(404, 'No such window: register it with PUT /v1/windows/{id} first.', { field: 'window' });
  }
  return found.ledger;
}
