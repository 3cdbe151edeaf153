import type { Route } from './call.ts';
import { HttpProblem } from './problem.ts';

/** The route of a request with the parts of its path, or what to answer instead (404, 405). */
export type FoundRoute =
  | { readonly route: Route; readonly params: Readonly<Record<string, string>> }
  | { readonly problem: HttpProblem };

/** Finds the route for a method and a path without its query. HEAD is GET whose answer has no body (RFC 9110 §9.3.2). */
export function findRoute(routes: readonly Route[], method: string, path: string): FoundRoute {
  const allowed: string[] = [];
  for (const route of routes) {
    const params = matchPath(route.path, path);
    if (params !== null) {
      if (route.method === 'ANY' || route.method === (method === 'HEAD' ? 'GET' : method)) {
        return { route, params };
      }
      allowed.push(...(route.method === 'GET' ? ['GET', 'HEAD'] : [route.method]));
    }
  }
  const problem =
    allowed.length === 0
      ? new HttpProblem(404, 'There is nothing at this path.', { field: 'path' })
      : new HttpProblem(405, `This path takes ${allowed.join(', ')} only.`, {
          field: 'method',
          headers: { allow: allowed.join(', ') },
        });
  return { problem };
}

/** The parts of a path that a pattern names; null for a path of another form. */
export function matchPath(pattern: string, path: string): Record<string, string> | null {
  if (pattern.endsWith('/*')) {
    return path.startsWith(pattern.slice(0, -1)) ? {} : null;
  }
  const wanted = pattern.split('/');
  const given = path.split('/');
  if (wanted.length !== given.length) {
    return null;
  }
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
