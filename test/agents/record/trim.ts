/** What agents send and write, without its content: numbers, times, ids, names of models and kinds stay, every other text goes. */
import { asObject, type JsonObject } from '../../../src/capture/json.ts';

/** In the place of a text that was taken out. */
const gone = '…';

/** Fields whose text says what a piece is, whose it is or when it was, and nothing of what was said. */
const kept = new RegExp(
  `^(${[
    'type|role|kind|event|event[._](name|kind|timestamp|sequence)|name|unit|signal|path|say|mode|reason|finish|agent',
    'schemaUrl|traceId|spanId|parentSpanId|traceState|severityText|.*UnixNano|.*[Tt]imestamp|time|date|created|updated',
    'startTime|lastUpdated|version|service\\.(name|version|namespace)|app\\.version|telemetry\\.sdk\\.[a-z]+',
    'initiator|status|speed|effort|subtype|operation|apiEndpoint|stop_reason|service_tier|inference_geo|query_source',
    'auth_type|originator|cwd|directory|gitBranch|level|source|.*([Mm]odel|[Uu]uid|[Pp]rovider|[Ii][dD]|_ids?|\\.id)',
    '.*(provider|operation|agent)\\.name|.*(response|request)\\.model|gen_ai\\.token\\.type|model_provider|finish_reasons?',
  ].join('|')})$`,
);
/** Ids of the machine and its user. */
const personal =
  /^(user\.|host\.|os\.|process\.|device|account|organization|installation|userId|user_id|machineId|projectHash)/;
/** What may stand in a kept text: a few words, an id, a time, a path, never a sentence. */
const wordy = /^[\w.:@/+#-]*( [\w.:@/+#-]+){0,3}$/;
/** A log's body that only repeats the name of its event. */
const eventName = /^[a-z]+(_[a-z]+)*\.[a-z_]+$/;
/** Lists and parts that hold nothing but content. */
const contentOnly = new Set([
  ...['tools', 'instructions', 'base_instructions', 'dynamic_tools', 'systemPrompt', 'attachment', 'encrypted_content'],
  ...['toolUseResult', 'summary_text', 'parts', 'resultDisplay', 'displayContent', 'arguments', 'input_schema'],
]);

/** A value without content; `home` and the folder above it get a name that tells nothing. */
export function trim(value: unknown, home: string, key = ''): unknown {
  if (typeof value === 'string') {
    return trimText(value, key, home);
  }
  if (Array.isArray(value)) {
    return value.map(item => trim(item, home, key));
  }
  const object = asObject(value);
  if (!object) {
    return value;
  }
  if (typeof object.key === 'string' && 'value' in object) {
    return { key: object.key, value: trimAny(object.value, object.key, home) };
  }
  const fields = Object.entries(object).filter(([name]) => !contentOnly.has(name));
  return Object.fromEntries(
    fields.map(([name, field]) => [name, name === 'body' ? trimBody(field, home) : trim(field, home, name)]),
  );
}

/** OTLP's `AnyValue` of an attribute: its text is judged by the attribute's name. */
function trimAny(value: unknown, key: string, home: string): unknown {
  return Object.fromEntries(
    Object.entries(asObject(value) ?? {}).map(([kind, inner]) => [
      kind,
      typeof inner === 'string' && kind === 'stringValue'
        ? trimText(inner, key, home)
        : trim(inner, home, kind === 'intValue' ? 'id' : ''),
    ]),
  );
}

function trimBody(body: unknown, home: string): unknown {
  const text = asObject(body)?.stringValue;
  return typeof text === 'string' ? { stringValue: eventName.test(text) ? text : gone } : trim(body, home);
}

function trimText(text: string, key: string, home: string): string {
  const isNumber = /^-?\d+(\.\d+)?$/.test(text);
  const placed = hidePlace(text, home);
  return isNumber || (kept.test(key) && !personal.test(key) && wordy.test(placed)) ? placed : gone;
}

/** A text or a path with the temporary folder of the run renamed, also where an agent has made one word of it. */
export function hidePlace(text: string, home: string): string {
  const root = home.replace(/\/home$/, '');
  return text.replaceAll(root, '/home/dev').replaceAll(root.replaceAll(/[/.]/g, '-'), '-home-dev');
}

/**
 * An export request without content, and of the pieces that say nothing of tokens only the first of some kinds: agents send
 * hundreds.
 */
export function trimDelivery(body: JsonObject, home: string): JsonObject {
  const seen = new Map<string, number>();
  const isTelling = (piece: unknown) => {
    const text = JSON.stringify(piece);
    const kind = /"event\.(?:name|kind)","value":\{"stringValue":"([^"]+)"/g;
    const name = [asObject(piece)?.name, ...[...text.matchAll(kind)].map(([, word]) => word)].join();
    seen.set(name, (seen.get(name) ?? 0) + 1);
    const others = [...seen.values()].reduce((sum, count) => sum + count, 0);
    return /"key":"[^"]*(token|usage)/i.test(text) || (seen.get(name) === 1 && others <= 12);
  };
  const thin = (value: unknown): unknown => {
    if (Array.isArray(value)) {
      return value.map(thin);
    }
    const object = asObject(value);
    return object
      ? Object.fromEntries(
          Object.entries(object).map(([key, field]) =>
            (key === 'logRecords' || key === 'spans') && Array.isArray(field)
              ? [key, field.filter(isTelling)]
              : [key, key === 'events' || key === 'links' ? [] : thin(field)],
          ),
        )
      : value;
  };
  return trim(thin(body), home) as JsonObject;
}
