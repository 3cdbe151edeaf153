import { normalizeProvider, type Provider, providers } from '../../core/provider.ts';
import { reportIdMark, type TokenCounts } from '../../core/usageRecord.ts';
import type { UsageContext } from '../context.ts';
import type { CallFacts } from '../record.ts';
import { type Attributes, readName } from './attributes.ts';
import type { Telemetry } from './payload.ts';

/** A model call found in telemetry. */
export interface Reading {
  readonly facts: CallFacts;
  readonly context: UsageContext;
}

/** Finds the model call in a piece of telemetry; null when it is no usage. Throws `UsageError` when its counts contradict. */
export type Reader<T> = (item: T) => Reading | null;

/** Names of an emitter's own that come before the ones everybody may use. */
export interface OwnNames {
  /** The tool that made the call; left out: the service's name. */
  readonly agent?: string;
  readonly session?: readonly string[];
  /** What the call was for, in the emitter's own word. */
  readonly taskType?: readonly string[];
  readonly user?: readonly string[];
}

const sessions = ['gen_ai.conversation.id', 'conversation.id', 'session.id'];
const users = ['user.id', 'enduser.id', 'user.name', 'user.email'];

/**
 * Whose call it was (docs/otlp.md). `spend_lens.*` says it first, on the piece or on its resource. Session and task type are then
 * the piece's own, before its resource's; user, team and project the resource's, which is where people put them.
 */
export function readWho({ attributes, resource }: Telemetry, own: OwnNames = {}): UsageContext {
  const find = (first: Attributes, second: Attributes, key: string, names: readonly string[]) =>
    readName(attributes, `spend_lens.${key}`) ??
    readName(resource, `spend_lens.${key}`) ??
    readName(first, ...names) ??
    readName(second, ...names);
  const ofPiece = (key: string, names: readonly string[]) => find(attributes, resource, key, names);
  const ofResource = (key: string, names: readonly string[]) => find(resource, attributes, key, names);
  const taskTypes = [...(own.taskType ?? []), 'gen_ai.agent.name', 'agent.name', 'gen_ai.operation.name'];
  return {
    sessionId: ofPiece('session', [...(own.session ?? []), ...sessions]),
    taskType: ofPiece('task_type', taskTypes) ?? 'chat',
    userId: ofResource('user', [...users, ...(own.user ?? [])]),
    team: ofResource('team', ['team.id', 'team.name', 'team', 'department']),
    project: ofResource('project', ['project.id', 'project.name', 'project']),
    branch: ofResource('branch', ['vcs.ref.head.name']),
    cwd: ofResource('cwd', ['process.working_directory']),
    agent: ofResource('agent', []) ?? own.agent ?? readService(resource),
  };
}

/** The service's name; the SDKs' default for "none" is none. */
function readService(resource: Attributes): string | undefined {
  const name = readName(resource, 'service.name');
  return name?.startsWith('unknown_service') ? undefined : name;
}

/** A provider by any name telemetry has for it; of `openai.chat` and `google.vertex.chat` (Vercel) the first part. */
export function readProvider(attributes: Attributes, ...keys: readonly string[]): Provider | null {
  const name = readName(attributes, ...keys)?.toLowerCase();
  const provider = normalizeProvider(name);
  const isKnown = provider !== name || (providers as readonly (string | null)[]).includes(provider);
  return isKnown ? provider : normalizeProvider(name?.split('.')[0]);
}

/**
 * The id of a report, that a repeated delivery of it has again, for pieces that name no call; undefined unless session and time
 * are known.
 */
export function repeatId(
  agent: string,
  sessionId: string | undefined,
  parts: readonly (string | number | null)[],
  tokens: TokenCounts,
): string | undefined {
  const { input, cacheRead, cacheWrite5m, cacheWrite1h, cacheWrite, output } = tokens;
  const counts = [input, cacheRead, cacheWrite5m + cacheWrite1h + cacheWrite, output].join(',');
  return sessionId === undefined || parts.includes(null)
    ? undefined
    : reportIdMark + [agent, sessionId, ...parts, counts].join('/');
}
