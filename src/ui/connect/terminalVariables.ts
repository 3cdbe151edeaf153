import type { Settings } from '../../contributions.ts';

type Provider = Settings['gateway.terminal'][number];

export const providerNames: readonly Provider[] = ['anthropic', 'openai', 'google'];

/** The variable that an SDK or agent reads its provider's address from, and what it wants behind the gateway's. */
const variables: Readonly<Record<Provider, readonly [name: string, path: string]>> = {
  anthropic: ['ANTHROPIC_BASE_URL', '/gateway/anthropic'],
  openai: ['OPENAI_BASE_URL', '/gateway/openai/v1'],
  google: ['GOOGLE_GEMINI_BASE_URL', '/gateway/google'],
};

/** What the terminals of a window are to have, and what is left because somebody else has set it. */
export interface TerminalVariables {
  readonly values: ReadonlyMap<string, string>;
  readonly taken: readonly string[];
}

/**
 * The variables for these providers. The address has the token in it: stable values, which no header could be set with. `env` is what
 * terminals inherit.
 */
export function listTerminalVariables(
  providers: readonly Provider[],
  { url, token }: { readonly url: string; readonly token: string },
  env: Readonly<Record<string, string | undefined>>,
): TerminalVariables {
  const wanted = providers.map(provider => variables[provider]);
  // VS Code may itself have been started in such a terminal.
  const isTaken = (name: string) => (env[name] ?? '') !== '' && !/\/t\/[\w-]+\/gateway\//.test(env[name] ?? '');
  return {
    values: new Map(
      wanted.filter(([name]) => !isTaken(name)).map(([name, path]) => [name, `${url}/t/${token}${path}`]),
    ),
    taken: wanted.map(([name]) => name).filter(isTaken),
  };
}
