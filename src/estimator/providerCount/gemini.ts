import { postForCount } from './postForCount.ts';
import type { ProviderQuestion } from './providerCount.ts';

/** `POST /v1beta/models/{model}:countTokens` (https://ai.google.dev/api/tokens), free of charge. */
export function countWithGemini({ model, body, texts, key, url, signal }: ProviderQuestion): Promise<number> {
  const name = model.split('/').at(-1) ?? model;
  return postForCount({
    name: 'Google',
    url: `${url}/v1beta/models/${encodeURIComponent(name)}:countTokens`,
    headers: { 'x-goog-api-key': key },
    body: body
      ? { generateContentRequest: { ...body, model: `models/${name}` } }
      : { contents: [{ role: 'user', parts: [{ text: texts.join('\n\n') }] }] },
    field: 'totalTokens',
    signal,
  });
}
