import { STATUS_CODES } from 'node:http';
import type { Problem } from '../../api/contract.ts';

/** Thrown by whatever answers a request: it becomes `application/problem+json` (RFC 9457). */
export class HttpProblem extends Error {
  readonly status: number;
  /** The offending part of the request: a header, a query parameter, a field of the body. */
  readonly field: string | null;
  readonly headers: Readonly<Record<string, string>>;

  constructor(status: number, detail: string, more: { field?: string | null; headers?: Record<string, string> } = {}) {
    super(detail);
    this.name = 'HttpProblem';
    this.status = status;
    this.field = more.field ?? null;
    this.headers = more.headers ?? {};
  }
}

/** The body of a problem's answer. */
export function formatProblem({ status, message, field }: HttpProblem): Problem {
  return {
    type: 'about:blank',
    title: STATUS_CODES[status] ?? 'Error',
    status,
    detail: message,
    ...(field === null ? {} : { field }),
  };
}
