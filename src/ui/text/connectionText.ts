export interface ConnectionText {
  readonly url: string;
  readonly token: string;
  /** The shell of this platform (`process.platform`): PowerShell on `win32`, else a POSIX shell. */
  readonly platform: string;
}

/**
 * Address and token as environment lines for a terminal, exported so that agents started there see them, with a first call as a
 * comment, so that pasting runs and records nothing. A `.env` file takes the POSIX lines as they are.
 */
export function formatConnectionSettings({ url, token, platform }: ConnectionText): string {
  const isWindows = platform === 'win32';
  const setVariable = (name: string, value: string): string =>
    isWindows ? `$env:${name} = '${value}'` : `export ${name}=${value}`;
  const record = JSON.stringify({ model: 'gpt-4.1', prompt_tokens: 1000, completion_tokens: 500 });
  // PowerShell's `curl` may be an alias of something else, and it takes the quotes out of arguments: its own command is sure.
  const call = isWindows
    ? `Invoke-RestMethod -Method Post "${url}/v1/usage" -Headers @{ Authorization = 'Bearer ${token}' } -Body '${record}'`
    : `curl -sS "${url}/v1/usage" -H "Authorization: Bearer ${token}" -H "Content-Type: application/json" -d '${record}'`;
  return [setVariable('SPEND_LENS_URL', url), setVariable('SPEND_LENS_TOKEN', token), `# ${call}`, ''].join('\n');
}
