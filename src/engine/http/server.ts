import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { Socket } from 'node:net';
import type { Engine } from '../engine.ts';
import type { Log } from '../lifecycle/log.ts';
import { readCredentials, requireLocal } from './access.ts';
import type { Route } from './call.ts';
import { HttpProblem } from './problem.ts';
import { answerProblem, discardRest, refuseBroken } from './problemAnswer.ts';
import { createRouter, type Router } from './router.ts';

/** The HTTP interface of an engine, on any number of ports. */
export interface Api {
  /** A server that does not listen yet. */
  createServer(): Server;
  /** Gives the routes what they work on; before, every request is answered with 503. */
  serve(engine: Engine): void;
  /** Lets no new request begin and resolves when those under way are answered, but for the gateway's. Open streams are not waited for. */
  settle(): Promise<void>;
  /** Cuts the connections that are left, but for those on which the gateway is at work. */
  close(): void;
}

/** Headers, whole requests and idle connections may take so long (ms), and headers so much (bytes). */
const limits = {
  headersTimeout: 10_000,
  requestTimeout: 60_000,
  keepAliveTimeout: 30_000,
  connectionsCheckingInterval: 2_000,
  maxHeaderSize: 32 * 1024,
  // A request without Host is refused by requireLocal, with a problem that says so.
  requireHostHeader: false,
};
const maxHeaders = 200;
/** How long a request that is under way may hold up the end, ms. */
const settleMs = 5_000;
/** How long a client may still take to send the rest of a body then, ms. */
const restMs = 1_000;

/** An interface of these routes. */
export function createApi(routes: readonly Route[], log: Log): Api {
  const router = createRouter(routes);
  const servers: Server[] = [];
  let engine: Engine | null = null;
  let isLeaving = false;
  const underWay = new Set<IncomingMessage>();
  let onAnswered = () => {};
  const sockets = new Set<Socket>();
  const isAtWork = (socket: Socket) => engine?.gateway.isAtWork(socket) === true;

  async function onRequest(request: IncomingMessage, response: ServerResponse): Promise<void> {
    underWay.add(request);
    try {
      requireLocal(request);
      if (engine === null || isLeaving) {
        const detail = `The engine is ${isLeaving ? 'leaving' : 'starting'}.`;
        throw new HttpProblem(503, detail, { headers: { connection: 'close', 'retry-after': '1' } });
      }
      await answer(router, engine, request, response);
    } catch (error) {
      lingerFor(request, response);
      engine?.metrics.onRefused(nameRoute(router, request), error instanceof HttpProblem ? error.status : 500);
      answerProblem(request, response, error, log);
    } finally {
      underWay.delete(request);
      onAnswered();
    }
    if (!request.complete) {
      discardRest(request);
    }
  }

  return {
    serve: complete => {
      engine = complete;
    },
    createServer: () => {
      const server = createServer(limits, onRequest);
      server.maxHeadersCount = maxHeaders;
      server.on('connection', (socket: Socket) => {
        sockets.add(socket);
        socket.once('close', () => sockets.delete(socket));
      });
      server.on('clientError', (error: NodeJS.ErrnoException, socket) => {
        // What a gateway passes on may take longer than any request of our own.
        if (error.code !== 'ERR_HTTP_REQUEST_TIMEOUT' || !engine?.gateway.isAtWork(socket)) {
          const status = refuseBroken(error, socket);
          engine?.metrics.onRefused(null, status);
        }
      });
      servers.push(server);
      return server;
    },
    settle: () =>
      new Promise(resolve => {
        isLeaving = true;
        for (const server of servers) {
          server.close();
        }
        const timer = setTimeout(resolve, settleMs);
        const rest = setTimeout(() => {
          for (const request of underWay) {
            if (!request.complete && !isAtWork(request.socket)) {
              request.destroy();
            }
          }
        }, restMs);
        onAnswered = () => {
          if ([...underWay].every(({ socket }) => isAtWork(socket))) {
            clearTimeout(timer);
            clearTimeout(rest);
            resolve();
          }
        };
        onAnswered();
      }),
    close: () => {
      for (const socket of sockets) {
        if (!isAtWork(socket)) {
          socket.destroy();
        }
      }
    },
  };
}

/** The pattern of the path's route, for counting: never what a client wrote. */
function nameRoute(router: Router, request: IncomingMessage): string | null {
  return router.nameOf(readCredentials(request).target.split('?')[0] ?? '');
}

/**
 * Closing a connection on which a body still comes resets it, and its sender never reads why (RFC 9112 §9.6). So one that the
 * client wants closed stays open until the rest was discarded.
 */
function lingerFor(request: IncomingMessage, response: ServerResponse): void {
  const { connection, 'content-length': length, 'transfer-encoding': transfer } = request.headers;
  const isSending = !request.complete && (transfer !== undefined || Number(length ?? 0) > 0);
  if (isSending && !response.headersSent && /\bclose\b/i.test(connection ?? '')) {
    response.setHeader('connection', 'keep-alive');
    request.once('end', () => request.socket.end());
  }
}

async function answer(
  router: Router,
  engine: Engine,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const { tokens, target } = readCredentials(request);
  const cut = target.indexOf('?');
  const path = cut === -1 ? target : target.slice(0, cut);
  const query = new URLSearchParams(cut === -1 ? '' : target.slice(cut + 1));
  const found = router.find(request.method ?? '', path);
  if ('route' in found && found.route.access === 'none') {
    await found.route.handle({ request, response, query, params: found.params, target, engine });
    return;
  }
  const access = engine.authenticate(tokens);
  if (access === null) {
    const what = tokens.length === 0 ? 'A token is missing' : 'The token is wrong';
    throw new HttpProblem(
      401,
      `${what}: send it as "Authorization: Bearer", "x-spend-lens-token" or path prefix /t/….`,
      {
        field: 'authorization',
        headers: { 'www-authenticate': 'Bearer' },
      },
    );
  }
  if ('problem' in found) {
    throw found.problem;
  }
  const { route, params } = found;
  if (access.isScraper && route.access !== 'metrics') {
    throw new HttpProblem(403, 'This token reads /metrics only.', { field: 'authorization' });
  }
  if (route.access === 'admin' && !access.isAdmin) {
    throw new HttpProblem(403, 'This needs the admin token.', { field: 'authorization' });
  }
  await route.handle({ request, response, query, params, target, engine, access });
}
