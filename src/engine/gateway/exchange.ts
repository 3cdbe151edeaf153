import http, { type ClientRequest, type IncomingMessage } from 'node:http';
import https from 'node:https';
import { admitCall, isGuarded } from '../guard/admitCall.ts';
import type { GrantedCall } from '../http/call.ts';
import type { Log } from '../lifecycle/log.ts';
import type { UpstreamAgents } from './agents.ts';
import { forwardAnswer } from './forwardAnswer.ts';
import { forwardRequestHeaders, forwardTrailers } from './forwardedHeaders.ts';
import { describeFailure, type GatewayError, sendGatewayError } from './gatewayError.ts';
import { spliceIncludeUsage } from './includeUsage.ts';
import { findProxy, isLoopback } from './network.ts';
import { createRecorder, nothingToStore, type Recorder, type Storing } from './recorder.ts';
import type { RecordQueue } from './recordQueue.ts';
import { mayNeedUsageOption, takeBody } from './requestBody.ts';
import { findUpstream, type GatewayTarget, knownUpstreams, parseTarget, type Upstream } from './upstreams.ts';

/** One call on its way through the gateway. */
export interface Exchange {
  /** Resolves when it is over, and what it used is known. Never rejects. */
  readonly over: Promise<void>;
  /** Resolves when what it used is durable. Never rejects. */
  readonly stored: Promise<void>;
  /** Ends it now, at both sides. */
  cut(): void;
}

export interface ExchangeParts {
  readonly agents: UpstreamAgents;
  readonly log: Log;
  readonly queue: RecordQueue;
}

/** Whoever waits for the answer. Plain fields, which cost less than an `AbortController` for each call. */
interface Client {
  hasLeft: boolean;
  /** Called once when it leaves before it has the whole answer. */
  onLeave: () => void;
}

/** The headers of an answer may be longer than those of a request: cookies, policies. Bytes. */
const maxAnswerHeaders = 128 * 1024;

/** Passes a call on to its upstream and the answer back, chunk by chunk, and records what it used. */
export function passThrough(call: GrantedCall, parts: ExchangeParts): Exchange {
  const client: Client = { hasLeft: false, onLeave: () => {} };
  call.response.once('close', () => {
    if (!call.response.writableFinished) {
      client.hasLeft = true;
      client.onLeave();
    }
  });
  const storing = pass(call, parts, client).catch(error => {
    parts.log('error', `Gateway: ${error instanceof Error ? error.message : 'unknown error'}`);
    call.response.destroy();
    return nothingToStore;
  });
  return {
    over: storing.then(() => undefined),
    stored: storing.then(({ stored }) => stored),
    cut: () => call.response.destroy(),
  };
}

async function pass(call: GrantedCall, parts: ExchangeParts, client: Client): Promise<Storing> {
  const { request, response } = call;
  const target = parseTarget(call.target) ?? { name: '', rest: '', endpoint: '/' };
  const refuse = (error: GatewayError) => sendGatewayError(response, target.name, target.endpoint, error);
  const upstream = findUpstream(target, call.access.ledger.settings['gateway.upstreams']);
  if (!upstream) {
    const message = `Spend Lens knows no upstream of this name. Use one of ${knownUpstreams.join(', ')}, or name yours in the setting spendLens.gateway.upstreams.`;
    refuse({ status: 404, message });
    return nothingToStore;
  }
  if (/^websocket$/i.test(request.headers.upgrade?.trim() ?? '')) {
    // Agents that try a WebSocket first (Codex) take this as the word to use HTTP (wire formats, C).
    const message = 'Spend Lens passes HTTP on, not WebSockets.';
    refuse({ status: 426, message, headers: { upgrade: 'HTTP/1.1', connection: 'Upgrade, close' } });
    return nothingToStore;
  }
  const recorder = createRecorder(call, target, parts.queue);
  try {
    const storing = await carry(call, { ...parts, target, upstream, recorder, client, refuse });
    if (storing === nothingToStore) {
      recorder.drop();
    }
    return storing;
  } catch (error) {
    recorder.drop();
    throw error;
  }
}

interface Carrying extends ExchangeParts {
  readonly target: GatewayTarget;
  readonly upstream: Upstream;
  readonly recorder: Recorder;
  readonly client: Client;
  readonly refuse: (error: GatewayError) => void;
}

async function carry(call: GrantedCall, carrying: Carrying): Promise<Storing> {
  const body = await readBeginning(call, carrying.target).catch(() => null);
  if (body === null) {
    return nothingToStore;
  }
  const admission = await admitCall(call, carrying.target, body.bytes);
  if (!admission.isAdmitted) {
    carrying.refuse(admission);
    return nothingToStore;
  }
  let storing = nothingToStore;
  try {
    storing = await carryOn(call, carrying, body);
  } finally {
    // What it used counts instead once it is stored.
    void storing.stored.then(admission.release);
  }
  return storing;
}

