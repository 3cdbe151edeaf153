import { defaultSettings, type ForwardDestination, type Settings } from '../../contributions.ts';
import { isObject, problemOf, type SettingsProblem } from './checks.ts';

const name = /^[A-Za-z0-9][A-Za-z0-9._-]{0,63}$/;
const schemes = { postgresql: ['postgresql:', 'postgres:'], otlp: ['http:', 'https:'] } as const;
const privacyLevels = ['totals', 'calls', 'full'] as const;
const tlsModes = ['verify', 'off'] as const;

/** The destinations that are good; each bad one, and a second one of a name, gives a problem. */
export function parseForward(value: unknown, problems: SettingsProblem[]): Settings['forward'] {
  if (value === undefined) {
    return defaultSettings.forward;
  }
  if (!Array.isArray(value)) {
    problems.push(problemOf('forward', '"forward" must be a list of destinations', 'nothing is forwarded'));
    return defaultSettings.forward;
  }
  const good: ForwardDestination[] = [];
  for (const [index, entry] of value.entries()) {
    const wrong = findWrong(entry, good);
    if (wrong === null) {
      good.push(pick(entry));
    } else {
      problems.push(problemOf(`forward[${index}]`, `Destination ${index + 1} ${wrong}`, 'nothing is forwarded to it'));
    }
  }
  return good;
}

/** What is wrong with an entry, as the end of a sentence; null when it is good. */
function findWrong(entry: unknown, others: readonly ForwardDestination[]): string | null {
  if (!isObject(entry)) {
    return 'must be an object with name, type, url and privacy';
  }
  if (typeof entry.name !== 'string' || !name.test(entry.name)) {
    return 'needs a name of letters, digits, dots, dashes and underscores';
  }
  if (others.some(other => other.name === entry.name)) {
    return `has the name "${entry.name}", which another one has`;
  }
  if (entry.type !== 'postgresql' && entry.type !== 'otlp') {
    return 'must have the type "postgresql" or "otlp"';
  }
  if (!isUrl(entry.url, schemes[entry.type])) {
    return entry.type === 'postgresql'
      ? 'needs a url such as "postgresql://spend_lens@db.example.com/usage", without a password: settings are not secret'
      : 'needs a url such as "https://collector.example.com:4318", without user name and password: settings are not secret';
  }
  if (!privacyLevels.some(level => level === entry.privacy)) {
    return `must have one of the privacy levels ${privacyLevels.join(', ')}`;
  }
  if (entry.tls !== undefined && !tlsModes.some(mode => mode === entry.tls)) {
    return 'may have tls "verify" or "off"';
  }
  return entry.caFile === undefined || typeof entry.caFile === 'string'
    ? null
    : 'may have a caFile, the path of a file';
}

function isUrl(value: unknown, wanted: readonly string[]): boolean {
  if (typeof value !== 'string' || !URL.canParse(value)) {
    return false;
  }
  const { protocol, password, username, searchParams } = new URL(value);
  const isSecret = password !== '' || searchParams.has('password') || (wanted === schemes.otlp && username !== '');
  return wanted.includes(protocol) && !isSecret;
}

function pick({ name, type, url, privacy, tls, caFile }: Readonly<Record<string, unknown>>): ForwardDestination {
  const entry = { name, type, url, privacy, ...(tls ? { tls } : {}), ...(caFile ? { caFile } : {}) };
  return entry as unknown as ForwardDestination;
}
