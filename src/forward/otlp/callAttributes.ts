import type { AnyValue } from '@opentelemetry/api';
import { nanoToUsd } from '../../core/money.ts';
import type { DisclosedCall } from '../delivery.ts';

/**
 * A call in the names of the GenAI conventions (opentelemetry.io, "Semantic conventions for generative AI client inference", event
 * `gen_ai.client.inference.operation.details`); what they have no name for is under `spend_lens.`. By `spend_lens.record.id` a
 * receiver keeps each call once; the greatest `spend_lens.record.revision` is right.
 */
export function callAttributes(call: DisclosedCall): Record<string, AnyValue> {
  return withoutNulls({
    'spend_lens.record.id': call.id,
    'spend_lens.record.revision': call.revision,
    'gen_ai.operation.name': 'chat',
    'gen_ai.provider.name': call.provider,
    'gen_ai.request.model': call.model,
    'gen_ai.response.model': call.model,
    'gen_ai.response.id': call.requestId,
    'gen_ai.conversation.id': call.sessionId,
    'gen_ai.agent.name': call.agent,
    'gen_ai.usage.input_tokens': call.inputTokens,
    'gen_ai.usage.output_tokens': call.outputTokens,
    'gen_ai.usage.cache_read.input_tokens': call.cacheReadTokens,
    'gen_ai.usage.cache_creation.input_tokens': call.cacheWriteTokens,
    'gen_ai.usage.reasoning.output_tokens': call.reasoningTokens,
    'user.id': call.userId,
    'url.path': call.endpoint,
    'spend_lens.cost.usd': call.costNanoUsd === null ? null : nanoToUsd(call.costNanoUsd),
    'spend_lens.cost.nano_usd': call.costNanoUsd,
    'spend_lens.cost.basis': call.costBasis,
    'spend_lens.plan': call.plan,
    'spend_lens.task_type': call.taskType,
    'spend_lens.team': call.team,
    'spend_lens.project': call.project,
    'spend_lens.service_tier': call.serviceTier,
    'spend_lens.latency_ms': call.latencyMs,
    'spend_lens.signal': call.signal,
  });
}

function withoutNulls(values: Readonly<Record<string, string | number | null>>): Record<string, AnyValue> {
  const known = Object.entries(values).filter(([, value]) => value !== null);
  return Object.fromEntries(known) as Record<string, AnyValue>;
}