async function carryOn(call: GrantedCall, carrying: Carrying, body: Beginning): Promise<Storing> {
  const { request, response } = call;
  const { target, upstream, recorder, client, agents, log } = carrying;
  if (client.hasLeft) {
    return nothingToStore;
  }
  const refuse = (reason: string, word: string): Storing => {
    log('warn', `Gateway: ${target.name} can't be reached at ${upstream.origin}: ${reason}.`);
    const message = `Spend Lens can't reach ${target.name} at ${upstream.origin}: ${reason}.`;
    carrying.refuse({ status: 502, message });
    return recorder.fail(word);
  };
  if (agents.path.problem !== null && !isLoopback(upstream.hostname)) {
    return refuse(agents.path.problem, 'proxy');
  }
  const sent = send(call, upstream, body.isSpliced ? body.bytes.length : null, agents);
  client.onLeave = () => sent.destroy();
  const answered = awaitAnswer(sent);
  sendBody(request, sent, body, recorder);
  let answer: IncomingMessage;
  try {
    answer = await answered;
  } catch (error) {
    if (client.hasLeft) {
      return recorder.fail('aborted');
    }
    const reason = describeFailure(error, findProxy(agents.path, upstream.isTls));
    return refuse(reason, (error as NodeJS.ErrnoException).code ?? 'closed');
  }
  const forwarded = await forwardAnswer({ request, response, answer, recorder, isSpliced: body.isSpliced, log });
  if (!request.complete || !answer.complete) {
    // An answer may come before all of the question was sent; the rest of that is of no use then.
    sent.destroy();
  }
  return recorder.finish(answer, forwarded);
}

interface Beginning {
  readonly bytes: Buffer;
  /** Nothing follows. */
  readonly isWhole: boolean;
  readonly isSpliced: boolean;
}

/** The beginning of the body, with the option spliced in where it is due; empty when there is no need to look into it. */
async function readBeginning(call: GrantedCall, { name, endpoint }: GatewayTarget): Promise<Beginning> {
  const { request, access } = call;
  const mayBeSpliced = access.ledger.settings['gateway.includeUsage'] && mayNeedUsageOption(name, endpoint, request);
  if (!mayBeSpliced && !isGuarded(call, endpoint)) {
    return { bytes: Buffer.alloc(0), isWhole: false, isSpliced: false };
  }
  const { bytes, isWhole } = await takeBody(request);
  const spliced = isWhole && mayBeSpliced ? spliceIncludeUsage(bytes) : null;
  return { bytes: spliced ?? bytes, isWhole, isSpliced: spliced !== null };
}

function send(
  { request, engine }: GrantedCall,
  upstream: Upstream,
  bodyLength: number | null,
  agents: UpstreamAgents,
): ClientRequest {
  const method = request.method ?? 'GET';
  return (upstream.isTls ? https : http).request({
    hostname: upstream.hostname,
    port: upstream.port,
    path: upstream.path,
    method,
    headers: forwardRequestHeaders(request.rawHeaders, {
      host: upstream.host,
      bodyLength,
      method,
      isOwnAuthorization: value => {
        const token = /^bearer +(\S+) *$/i.exec(value)?.[1];
        return token !== undefined && engine.authenticate([token]) !== null;
      },
    }),
    agent: upstream.isTls ? agents.tls() : agents.plain,
    maxHeaderSize: maxAnswerHeaders,
  });
}

/** The answer's head. Rejects when none comes. Errors after it show in the answer itself. */
function awaitAnswer(sent: ClientRequest): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const onClose = () => reject(new Error('closed'));
    sent.once('response', answer => {
      // Every call closes in the end; making an error for each would cost more than sending it.
      sent.off('close', onClose);
      resolve(answer);
    });
    sent.on('error', reject);
    sent.once('close', onClose);
  });
}

/** Sends the body on as it comes, no faster than the upstream takes it. */
function sendBody(request: IncomingMessage, sent: ClientRequest, beginning: Beginning, recorder: Recorder): void {
  const pass = (chunk: Buffer): boolean => {
    const isReady = sent.write(chunk);
    recorder.onRequestBytes(chunk);
    return isReady;
  };
  const end = () => {
    const trailers = forwardTrailers(request.rawTrailers);
    if (trailers.length > 0) {
      sent.addTrailers(trailers);
    }
    sent.end();
  };
  if (beginning.bytes.length > 0) {
    pass(beginning.bytes);
  }
  if (beginning.isWhole) {
    end();
    return;
  }
  const onData = (chunk: Buffer) => {
    if (!pass(chunk)) {
      request.pause();
    }
  };
  request.on('data', onData);
  sent.on('drain', () => request.resume());
  request.once('end', end);
  sent.once('close', () => {
    // What still comes is discarded by the server.
    request.off('data', onData);
    request.off('end', end);
    request.resume();
  });
  request.resume();
}
