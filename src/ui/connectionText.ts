/** Address and token as environment lines, with a first call as a comment, so that pasting runs and records nothing. */
export function formatConnectionSettings({ url, token }: { readonly url: string; readonly token: string }): string {
  const record = { model: 'gpt-4.1', prompt_tokens: 1000, completion_tokens: 500 };
  return [
    `SPEND_LENS_URL=${url}`,
    `SPEND_LENS_TOKEN=${token}`,
    `# curl -sS "${url}/v1/usage" -H "Authorization: Bearer ${token}" -H "Content-Type: application/json" -d '${JSON.stringify(record)}'`,
    '',
  ].join('\n');
}
