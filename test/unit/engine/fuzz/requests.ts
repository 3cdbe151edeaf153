import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { brotliCompressSync, deflateSync, gzipSync, zstdCompressSync } from 'node:zlib';
import fc from 'fast-check';
import type { Route } from '../../../../src/engine/http/call.ts';

/** One request as it goes over the wire. */
export interface FuzzRequest {
  readonly route: string;
  readonly method: string;
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Buffer | null;
}

export interface FuzzPlace {
  /** Tokens that may be sent: ingest and admin. */
  readonly tokens: readonly string[];
  /** Folders that a request may name; nothing else on the disk is touched. */
  readonly folders: readonly string[];
}

const wire = join(import.meta.dirname, '../../../fixtures/wire');
const samples = [wire, join(wire, 'otlp')].flatMap(folder =>
  readdirSync(folder, { withFileTypes: true })
    .filter(file => file.isFile() && !file.name.startsWith('expected'))
    .map(file => readFileSync(join(folder, file.name)).subarray(0, 30_000)),
);

const words = [
  ...[
    'model',
    'gpt-4.1',
    'claude-sonnet-4-5',
    'usage',
    'input_tokens',
    'output_tokens',
    'prompt_tokens',
    'total_tokens',
  ],
  ...[
    'completion_tokens',
    'cache_read_tokens',
    'cost_usd',
    'timestamp',
    'session_id',
    'request_id',
    'latency_ms',
    'team',
  ],
  ...['response', 'choices', 'data', 'type', 'id', 'messages', 'role', 'content', 'text', 'expected_output_tokens'],
  ...[
    'resourceSpans',
    'resourceLogs',
    'resourceMetrics',
    'scopeSpans',
    'spans',
    'attributes',
    'key',
    'value',
    'stringValue',
  ],
  ...['intValue', 'startTimeUnixNano', 'gen_ai.usage.input_tokens', 'gen_ai.request.model', 'logRecords', 'dataPoints'],
  ...['workspace', 'storage', 'name', 'folders', 'settings', 'budget', 'daily', 'prices', 'action', 'shown', 'dry_run'],
  ...[
    '__proto__',
    'constructor',
    'prototype',
    'toString',
    'hasOwnProperty',
    'length',
    '',
    '\u0000',
    '\ud800',
    '…',
    '$&',
  ],
];
const word = fc.constantFrom(...words);
const hostileNumber = fc.constantFrom(
  ...[0, -0, -1, 1, 1e12, 1e13, 1e308, -1e308, 2 ** 53, 2 ** 63, 0.1, 1e-320, Number.MAX_SAFE_INTEGER, 1_700_000_000],
);
const { json } = fc.letrec(tie => ({
  json: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    word,
    hostileNumber,
    fc.double(),
    fc.boolean(),
    fc.constant(null),
    fc.string({ unit: 'binary', maxLength: 40 }),
    fc.array(tie('json'), { maxLength: 5 }),
    fc.dictionary(fc.oneof(word, fc.string({ maxLength: 8 })), tie('json'), { maxKeys: 8, noNullPrototype: true }),
  ),
}));

/** Mostly right, and sometimes anything. */
const mostly = <T>(arbitrary: fc.Arbitrary<T>) => fc.oneof({ weight: 25, arbitrary }, { weight: 1, arbitrary: json });
const recent = fc.integer({ min: 0, max: 86_400_000 * 20 }).map(ms => new Date(Date.now() - ms).toISOString());
const name = fc.oneof(word, fc.string({ maxLength: 12 }));

/** Close to what programs send, so that it gets past the first check. */
const record = fc.record(
  {
    model: mostly(fc.constantFrom('gpt-4.1', 'claude-sonnet-4-5', 'gemini-2.5-pro', 'nobody-knows')),
    prompt_tokens: mostly(fc.integer({ min: 2_000, max: 100_000 })),
    completion_tokens: mostly(fc.nat(10_000)),
    cache_read_tokens: mostly(fc.nat(1_000)),
    cost_usd: mostly(fc.double({ min: 0, max: 10, noNaN: true })),
    timestamp: mostly(fc.oneof(recent, recent, hostileNumber)),
    request_id: mostly(fc.oneof(fc.uuid(), name)),
    session_id: mostly(name),
    task_type: mostly(name),
    team: mostly(name),
    latency_ms: mostly(fc.nat(100_000)),
    input_tokens: fc.option(json, { nil: undefined, freq: 1 }),
  },
  { requiredKeys: ['model', 'prompt_tokens', 'completion_tokens'] },
);
const text = (value: unknown) => Buffer.from(JSON.stringify(value) ?? '');

