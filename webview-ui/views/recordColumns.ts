/** The columns of tables in which a row is one call, or calls of one model, so that they read alike. */
import type { RecordRow } from '../../src/api/contract.ts';
import { formatCallCost, formatCount } from '../format.ts';
import type { Column } from '../table/columns.ts';
import { fill, texts } from '../texts.ts';
import type { PageEvents } from './viewPart.ts';

/** The model as the row's name. */
export function createModelColumn<T extends { readonly model: string | null }>(): Column<T> {
  return {
    id: 'model',
    title: texts.model,
    kind: 'name',
    value: ({ model }) => model,
    text: ({ model }) => model ?? texts.none,
    isQuiet: ({ model }) => model === null,
  };
}

/** A count of tokens, `?` where the call did not report it. */
export function createTokensColumn(
  id: 'prompt_tokens' | 'cache_read_tokens' | 'completion_tokens',
  title: string,
): Column<RecordRow> {
  const read = (record: RecordRow) => record[id];
  return {
    id,
    title,
    kind: 'number',
    value: read,
    text: record => {
      const tokens = read(record);
      return tokens === null ? '?' : formatCount(tokens);
    },
  };
}

/** What a call cost, which leads to why; `name` is what the call is called when that is read aloud. */
export function createCallCostColumn(name: (record: RecordRow) => string, events: PageEvents): Column<RecordRow> {
  return {
    id: 'cost_usd',
    title: texts.cost,
    kind: 'number',
    value: ({ cost_usd: cost }) => cost,
    text: ({ cost_usd: cost }) => formatCallCost(cost),
    isQuiet: ({ cost_usd: cost }) => cost === null,
    press: {
      label: record => `${formatCallCost(record.cost_usd)}. ${fill(texts.explainOf, name(record))}`,
      run: ({ id }) => events.go({ explained: { kind: 'record', id } }),
      isOffered: () => true,
    },
  };
}
