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
    return { type: 'error', error: { type: status === 404 ? 'not_found_error' : 'api_error', message } };
  }
  if (/:\w*(?:generateContent|countTokens|embedContent)/i.test(endpoint) || provider === 'google') {
    return { error: { code: status, message, status: status === 404 ? 'NOT_FOUND' : 'UNAVAILABLE' } };
  }
  if (/^\/api\/(?!v1)/.test(endpoint) && provider === 'ollama') {
    return { error: message };
  }
  return { error: { message, type: 'gateway_error', param: null, code: status === 502 ? 'bad_gateway' : null } };
}

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

/** What went wrong on the way to an upstream, for people: the system's code, and never what was sent. */
export function describeFailure(error: unknown): string {
  const { code, message } = error as NodeJS.ErrnoException;
  return code ?? (message ? 'the connection broke off' : 'unknown error');
}
