/**
 * Everything the manifest also knows: ids, settings with their types and defaults, context keys and views. `package.json` is
 * held against this file in both directions by `test/unit/contributions.test.ts`.
 */

/** The prefix of every id; also the section of the settings. */
export const section = 'spendLens';

export const commands = {
  openReport: 'spendLens.openReport',
  estimatePromptCost: 'spendLens.estimatePromptCost',
  connectAgent: 'spendLens.connectAgent',
  sendTestRecord: 'spendLens.sendTestRecord',
  resetLearnedFactors: 'spendLens.resetLearnedFactors',
  copyConnectionSettings: 'spendLens.copyConnectionSettings',
  copyDiagnostics: 'spendLens.copyDiagnostics',
  changeBudget: 'spendLens.changeBudget',
  editBudgets: 'spendLens.editBudgets',
  setPriceOverride: 'spendLens.setPriceOverride',
  openSettings: 'spendLens.openSettings',
  exportCsv: 'spendLens.exportCsv',
  exportJson: 'spendLens.exportJson',
  exportMarkdown: 'spendLens.exportMarkdown',
  importHistory: 'spendLens.importHistory',
  deleteHistory: 'spendLens.deleteHistory',
  exportDatabase: 'spendLens.exportDatabase',
  rotateTokens: 'spendLens.rotateTokens',
  setForwardingPassword: 'spendLens.setForwardingPassword',
  forwardHistory: 'spendLens.forwardHistory',
  exportChargeback: 'spendLens.exportChargeback',
  restartEngine: 'spendLens.restartEngine',
  showLog: 'spendLens.showLog',
  getStarted: 'spendLens.getStarted',
} as const;
export type Command = (typeof commands)[keyof typeof commands];

/** What language models may ask by VS Code's tool API. */
export const languageModelTools = { estimatePromptCost: 'estimate_prompt_cost', getSpend: 'get_spend' } as const;

export const views = { report: 'spendLens.report' } as const;

export const walkthroughs = { firstSteps: 'firstSteps' } as const;

export const statusBarItems = { spend: 'spend', estimate: 'estimate' } as const;

export const contextKeys = {
  /** A report panel is open, so that there is a view to export. */
  reportOpen: 'spendLens.reportOpen',
  /** A call was recorded in this window's ledger. */
  hasRecords: 'spendLens.hasRecords',
} as const;

/** The type of each context key's value. */
export interface ContextKeys {
  [contextKeys.reportOpen]: boolean;
  [contextKeys.hasRecords]: boolean;
}

/** One price override: USD per 1M tokens. Fields left out fall back as docs/prices.md says. */
export interface PriceOverride {
  readonly input: number;
  readonly output: number;
  readonly cacheRead?: number;
  readonly cacheWrite?: number;
  readonly cacheWrite1h?: number;
}

export const budgetPeriods = ['day', 'week', 'month', 'session', 'rolling24h'] as const;
/** Days, ISO weeks and months of the user's zone; one session; the last 24 hours at any time. */
export type BudgetPeriod = (typeof budgetPeriods)[number];

export const budgetScopes = ['workspace', 'machine'] as const;
/** The calls of one ledger, or those of all ledgers of the user on this computer, each once. */
export type BudgetScope = (typeof budgetScopes)[number];

export const barFigures = ['today', 'session', 'month', 'budgetLeft', 'tokens'] as const;
/** Today's spend, the latest session's, this month's, what is left of the tightest budget, or today's tokens. */
export type BarFigure = (typeof barFigures)[number];

export const enforcements = ['off', 'gateway'] as const;
/** What happens when a budget is spent: nothing but notices, or the gateway takes no new calls. */
export type Enforcement = (typeof enforcements)[number];

export const budgetMatchKeys = ['agent', 'model', 'taskType', 'user', 'branch'] as const;
/** Which calls count: those that have all of the values named, in which `*` stands for any characters. */
export type BudgetMatch = Readonly<Partial<Record<(typeof budgetMatchKeys)[number], string>>>;

/** One budget of the list `budgets`. */
export interface BudgetSetting {
  /** Each once in a list. */
  readonly name: string;
  /** USD per period, above 0. */
  readonly limitUsd: number;
  readonly period: BudgetPeriod;
  readonly scope: BudgetScope;
  readonly match: BudgetMatch;
  /** Percent; `budget.thresholds` when left out. */
  readonly thresholds?: readonly number[];
  /** `budget.enforce` when left out. */
  readonly enforce?: Enforcement;
  /** Whether calls that a subscription pays for count too. */
  readonly includeSubscriptions: boolean;
}

/** What calls that don't say it themselves belong to, for chargeback. */
export interface Labels {
  readonly team?: string;
  readonly user?: string;
  readonly project?: string;
}

