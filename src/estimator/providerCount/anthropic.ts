import { postForCount } from './postForCount.ts';
import type { ProviderQuestion } from './providerCount.ts';

/** Fields of a Messages body that count (https://platform.claude.com/docs/en/api/messages-count-tokens); others are refused there. */
const counted = ['messages', 'system', 'tools', 'tool_choice', 'thinking'] as const;

/** `POST /v1/messages/count_tokens`, free of charge. */
export function countWithAnthropic({ model, body, texts, key, url, signal }: ProviderQuestion): Promise<number> {
  const fields = body
    ? Object.fromEntries(counted.filter(name => body[name] !== undefined).map(name => [name, body[name]]))
    : { messages: [{ role: 'user', content: texts.join('\n\n') }] };
  return postForCount({
    name: 'Anthropic',
    url: `${url}/v1/messages/count_tokens`,
    headers: { 'x-api-key': key, 'anthropic-version': '2023-06-01' },
    body: { model: nameAtAnthropic(model), ...fields },
    field: 'input_tokens',
    signal,
  });
}

/** A reseller's prefix is not known there. */
function nameAtAnthropic(model: string): string {
  return /claude.*$/i.exec(model)?.[0].replace(/[@:].*$/, '') ?? model;
}
