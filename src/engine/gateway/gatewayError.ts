import type { ServerResponse } from 'node:http';

export interface GatewayError {
  readonly status: number;
  readonly message: string;
  readonly headers?: Readonly<Record<string, string>>;
}

/**
 * An error of the gateway's own in the shape that the client expects of the provider: by the language of the path, else by the
 * provider's. SDKs show the message.
 */
export function formatGatewayError(provider: string, endpoint: string, { status, message }: GatewayError): unknown {
  if (/\/messages(?:\/|$)/.test(endpoint) || (provider === 'anthropic' && !/\/chat\/|\/responses/.test(endpoint))) {
    return { type: 'error', error: { type: anthropicTypes[status] ?? 'api_error', message } };
  }
  if (/:\w*(?:generateContent|countTokens|embedContent)/i.test(endpoint) || provider === 'google') {
    return { error: { code: status, message, status: googleStatuses[status] ?? 'UNAVAILABLE' } };
  }
  if (/^\/api\/(?!v1)/.test(endpoint) && provider === 'ollama') {
    return { error: message };
  }
  const type = status === 402 ? 'insufficient_quota' : 'gateway_error';
  const error = { message, type, param: null, code: openAiCodes[status] ?? null };
  switch (provider) {
    case 'openrouter':
      // https://openrouter.ai/docs/api/reference/errors-and-debugging: the code is the status.
      return { error: { code: status, message } };
    case 'xai':
      // As its API answers (continuedev/continue#10778).
      return { code: error.code ?? type, error: message };
    case 'mistral':
      // As its API answers (editor-code-assistant/eca#231); OpenAI's SDK, which many use with it, shows what is in `error` only.
      return { object: 'error', ...error, error };
    default:
      return { error };
  }
}

/** Anthropic's names of errors (docs.claude.com, "Errors"); `billing_error` is its own for 402. */
const anthropicTypes: Readonly<Record<number, string>> = { 402: 'billing_error', 404: 'not_found_error' };
/** Canonical codes of Google's APIs (google.rpc.Code). */
const googleStatuses: Readonly<Record<number, string>> = { 402: 'RESOURCE_EXHAUSTED', 404: 'NOT_FOUND' };
const openAiCodes: Readonly<Record<number, string>> = { 402: 'budget_exceeded', 502: 'bad_gateway' };

/** Answers with an error of the gateway's own. */
export function sendGatewayError(
  response: ServerResponse,
  provider: string,
  endpoint: string,
  error: GatewayError,
): void {
  const text = JSON.stringify(formatGatewayError(provider, endpoint, error));
  response.writeHead(error.status, {
    'content-type': 'application/json',
    'cache-control': 'no-store',
    'content-length': Buffer.byteLength(text),
    ...error.headers,
  });
  response.end(text);
}

/** What went wrong on the way to an upstream, for people: the system's code, and never what was sent. `proxy`: the one on the way. */
export function describeFailure(error: unknown, proxy: URL | null): string {
  const { code, message, statusCode, port, hostname } = error as NodeJS.ErrnoException & Record<string, unknown>;
  const reason = code ?? (message ? 'the connection broke off' : 'unknown error');
  // Without user name and password.
  const name = proxy && `the proxy ${proxy.origin}`;
  if (name && code === 'ERR_PROXY_TUNNEL') {
    const advice = statusCode === 407 ? '; it wants a user name and password, or others than those in its URL' : '';
    return `${name} refuses${typeof statusCode === 'number' ? ` with ${statusCode}` : ''}${advice}`;
  }
  const isOfProxy = proxy && (hostname === proxy.hostname || (port !== undefined && port === portOf(proxy)));
  return isOfProxy ? `${name} can't be reached: ${reason}` : reason;
}

function portOf({ port, protocol }: URL): number {
  return Number(port) || (protocol === 'https:' ? 443 : 80);
}
