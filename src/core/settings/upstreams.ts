import { defaultSettings, type Settings } from '../../contributions.ts';
import { isObject, problemOf, type SettingsProblem } from './checks.ts';

/** What is expected of an upstream of the gateway in the settings, as the end of a sentence. */
const upstreamExpectation =
  'must be the beginning of a URL, http or https, without user name, query or fragment, such as "http://127.0.0.1:9000"';

/** Names that stand in a path as they are. */
const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;

/** Whether this is a name of an upstream and a URL prefix that it may have. A key must not be in it: settings are not secret. */
function isUpstream(key: string, prefix: unknown): prefix is string {
  if (!name.test(key) || typeof prefix !== 'string' || !URL.canParse(prefix)) {
    return false;
  }
  const { protocol, username, password } = new URL(prefix);
  return /^https?:$/.test(protocol) && username === '' && password === '' && !/[?#\s]/.test(prefix);
}

/** The upstreams that are good; each bad one gives a problem. */
export function parseUpstreams(value: unknown, problems: SettingsProblem[]): Settings['gateway.upstreams'] {
  const key = 'gateway.upstreams';
  if (value === undefined) {
    return defaultSettings[key];
  }
  if (!isObject(value)) {
    problems.push(problemOf(key, `"${key}" must be an object from names to URLs`, "the providers' own are used"));
    return defaultSettings[key];
  }
  const isGood = ([name, prefix]: [string, unknown]) => isUpstream(name, prefix);
  for (const [name] of Object.entries(value).filter(entry => !isGood(entry))) {
    problems.push(problemOf(`${key}.${name}`, `The upstream "${name}" ${upstreamExpectation}`, 'it is not used'));
  }
  return Object.fromEntries(Object.entries(value).filter(isGood)) as Settings['gateway.upstreams'];
}
