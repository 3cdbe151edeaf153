import type { IncomingMessage } from 'node:http';
import * as v from 'valibot';
import { asObject, type JsonObject } from '../../capture/json.ts';
import { decodeText, maxBodyBytes, readBody } from './body.ts';
import { requireFewValues } from './bodyRoom.ts';
import { HttpProblem } from './problem.ts';

export interface JsonBodyOptions {
  /** Bound of the body, as sent and decoded. Bytes. */
  readonly maxBytes?: number;
  /** An empty body stands for `{}`: all of it can be left out. */
  readonly mayBeEmpty?: boolean;
}

/** A body in JSON, read, limited, decoded and parsed. Throws what `readBody` does, 413 for too many values, and 400 when it is no JSON. */
export async function readJson(
  request: IncomingMessage,
  { maxBytes = maxBodyBytes, mayBeEmpty = false }: JsonBodyOptions = {},
): Promise<unknown> {
  const bytes = await readBody(request, maxBytes);
  requireFewValues(bytes);
  const text = decodeText(bytes);
  if (mayBeEmpty && text.trim() === '') {
    return {};
  }
  try {
    return JSON.parse(text);
  } catch {
    throw new HttpProblem(400, 'The body is not JSON.', { field: 'body' });
  }
}

/** A body that is a JSON object; the answer to one that is none shows the `example`. Throws as `readJson` does. */
export async function readJsonObject(
  request: IncomingMessage,
  { example, ...options }: JsonBodyOptions & { readonly example: string },
): Promise<JsonObject> {
  const value = await readJson(request, options).catch((error: unknown) => {
    if (error instanceof HttpProblem && error.status === 400 && error.field === 'body') {
      return null;
    }
    throw error;
  });
  const object = asObject(value);
  if (!object) {
    throw new HttpProblem(400, `The body must be a JSON object, such as ${example}.`, { field: 'body' });
  }
  return object;
}

/** What fits a schema. Throws 400 with the field that does not; `hint` comes before what is wrong with it. */
export function requireShape<Output>(schema: v.GenericSchema<unknown, Output>, value: unknown, hint = ''): Output {
  const result = v.safeParse(schema, value);
  if (result.success) {
    return result.output;
  }
  const [issue] = result.issues;
  const field = v.getDotPath(issue) ?? 'body';
  throw new HttpProblem(400, `${hint}${field}: ${issue.message}`, { field });
}
