/**
 * The passwords and headers of destinations, in memory only: what a window read from its secret storage, else the environment's
 * `SPEND_LENS_FORWARD_<NAME>` (the name in capitals, anything else than letters and digits as `_`).
 */
export class ForwardSecrets {
  readonly #env: NodeJS.ProcessEnv;
  #given: ReadonlyMap<string, string> = new Map();

  constructor(env: NodeJS.ProcessEnv) {
    this.#env = env;
  }

  /** What a window told; takes the place of what was told before. */
  give(secrets: Readonly<Record<string, string>>): void {
    this.#given = new Map(Object.entries(secrets));
  }

  readonly read = (destination: string): string | null => {
    const variable = `SPEND_LENS_FORWARD_${destination.toUpperCase().replaceAll(/[^A-Z0-9]/g, '_')}`;
    return this.#given.get(destination) ?? this.#env[variable] ?? null;
  };
}