/** A sample that was damaged: bytes changed, a part cut out or doubled. */
const damaged = fc
  .tuple(
    fc.constantFrom(...samples),
    fc.array(fc.tuple(fc.nat(29_999), fc.nat(255)), { maxLength: 6 }),
    fc.nat(29_999),
    fc.nat(400),
    fc.boolean(),
  )
  .map(([sample, bytes, at, length, isDoubled]) => {
    const copy = Buffer.from(sample);
    for (const [place, byte] of bytes) {
      copy[place % Math.max(1, copy.length)] = byte;
    }
    const start = at % Math.max(1, copy.length);
    const end = isDoubled ? Math.max(0, start - length) : Math.min(copy.length, start + length);
    return Buffer.concat([copy.subarray(0, start), copy.subarray(end)]);
  });

const anyBody = fc.oneof(
  { weight: 4, arbitrary: record.map(text) },
  { weight: 2, arbitrary: fc.array(record, { maxLength: 6 }).map(text) },
  {
    weight: 2,
    arbitrary: fc
      .array(record, { maxLength: 4 })
      .map(all => Buffer.from(all.map(one => JSON.stringify(one)).join('\n'))),
  },
  { weight: 4, arbitrary: json.map(text) },
  { weight: 5, arbitrary: damaged },
  { weight: 2, arbitrary: fc.uint8Array({ maxLength: 300 }).map(bytes => Buffer.from(bytes)) },
  {
    weight: 1,
    arbitrary: fc.constantFrom(Buffer.alloc(0), Buffer.from('null'), Buffer.from('[]'), Buffer.from('\ufeff{}')),
  },
);

const encodings: Readonly<Record<string, (bytes: Buffer) => Buffer>> = {
  gzip: bytes => gzipSync(bytes),
  deflate: bytes => deflateSync(bytes),
  br: bytes => brotliCompressSync(bytes),
  zstd: bytes => zstdCompressSync(bytes),
  'gzip, br': bytes => brotliCompressSync(gzipSync(bytes)),
  // A name that lies about the bytes.
  zlib: bytes => bytes,
  identity: bytes => bytes,
};

const queryNames = [
  ...[
    'period',
    'from',
    'to',
    'group_by',
    'scope',
    'window',
    'limit',
    'offset',
    'order',
    'agents',
    'home',
    'session_id',
    'model',
  ],
  ...['agent', 'provider', 'team', 'previous', 'filter', '__proto__', 'x'],
];
const queryValues = [
  ...[
    'today',
    'week',
    'month',
    '7d',
    '30d',
    'model',
    'day',
    'hour',
    'session_id',
    'model,day',
    'machine',
    'ledger',
    'w',
    '0',
    '1',
    '-1',
  ],
  ...[
    '1e9',
    '2026-11-22',
    '2026-11-22T00:00:00Z',
    '0001-01-01',
    '9999-12-31',
    '+275760-09-13',
    'newest',
    'dearest',
    'codex',
    '',
  ],
];
const query = fc
  .array(
    fc.tuple(
      fc.constantFrom(...queryNames),
      fc.oneof(fc.constantFrom(...queryValues), fc.string({ unit: 'binary', maxLength: 12 })),
    ),
    {
      maxLength: 4,
    },
  )
  .map(pairs => pairs.map(([name, value]) => `${name}=${encodeSafely(value)}`).join('&'));

