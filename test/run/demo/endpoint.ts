/** Finds the endpoint of the first window of a profile, as its files name it. */
import { existsSync, readdirSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { setTimeout as wait } from 'node:timers/promises';
import { extensionId, type Profile } from '../vscodeProfile.ts';

export interface Endpoint {
  readonly url: string;
  /** Ingest token of the workspace's ledger. */
  readonly token: string;
  /** Folder of `usage.sqlite`. */
  readonly storage: string;
}

function findEndpoint(profile: Profile): Endpoint | null {
  const engineFile = path.join(profile.globalStorage, 'engine.json');
  if (!existsSync(engineFile) || !existsSync(profile.workspaceStorage)) {
    return null;
  }
  for (const workspace of readdirSync(profile.workspaceStorage)) {
    const storage = path.join(profile.workspaceStorage, workspace, extensionId);
    const tokenFile = path.join(storage, 'token');
    if (existsSync(tokenFile)) {
      const { url } = JSON.parse(readFileSync(engineFile, 'utf8')) as { url: string };
      return { url, token: readFileSync(tokenFile, 'utf8').trim(), storage };
    }
  }
  return null;
}

/** Waits until the profile's window has its endpoint. Throws after `timeoutMs`. */
export async function waitForEndpoint(profile: Profile, timeoutMs: number): Promise<Endpoint> {
  const end = performance.now() + timeoutMs;
  while (performance.now() < end) {
    const endpoint = findEndpoint(profile);
    if (endpoint !== null) {
      return endpoint;
    }
    await wait(200);
  }
  throw new Error(`No window of Spend Lens opened within ${timeoutMs / 1000} s. Its profile is ${profile.folder}.`);
}

/** Calls the endpoint; throws with its answer when that is an error. */
export async function callEndpoint<T>({ url, token }: Endpoint, route: string, body?: unknown): Promise<T> {
  const response = await fetch(`${url}${route}`, {
    headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
    signal: AbortSignal.timeout(10_000),
    ...(body === undefined ? {} : { method: 'POST', body: JSON.stringify(body) }),
  });
  if (!response.ok) {
    throw new Error(`${route} answered ${response.status}: ${await response.text()}`);
  }
  return (await response.json()) as T;
}
