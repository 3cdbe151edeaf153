import type { MatchLogic, ModelInfo } from '@pydantic/genai-prices';
import { normalizeModelName } from './modelNames.ts';

/**
 * The exact names a model of the price catalogue goes by. The catalogue's own matching is by prefix, substring and regular
 * expression, and would give `gpt-5-nano-whatever` a price; here only names spelled out in full count:
 * - the model's id and its `equals` clauses;
 * - for Anthropic and Bedrock, whose models have hardly any `equals`, also the text of a `starts_with` clause as a whole
 *   name (`claude-3-5-haiku`, `claude-sonnet-4.5`), never as a prefix;
 * - for Bedrock the names its ids stand for (see {@link bedrockNames}).
 */
export function catalogueNames(catalogueProvider: string, model: ModelInfo): readonly string[] {
  const names = [model.id, ...clauses(model.match, 'equals')];
  if (catalogueProvider === 'anthropic' || catalogueProvider === 'aws') {
    names.push(...clauses(model.match, 'starts_with').filter(name => /[a-z0-9]$/.test(name)));
  }
  if (catalogueProvider === 'aws') {
    names.push(...bedrockNames(model));
  }
  return [...new Set(names.map(normalizeModelName))];
}

/**
 * Bedrock's ids in the catalogue: `regional.X` is its notation for X in one region and X behind each regional inference
 * profile (`us.X`, `eu.X` …; those its clauses list); the version suffix (`-v1:0`, `-v1`) is not always reported.
 */
function bedrockNames(model: ModelInfo): readonly string[] {
  const id = model.id.replace(/^regional\./, '');
  const forms = new Set([id, id.replace(/:\d+$/, ''), id.replace(/-v\d+(?::\d+)?$/, '')]);
  if (id.startsWith('global.')) {
    return [...forms];
  }
  const listed = [...clauses(model.match, 'contains'), ...clauses(model.match, 'equals')]
    .map(clause => /^(us|eu|apac|jp|au|in|us-gov)\./.exec(clause)?.[1])
    .filter(region => region !== undefined);
  const regions = listed.length > 0 ? [...new Set(listed)] : ['us', 'eu', 'apac'];
  return [...forms].flatMap(form => [form, ...regions.map(region => `${region}.${form}`)]);
}

/** The texts of one kind of clause; those inside an `and` are conditions, not names. */
function clauses(match: MatchLogic, kind: 'equals' | 'starts_with' | 'contains'): readonly string[] {
  if ('or' in match) {
    return match.or.flatMap(part => clauses(part, kind));
  }
  const text = (match as Readonly<Record<string, unknown>>)[kind];
  return typeof text === 'string' ? [text] : [];
}
