/**
 * Every text of the page in one object, so that a language is one object more. `{0}` and `{1}` stand for values; see `fill`.
 */
export const texts = {
  title: 'Usage Report',
  machineLedger: 'This machine',
  loading: 'Loading usage…',

  period: 'Period',
  today: 'Today',
  sevenDays: 'Last 7 days',
  thirtyDays: 'Last 30 days',
  thisMonth: 'This month',
  custom: 'Custom range',
  from: 'From',
  to: 'To',
  show: 'Show',
  datesMissing: 'Enter both dates.',
  datesReversed: 'The first day is after the last one.',
  datesTooFar: 'Choose at most three years.',

  exportCsv: 'Export CSV',
  exportJson: 'Export JSON',

  overview: 'Overview',
  spend: 'Spend',
  requests: 'Requests',
  tokensIn: 'Tokens in',
  tokensOut: 'Tokens out',
  cached: 'Cached',
  cachedHint: 'Part of tokens in that was read from the cache',
  latency: 'Avg. latency',
  unpriced: 'Unpriced',
  unpricedCost: 'unpriced',
  unpricedOf: '{0} of {1} unpriced',
  unpricedHint: 'No rate is known for these requests, so their cost is not in the spend.',
  setPrice: 'Set Price…',
  setPriceFor: 'Set Price… for {0}',
  cachedShare: '{0} of tokens in',
  reasoning: '{0} reasoning',

  spendByDay: 'Spend per day by model',
  spendOfDay: 'Spend by model',
  noSpend: 'Nothing in this period has a price yet.',
  other: 'Other models',
  day: 'Day',
  total: 'Total',
  asTable: 'Show as table',
  chartSummary: '{0}, {1}: {2} in total. {3}.',
  chartHighest: 'Highest day: {0} with {1}',
  chartModel: '{0} {1}',

  byModel: 'By model',
  byTaskType: 'By task type',
  bySession: 'By session',
  byUser: 'By user',
  model: 'Model',
  taskType: 'Task type',
  session: 'Session',
  user: 'User',
  cost: 'Cost',
  none: '(none)',
  showMore: 'Show {0} more',
  showMoreOf: 'Show {0} more rows, {1}',

  nothingYet: 'No calls recorded yet',
  nothingYetHint: 'Send the first one and it appears here within a second.',
  copyStep: 'Copy the connection settings and paste them into a terminal. They hold the address and its token.',
  sendStep: 'Send a call from that terminal, or point an agent at this address:',
  endpoint: 'Endpoint',
  copyConnection: 'Copy Connection Settings',
  whatAppears: 'What you will see here',
  whatSpend: 'Spend, tokens and latency of the period, counting up while agents run',
  whatChart: 'Spend per day, stacked by model',
  whatTables: 'Tables by model, task type, session and user, to export as CSV or JSON',
  nothingInPeriod: 'No calls in this period',
  lastRecord: 'The newest record is from {0}.',
  widen: 'Show Last 30 Days',

  loadFailed: 'The report could not be loaded.',
  refreshFailed: 'These figures could not be refreshed.',
  noAnswer: 'Spend Lens did not answer within {0} seconds.',
  retry: 'Retry',
  engineAway: 'The Spend Lens engine is not running. New calls are not recorded until it is back.',
  restart: 'Restart',

  announce: '{0}: {1} spent, {2} requests.',
} as const;

/** A text with its `{n}` replaced by values. */
export function fill(text: string, ...values: readonly string[]): string {
  return text.replace(/\{(\d)\}/g, (whole, index: string) => values[Number(index)] ?? whole);
}
