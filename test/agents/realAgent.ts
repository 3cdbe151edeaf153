import type { TranscriptAgent } from '../../src/capture/transcripts/transcript.ts';
import type { Destination, SettingsAgent } from '../../src/connect/settingsAgent.ts';
import type { ReportedCall } from './provider/reportedCall.ts';

/** The ways a call of an agent can reach the ledger. */
export type Way = 'telemetry' | 'transcript' | 'gateway';
export const ways: readonly Way[] = ['telemetry', 'transcript', 'gateway'];

/** What a way tells of a call beside its counts of input, cache and output. */
export interface Told {
  /** Whether it says how much of the output was reasoning. */
  readonly reasoning: boolean;
  /** Whether it splits cache writes by their time to live. */
  readonly cacheTtl: boolean;
  /** It tells of some calls only, and of which is luck: none may be told twice or wrong. */
  readonly isPartial?: boolean;
  /** Whether it tells of this call at all; without it, of every one. */
  readonly has?: (call: ReportedCall) => boolean;
}

/** Where an agent runs in one test, and what it is connected with. */
export interface Place {
  /** Home folder, empty before. */
  readonly home: string;
  /** Working folder. */
  readonly cwd: string;
  /** What stands where `https://api.NAME.com` would: the fake provider, or the gateway before it. */
  upstream(name: 'anthropic' | 'openai' | 'google'): string;
  /** Where telemetry goes; null when it is off. */
  readonly telemetry: Destination | null;
  /** Whether the agent shall send whatever telemetry it has, not only what "Connect Agent…" asks for. */
  readonly isChatty: boolean;
}

/** A published CLI, and how it is driven without a person. */
export interface RealAgent {
  readonly name: TranscriptAgent;
  /** Its package on npm, and the version that the tests were written with. */
  readonly package: string;
  readonly version: string;
  /** Its program, as a command line, by the folder with `node_modules`. */
  program(modules: string): readonly string[];
  /** The part of "Connect Agent…" that switches its telemetry on; null when that takes variables instead. */
  readonly settings: SettingsAgent | null;
  /** Writes what a person would have set beside the connection; gives the variables that the agent runs with. */
  prepare(place: Place): Readonly<Record<string, string>>;
  /** The arguments of its runs, one after the other in the same place. */
  readonly runs: readonly (readonly string[])[];
  /** So many model calls the runs make at least. */
  readonly leastCalls: number;
  readonly told: Readonly<Record<Way, Told>>;
  /** The signals of its telemetry's rows. */
  readonly telemetrySignal: 'otlp_log' | 'otlp_span';
}
