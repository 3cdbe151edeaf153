import type { AgentId } from './catalogue.ts';

/** A request that proves a connection: what an agent would send of one small call. It is sent with `x-spend-lens-test: 1`. */
export interface TestPayload {
  /** Path behind the base of the address. */
  readonly path: string;
  readonly body: unknown;
}

const text = (key: string, value: string) => ({ key, value: { stringValue: value } });
const count = (key: string, value: number) => ({ key, value: { intValue: value } });

/** One log record of a scope, as OTLP/JSON. */
function log(service: string, scope: string, attributes: readonly object[], nowMs: number) {
  const record = { timeUnixNano: `${nowMs}000000`, attributes };
  const scopeLogs = [{ scope: { name: scope }, logRecords: [record] }];
  return { resourceLogs: [{ resource: { attributes: [text('service.name', service)] }, scopeLogs }] };
}

/** What the telemetry of an agent looks like (docs/otlp.md); null for agents that have none we read. `nowMs` is epoch ms. */
export function buildTelemetryTest(agent: AgentId, nowMs: number): TestPayload | null {
  const session = `spend-lens-test-${nowMs}`;
  switch (agent) {
    case 'claude-code': {
      const attributes = [
        ...[text('event.name', 'api_request'), text('model', 'claude-sonnet-4-5'), text('session.id', session)],
        ...[count('input_tokens', 10), count('output_tokens', 5), text('request_id', session)],
      ];
      return {
        path: '/v1/logs',
        body: log('claude-code', 'com.anthropic.claude_code.events', attributes, nowMs),
      };
    }
    case 'codex': {
      const attributes = [
        ...[text('event.name', 'codex.sse_event'), text('event.kind', 'response.completed'), text('model', 'gpt-5')],
        ...[text('input_token_count', '10'), text('output_token_count', '5'), count('cached_token_count', 0)],
        ...[text('conversation.id', session), text('event.timestamp', new Date(nowMs).toISOString())],
      ];
      return { path: '/v1/logs', body: log('codex_exec', 'codex_otel.log_only', attributes, nowMs) };
    }
    case 'gemini-cli': {
      const attributes = [
        ...[
          text('event.name', 'gemini_cli.api_response'),
          text('model', 'gemini-2.5-pro'),
          text('session.id', session),
        ],
        ...[count('input_token_count', 10), count('output_token_count', 5), count('total_token_count', 15)],
        ...[count('cached_content_token_count', 0), count('thoughts_token_count', 0)],
      ];
      return { path: '/v1/logs', body: log('gemini-cli', 'gemini-cli', attributes, nowMs) };
    }
    case 'copilot-chat': {
      const attributes = [
        ...[text('gen_ai.operation.name', 'chat'), text('gen_ai.response.model', 'gpt-4.1')],
        ...[count('gen_ai.usage.input_tokens', 10), count('gen_ai.usage.output_tokens', 5)],
        ...[text('copilot_chat.chat_session_id', session), text('gen_ai.response.id', session)],
      ];
      const hex = nowMs.toString(16).padStart(32, '0');
      const span = {
        ...{ traceId: hex, spanId: hex.slice(16), name: 'chat gpt-4.1', kind: 3 },
        ...{ startTimeUnixNano: `${nowMs - 1000}000000`, endTimeUnixNano: `${nowMs}000000`, attributes },
      };
      const scopeSpans = [{ scope: { name: 'copilot-chat' }, spans: [span] }];
      const resource = { attributes: [text('service.name', 'copilot-chat')] };
      return { path: '/v1/traces', body: { resourceSpans: [{ resource, scopeSpans }] } };
    }
    default:
      return null;
  }
}

/** A flat record for `POST /v1/usage`, in an agent's name or nobody's. */
export function buildUsageTest(agent: AgentId | null): TestPayload {
  const record = { model: 'gpt-4.1', input_tokens: 10, output_tokens: 5, task_type: 'test' };
  return { path: '/v1/usage', body: agent === null ? record : { ...record, agent } };
}