/** Requests to one route, from nearly right to nonsense. */
export function requestsTo(route: Route, place: FuzzPlace): fc.Arbitrary<FuzzRequest> {
  const label = `${route.method} ${route.path}`;
  const isGuarded = route.path === '/v1/shutdown' || route.path === '/v1/tokens/rotate';
  // Those two do what they are told, so only strangers may ask.
  const token = isGuarded
    ? fc.constantFrom('wrong', '')
    : fc.oneof(
        { weight: 20, arbitrary: fc.constantFrom(...place.tokens) },
        { weight: 1, arbitrary: fc.string({ unit: 'grapheme-ascii' }) },
      );
  const part = fc.oneof(
    fc.constantFrom('w', 'x', '..', '%', '%2e%2e', '%00', 'openai', 'nobody'),
    fc.string({ maxLength: 10 }).map(encodeSafely),
  );
  return fc
    .record({
      form: fc.constantFrom('bearer', 'bearer', 'header', 'header', 'path', 'path', 'path', 'none'),
      token,
      part,
      query,
      method: fc.oneof(
        { weight: 12, arbitrary: fc.constant(route.method === 'ANY' ? 'POST' : route.method) },
        { weight: 1, arbitrary: fc.constantFrom('GET', 'POST', 'PUT', 'DELETE', 'HEAD', 'OPTIONS', 'PATCH', 'TRACE') },
      ),
      type: fc.constantFrom(
        'application/json',
        'application/x-protobuf',
        'text/plain',
        'application/x-ndjson',
        ';;',
        '',
      ),
      encoding: fc.oneof(
        { weight: 6, arbitrary: fc.constant('') },
        { weight: 1, arbitrary: fc.constantFrom(...Object.keys(encodings)) },
      ),
      host: fc.oneof(
        { weight: 20, arbitrary: fc.constant('') },
        { weight: 1, arbitrary: fc.constantFrom('evil.example', '127.0.0.1.nip.io', 'localhost:99999999') },
      ),
      origin: fc.oneof(
        { weight: 20, arbitrary: fc.constant('') },
        { weight: 1, arbitrary: fc.constantFrom('null', 'http://localhost', 'vscode-webview://x') },
      ),
      context: fc.oneof(
        { weight: 5, arbitrary: fc.constant('') },
        { weight: 1, arbitrary: fc.string({ unit: fc.constantFrom('a', 'é', '\t', '"', ' ', '\u00ff') }) },
      ),
      body: bodiesOf(route, place),
    })
    .map(({ form, token: sent, part: filled, query: asked, method, type, encoding, host, origin, context, body }) => {
      const path = route.path.replace(/:\w+|\*$/g, () => filled);
      const prefix = form === 'path' && sent !== '' ? `/t/${encodeSafely(sent)}` : '';
      const payload =
        body === null || method === 'GET' || method === 'HEAD' ? null : (encodings[encoding]?.(body) ?? body);
      const headers = {
        ...(form === 'bearer' ? { authorization: `Bearer ${sent}` } : {}),
        ...(form === 'header' ? { 'x-spend-lens-token': sent } : {}),
        ...(type === '' ? {} : { 'content-type': type }),
        ...(encoding === '' ? {} : { 'content-encoding': encoding }),
        ...(host === '' ? {} : { host }),
        ...(origin === '' ? {} : { origin }),
        ...(context === '' ? {} : { 'x-spend-lens-session': context, 'x-spend-lens-task-type': context }),
      };
      return {
        route: label,
        method,
        path: `${prefix}${path}${asked === '' ? '' : `?${asked}`}`,
        headers,
        body: payload,
      };
    });
}

/** Bodies, but none that would make a route touch what is not the test's. */
function bodiesOf(route: Route, { folders }: FuzzPlace): fc.Arbitrary<Buffer | null> {
  const folder = fc.constantFrom(...folders);
  switch (route.path) {
    case '/v1/windows/:id': {
      const storage = fc.oneof(folder, fc.constantFrom('relative', '', 5, null));
      const workspace = fc.oneof(
        fc.constant(null),
        fc.record({ storage, name: word, folders: fc.array(word) }),
        fc.constant('x'),
      );
      // A port in the settings would be opened.
      const settings = json.filter(value => !/port/.test(JSON.stringify(value) ?? ''));
      return fc.oneof(fc.record({ workspace, settings }).map(text), fc.constant(Buffer.from('{"workspace"')));
    }
    case '/v1/import':
      return fc.oneof(
        fc
          .record(
            { home: folder, agents: fc.oneof(fc.constant(['codex']), json), env: json },
            { requiredKeys: ['home'] },
          )
          .map(text),
        fc.constantFrom(
          Buffer.from('{'),
          Buffer.from('[1]'),
          Buffer.from('{"home":5}'),
          Buffer.from('{"home":"","agents":[]}'),
        ),
      );
    case '/v1/delete': {
      // Long before anything was stored, or nothing that can be.
      const day = fc.constantFrom('2001-01-01', '2001-02-30', '1970-01-01', 'x', 5, null);
      return fc.oneof(
        fc.record({ from: day, to: day, dry_run: fc.oneof(fc.boolean(), json) }, { requiredKeys: [] }).map(text),
        fc.record({ session_id: fc.oneof(word, json) }).map(text),
        json.filter(value => value === null || typeof value !== 'object').map(text),
      );
    }
    default:
      return fc.option(anyBody, { freq: 12 });
  }
}

function encodeSafely(value: string): string {
  return encodeURIComponent(value.toWellFormed());
}
