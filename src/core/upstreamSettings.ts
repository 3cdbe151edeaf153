/** What is expected of an upstream of the gateway in the settings, as the end of a sentence. */
export const upstreamExpectation =
  'must be the beginning of a URL, http or https, without user name, query or fragment, such as "http://127.0.0.1:9000"';

/** Names that stand in a path as they are. */
const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Whether this is a name of an upstream and a URL prefix that it may have. A key must not be in it: settings are not secret. */
export function isUpstream(key: string, prefix: unknown): prefix is string {
  if (!name.test(key) || typeof prefix !== 'string' || !URL.canParse(prefix)) {
    return false;
  }
  const { protocol, username, password } = new URL(prefix);
  return /^https?:$/.test(protocol) && username === '' && password === '' && !/[?#\s]/.test(prefix);
}
