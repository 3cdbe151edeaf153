import type { Provider } from '../../core/provider.ts';
import type { Completeness } from '../../core/usageRecord.ts';
import type { UsageContext } from '../context.ts';
import { type Attributes, parseCount, readName } from './attributes.ts';
import type { InputMeaning } from './buckets.ts';
import { claudeCodeNames, readSeller } from './claudeCode.ts';
import { geminiCliNames } from './geminiCli.ts';
import type { OtlpPoint } from './payload.ts';
import { type OwnNames, readProvider, readWho } from './reading.ts';

/** What a point of a metric counts. `thoughts` are output that `output` leaves out. */
export type MetricBucket = 'input' | 'output' | 'cacheRead' | 'cacheWrite' | 'reasoning' | 'thoughts' | 'tool';

/** Tokens that one series of a metric has counted: a step of it, or all since its start. */
export interface MetricPoint {
  /** Everything but what is counted; points with the same one and time are about the same calls. */
  readonly group: string;
  readonly bucket: MetricBucket;
  readonly value: number;
  readonly isCumulative: boolean;
  readonly start: string;
  /** Epoch ms, UTC. */
  readonly timestamp: number;
  readonly meaning: InputMeaning;
  readonly completeness: Completeness;
  readonly provider: Provider | null;
  readonly model: string | null;
  readonly context: UsageContext;
}

/** Reads a point; null when its metric is no usage, or when it has no session, without which nothing better could replace it. */
export type MetricReader = (point: OtlpPoint, receivedAt: number) => MetricPoint | null;

interface MetricRow {
  /** What each metric counts, or each value of its `type`. */
  readonly metrics: Readonly<Record<string, MetricBucket | Readonly<Record<string, MetricBucket>>>>;
  /** The attribute that has the kind of token. */
  readonly type: string;
  readonly meaning: InputMeaning;
  readonly provider: (attributes: Attributes) => Provider | null;
  readonly model: readonly string[];
  readonly names: OwnNames;
}

/** Wire formats, A1: delta unless set otherwise, kinds are disjoint. `claude_code.cost.usage` is its own guess. */
export const claudeCodeMetrics: MetricReader = createReader({
  metrics: {
    'claude_code.token.usage': {
      input: 'input',
      output: 'output',
      cacheRead: 'cacheRead',
      cacheCreation: 'cacheWrite',
    },
  },
  type: 'type',
  meaning: 'without cache',
  provider: attributes => readSeller({ attributes }),
  model: ['model'],
  names: claudeCodeNames,
});

/** Wire formats, A3: cumulative; input has the cache in it, output leaves thoughts out. */
export const geminiCliMetrics: MetricReader = createReader({
  metrics: {
    'gemini_cli.token.usage': {
      input: 'input',
      output: 'output',
      cache: 'cacheRead',
      thought: 'thoughts',
      tool: 'tool',
    },
  },
  type: 'type',
  meaning: 'with cache',
  provider: () => 'google',
  model: ['model'],
  names: geminiCliNames,
});

/** The convention's counters of today (wire formats, A4). The older histogram tells nothing of the cache and never counts. */
export const genAiMetrics: MetricReader = createReader({
  metrics: {
    'gen_ai.client.inference.usage.input_tokens': 'input',
    'gen_ai.client.inference.usage.output_tokens': 'output',
    'gen_ai.client.inference.usage.cache_read.input_tokens': 'cacheRead',
    'gen_ai.client.inference.usage.cache_write.input_tokens': 'cacheWrite',
    'gen_ai.client.inference.usage.cache_creation.input_tokens': 'cacheWrite',
    'gen_ai.client.inference.usage.reasoning.output_tokens': 'reasoning',
  },
  type: 'gen_ai.token.type',
  meaning: 'unknown',
  provider: attributes => readProvider(attributes, 'gen_ai.provider.name', 'gen_ai.system'),
  model: ['gen_ai.response.model', 'gen_ai.request.model'],
  names: {},
});

function createReader(row: MetricRow): MetricReader {
  return (point, receivedAt) => {
    const { attributes, resource } = point;
    const kinds = row.metrics[point.metric];
    const bucket = typeof kinds === 'object' ? kinds[readName(attributes, row.type) ?? ''] : kinds;
    const context = readWho(point, row.names);
    if (bucket === undefined || context.sessionId === undefined) {
      return null;
    }
    const others = [...attributes].filter(([key]) => key !== row.type).sort(([a], [b]) => (a < b ? -1 : 1));
    const instance = readName(resource, 'service.instance.id') ?? '';
    return {
      group: [context.agent ?? '', context.sessionId, instance, ...others.map(pair => pair.join('='))].join('/'),
      bucket,
      value: parseCount(point.value ?? 0, point.metric),
      isCumulative: point.isCumulative,
      start: point.start,
      timestamp: point.timestamp ?? receivedAt,
      meaning: row.meaning,
      completeness: 'complete',
      provider: row.provider(attributes),
      model: readName(attributes, ...row.model) ?? null,
      context,
    };
  };
}
