/** Windows in the HTTP interface (docs/http-api.md): what one tells the engine, and what it is told. Types only. */

/** Body of `PUT /v1/windows/{id}`, admin token. */
export interface WindowRegistration {
  /** Null for a window without a folder: it is given the machine ledger. */
  readonly workspace: {
    /** Folder of the workspace's storage, absolute. */
    readonly storage: string;
    readonly name: string;
    readonly folders: readonly string[];
  } | null;
  /** Settings in effect, nested and without the prefix, as in a settings file. */
  readonly settings: unknown;
  /** Passwords and headers of destinations by their name, from the window's secret storage; kept in memory only. */
  readonly secrets?: { readonly forward?: Readonly<Record<string, string>> };
  /**
   * What the user and the workspace set of the budgets, apart and in the same form: the workspace can only tighten what the user set.
   * Left out: `settings` has all of it.
   */
  readonly levels?: { readonly user: unknown; readonly workspace: unknown };
  /** VS Code's own way to the internet, for the gateway; left out: as the last window told, else the environment's. */
  readonly network?: NetworkSettings;
}

/** VS Code's settings `http.*`, of the user. */
export interface NetworkSettings {
  /** `http.proxy`; empty: the environment's; null: none (`http.proxySupport` is off). May hold a password: never logged. */
  readonly proxy: string | null;
  /** `http.proxyStrictSSL`: certificates are verified. */
  readonly strictSSL: boolean;
  /** `http.noProxy` */
  readonly noProxy: readonly string[];
  /** `http.systemCertificates`: those of the system are trusted. */
  readonly systemCertificates: boolean;
}

/** Answer of `PUT /v1/windows/{id}`. */
export interface WindowAnswer {
  readonly url: string;
  /** Ingest token of the window's ledger. */
  readonly token: string;
  /** Folder that holds `usage.sqlite`. */
  readonly storage: string;
  /** Ingest token of the machine, for agents that are connected for all folders. */
  readonly machine_token: string;
}
