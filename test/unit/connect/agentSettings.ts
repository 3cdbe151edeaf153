/** Generated settings files, as people and agents write them: comments, CRLF, marks, tabs, one line, no line at the end. */
import fc from 'fast-check';

const key = fc.constantFrom('model', 'theme', 'a b', 'x.y', 'Ünï', '🙂', 'permissions', 'mcpServers', 'projects');
const scalar = fc.oneof(
  fc.boolean(),
  fc.integer({ min: -1000, max: 1000 }),
  fc.string({
    unit: fc.constantFrom('a', '"', '\\', '#', '[', "'", '{', '/', '*', ' ', '=', '\n', 'ß', '🙂', ','),
    maxLength: 12,
  }),
);
const tree = fc.dictionary(
  key,
  fc.oneof(scalar, fc.array(scalar, { maxLength: 3 }), fc.dictionary(key, scalar, { maxKeys: 3 })),
  {
    maxKeys: 4,
  },
);

/** What an agent's own part of the settings may say already. */
const claudeEnv = fc.dictionary(
  fc.constantFrom(
    'OTEL_LOGS_EXPORTER',
    'OTEL_EXPORTER_OTLP_LOGS_ENDPOINT',
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'CLAUDE_CODE_ENABLE_TELEMETRY',
    'OTHER',
  ),
  fc.constantFrom('1', 'otlp', 'console,otlp', 'http://127.0.0.1:4318', ''),
);
const claudeHooks = fc.dictionary(
  fc.constantFrom('UserPromptSubmit', 'PreToolUse', 'Stop'),
  fc.array(fc.constant({ matcher: '*', hooks: [{ type: 'command', command: 'true' }] }), { maxLength: 2 }),
);
const geminiTelemetry = fc.dictionary(
  fc.constantFrom('enabled', 'target', 'otlpEndpoint', 'logPrompts'),
  fc.oneof(fc.boolean(), fc.constantFrom('local', 'gcp', 'http://127.0.0.1:4317')),
);

const jsonValue = fc
  .record({
    rest: tree,
    env: fc.option(claudeEnv),
    hooks: fc.option(claudeHooks),
    telemetry: fc.option(geminiTelemetry),
  })
  .map(({ rest, env, hooks, telemetry }) => ({
    ...rest,
    ...(env ? { env } : {}),
    ...(hooks ? { hooks } : {}),
    ...(telemetry ? { telemetry } : {}),
  }));

const eol = fc.constantFrom('\n', '\r\n');
const mark = fc.constantFrom('', '\uFEFF');
const ending = fc.constantFrom('', '\n', '\n\n', '  ');

/** A settings file in JSON with comments. */
export const jsonText = fc
  .record({
    value: jsonValue,
    indent: fc.constantFrom('', ' ', '  ', '    ', '\t'),
    eol,
    mark,
    ending,
    comments: fc.boolean(),
    trailing: fc.boolean(),
    isEmpty: fc.integer({ min: 0, max: 9 }).map(number => number === 0),
  })
  .map(({ value, indent, eol, mark, ending, comments, trailing, isEmpty }) => {
    if (isEmpty) {
      return mark + ending;
    }
    let text = JSON.stringify(value, null, indent);
    if (indent !== '' && trailing) {
      text = text.replace(/([^{[\s,])\n(\s*[}\]])/g, '$1,\n$2');
    }
    if (indent !== '' && comments) {
      text = text.replace(/(?<=[{,\]}"\d])\n/g, ' // "note": {\n').replace(/^\{/, '/* of mine */ {');
    }
    return mark + (text + ending).replaceAll('\n', eol);
  });

const tomlKey = fc.constantFrom('model', 'approval_policy', '"a.b"', "'c d'", 'x');
const tomlScalar = fc.constantFrom(
  '1',
  'true',
  '"a # no comment"',
  "'[literal]'",
  '"""\n[otel]\nexporter = "not a key"\n"""',
  "'''\nline ''\n'''",
  '[ 1, # one\n  "]", { k = "}" } ]',
  '{ a = { b = "}" } }',
  '1979-05-27T07:32:00Z',
  '9007199254740993',
  '"\\u00e9\\U0001F642\\\\"',
);
const tomlLines = fc
  .uniqueArray(fc.tuple(tomlKey, tomlScalar, fc.constantFrom('', ' # note', '   ')), {
    selector: ([name]) => name,
    maxLength: 4,
  })
  .map(lines => lines.map(([name, value, tail]) => `${name} = ${value}${tail}`));
const otelForms = fc.constantFrom(
  [],
  ['[otel]'],
  ['[otel] # mine', 'environment = "dev"', 'exporter = "none" # off'],
  [
    '[otel]',
    'exporter = { otlp-http = { endpoint = "http://127.0.0.1:4318/v1/logs", protocol = "json" } }',
    '# behind',
  ],
  ['[otel.exporter.otlp-http]', 'endpoint = "http://x/v1/logs"', '', '[otel.exporter.otlp-http.headers]', 'a = "b"'],
  ['[otel.trace_exporter."otlp-http"]', 'endpoint = "http://x"'],
  ['  [ otel ]  ', '\texporter="none"'],
  ['[otel]', 'exporter = { otlp-grpc = { endpoint = "http://x:4317" } }', 'log_user_prompt = false'],
);

/** A `config.toml`. */
export const tomlText = fc
  .record({
    root: tomlLines,
    dotted: fc.constantFrom([], ['otel.environment = "dev"'], ['otel.exporter = "none"']),
    otel: otelForms,
    before: fc.constantFrom([], ['[projects."/home/a.b"] # trusted', 'trust_level = "trusted"'], ['[[list]]', 'x = 1']),
    after: fc.constantFrom([], ['', '# last', '[tui]', 'notifications = true'], ['[[mcp]]', 'command = "otel"']),
    eol,
    mark,
    ending,
  })
  .map(({ root, dotted, otel, before, after, eol, mark, ending }) => {
    // A table can't be both dotted and a section.
    const lines =
      dotted.length > 0 ? [...root, ...dotted, ...before, ...after] : [...root, ...before, ...otel, ...after];
    return mark + (lines.join('\n') + ending).replaceAll('\n', eol);
  });