/** How much of a call a destination is told (docs/privacy.md). */
export type PrivacyLevel = 'totals' | 'calls' | 'full';

/** One place that usage is forwarded to. */
export interface ForwardDestination {
  /** By which its queue, its password and its state are known. */
  readonly name: string;
  readonly type: 'postgresql' | 'otlp';
  /** `postgresql://user@host:5432/database` or the base URL of an OTLP/HTTP collector; never with a password. */
  readonly url: string;
  readonly privacy: PrivacyLevel;
  /** Of PostgreSQL: `verify` (default) checks the server's certificate, `off` sends everything unprotected. */
  readonly tls?: 'verify' | 'off';
  /** A file of certificates (PEM) to trust beside the system's. */
  readonly caFile?: string;
}

/** Every setting without the prefix, with its type. Defaults are below; descriptions are in package.nls.json. */
export interface Settings {
  /** USD per day for this workspace; 0 means no budget. */
  'budget.daily': number;
  /** Percent of a budget; above 50 they notify, at or below they show in the tooltip only. */
  'budget.thresholds': readonly number[];
  /** Whether crossing a threshold shows a notification. */
  'budget.notifications': boolean;
  /** What happens when a budget is spent that does not say so itself. */
  'budget.enforce': Enforcement;
  /** Warn when five minutes cost so many times the usual; 0 never. */
  'budget.runaway': number;
  /** Budgets beside the daily one. */
  budgets: readonly BudgetSetting[];
  /** What the status bar shows. */
  'statusBar.show': BarFigure;
  /** Whose calls it counts; a running session is always this workspace's. */
  'statusBar.scope': BudgetScope;
  'statusBar.alignment': 'left' | 'right';
  /** Among the items of its side the one with the higher number stands further left. */
  'statusBar.priority': number;
  /** IANA zone of days, weeks and months; empty means the system's. */
  timeZone: string;
  /** Overrides by model name; `*` matches any run of characters. */
  prices: Readonly<Record<string, PriceOverride>>;
  'estimate.model': string;
  /** Tokens. */
  'estimate.expectedOutputTokens': number;
  /** Task type of the past calls that predict an answer's length; empty for any. */
  'estimate.taskType': string;
  /** Whether prompt files show their cost in a line above them. */
  'estimate.codeLens': boolean;
  /** Whether the status bar shows the cost of the active prompt file or selection. */
  'estimate.statusItem': boolean;
  /** Longer prompts are estimated when asked for only, not as they are typed. Thousands of characters. */
  'estimate.liveLimit': number;
  /** Whether the answer offers to let the model's provider count, which sends it the prompt. */
  'estimate.providerCount': boolean;
  /** Port of the ingest endpoint; 0 picks a free one once and keeps it. */
  'ingest.port': number;
  /** Upstreams of the gateway by name: URL prefixes that take the place of a provider's origin, or add another one. */
  'gateway.upstreams': Readonly<Record<string, string>>;
  /** Whether the gateway asks for the usage of OpenAI chat streams in the client's name. */
  'gateway.includeUsage': boolean;
  /** Team, user and project of calls that don't name them. */
  labels: Labels;
  /** Providers whose addresses in the integrated terminal are the gateway's. */
  'gateway.terminal': readonly ('anthropic' | 'openai' | 'google')[];
  /** How agents are paid, by their names: per token, or by a subscription. */
  plans: Readonly<Record<string, 'api' | 'subscription'>>;
  /**
   * Agents by name: whether their transcripts are read as they write them. Those that are not named are followed from the first import of
   * their history on.
   */
  'transcripts.watch': Readonly<Record<string, boolean>>;
  /** Days before today whose calls are kept one by one, of older ones only sums; 0 keeps all. */
  'retention.detailDays': number;
  /** Where usage is forwarded to; empty sends nothing anywhere. */
  forward: readonly ForwardDestination[];
}
export type Setting = keyof Settings;

export const defaultSettings: Settings = {
  'budget.daily': 5,
  'budget.thresholds': [50, 80, 100],
  'budget.notifications': true,
  'budget.enforce': 'off',
  'budget.runaway': 10,
  budgets: [],
  'statusBar.show': 'today',
  'statusBar.scope': 'workspace',
  'statusBar.alignment': 'right',
  'statusBar.priority': 100,
  timeZone: '',
  prices: {},
  'estimate.model': 'gpt-4.1',
  'estimate.expectedOutputTokens': 500,
  'estimate.taskType': '',
  'estimate.codeLens': true,
  'estimate.statusItem': true,
  'estimate.liveLimit': 1000,
  'estimate.providerCount': false,
  'ingest.port': 0,
  'gateway.upstreams': {},
  'gateway.includeUsage': true,
  labels: {},
  'gateway.terminal': [],
  plans: {},
  'transcripts.watch': {},
  'retention.detailDays': 0,
  forward: [],
};
