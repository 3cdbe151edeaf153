import type { Route } from './call.ts';
import { HttpProblem } from './problem.ts';

/** The route of a request with the parts of its path, or what to answer instead (404, 405). */
export type FoundRoute =
  | { readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly problem: HttpProblem };

/** Finds routes by paths without their query. */
export interface Router {
  /** HEAD is GET whose answer has no body (RFC 9110 §9.3.2). */
  find(method: string, path: string): FoundRoute;
  /** The pattern of the first route for the path, whatever the method; null when there is none. */
  nameOf(path: string): string | null;
}

type Params = Readonly<Record<string, string>>;
type Match = (path: string, parts: readonly string[]) => Params | null;

const noParams: Params = {};

/** A router for these routes; of several that fit, the first holds. */
export function createRouter(routes: readonly Route[]): Router {
  const compiled = routes.map(route => ({ route, match: compilePattern(route.path) }));
  return {
    find(method, path) {
      const parts = path.split('/');
      const allowed: string[] = [];
      for (const { route, match } of compiled) {
        const params = match(path, parts);
        if (params !== null) {
          if (route.method === 'ANY' || route.method === (method === 'HEAD' ? 'GET' : method)) {
            return { route, params };
          }
          allowed.push(...(route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
        }
      }
      return { problem: describeMissing(allowed) };
    },
    nameOf(path) {
      const parts = path.split('/');
      return compiled.find(({ match }) => match(path, parts) !== null)?.route.path ?? null;
    },
  };
}

function describeMissing(allowed: readonly string[]): HttpProblem {
  if (allowed.length === 0) {
    return new HttpProblem(404, 'There is nothing at this path.', { field: 'path' });
  }
  const methods = allowed.join(', ');
  return new HttpProblem(405, `This path takes ${methods} only.`, { field: 'method', headers: { allow: methods } });
}

/** Gives the parts of a path that a pattern names; null for a path of another form. */
function compilePattern(pattern: string): Match {
  if (pattern.endsWith('/*')) {
    const prefix = pattern.slice(0, -1);
    return path => (path.startsWith(prefix) ? noParams : null);
  }
  if (!pattern.includes(':')) {
    return path => (path === pattern ? noParams : null);
  }
  const wanted = pattern.split('/');
  return (_, parts) => (parts.length === wanted.length ? readParams(wanted, parts) : null);
}

function readParams(wanted: readonly string[], given: readonly string[]): Params | null {
  const params: Record<string, string> = {};
  for (const [index, part] of wanted.entries()) {
    const value = given[index] ?? '';
    if (part.startsWith(':')) {
      const decoded = decodePart(value);
      if (decoded === null) {
        return null;
      }
      params[part.slice(1)] = decoded;
    } else if (part !== value) {
      return null;
    }
  }
  return params;
}

/** Null for an empty part or one that is not percent-encoded UTF-8. */
function decodePart(text: string): string | null {
  try {
    return decodeURIComponent(text) || null;
  } catch {
    return null;
  }
}
