import { join } from 'node:path';
import { runImportCommand } from './import/importCommand.ts';
import { BadArgumentsError, type EngineCommand, exitCodes, parseCommandLine, usage } from './lifecycle/commandLine.ts';
import { keepHeapSmall } from './lifecycle/heap.ts';
import { createLog, type Log } from './lifecycle/log.ts';
import type { RunningEngine } from './lifecycle/runningEngine.ts';
import { runStandalone } from './lifecycle/standalone.ts';
import { runWindowMode } from './lifecycle/windowMode.ts';
import { FolderHeldError } from './lock/folderLock.ts';

type StartCommand = Exclude<EngineCommand, { kind: 'help' }>;
type ServeCommand = Exclude<StartCommand, { kind: 'import' }>;

/** The engine's process: see README.md, and docs/http-api.md for what it serves. */
async function main(): Promise<number> {
  const command = parseArguments();
  if (typeof command === 'number') {
    return command;
  }
  if (command.kind !== 'import') {
    // An import does so once it has found something to read.
    keepHeapSmall();
  }
  const log = createLog({ file: command.kind === 'windows' ? join(command.storage, 'engine.log') : null });
  surviveClosedPipes();
  leaveWordOfCrashes(log);
  const onSignal = catchSignals();
  try {
    if (command.kind === 'import') {
      const cancelling = new AbortController();
      onSignal(signal => cancelling.abort(new Error(`Cancelled by ${signal}; what was imported stays.`)));
      const summary = await runImportCommand(command, log, process.env, cancelling.signal);
      process.stdout.write(`${JSON.stringify(summary)}\n`);
      return exitCodes.stopped;
    }
    const engine = await start(command, log);
    onSignal(signal => engine.stop(signal));
    return (await engine.left) ? exitCodes.stopped : exitCodes.failed;
  } catch (error) {
    log('error', error instanceof Error ? error.message : String(error));
    return error instanceof FolderHeldError ? exitCodes.folderHeld : exitCodes.failed;
  }
}

async function start(command: ServeCommand, log: Log): Promise<RunningEngine> {
  if (command.kind === 'windows') {
    return runWindowMode(command, log, process.env);
  }
  const { engine, greeting } = await runStandalone(command, log);
  process.stdout.write(`${JSON.stringify(greeting)}\n`);
  return engine;
}

function parseArguments(): StartCommand | number {
  try {
    const command = parseCommandLine(process.argv.slice(2), process.env);
    if (command.kind === 'help') {
      process.stdout.write(usage);
      return exitCodes.stopped;
    }
    return command;
  } catch (error) {
    if (!(error instanceof BadArgumentsError)) {
      throw error;
    }
    process.stderr.write(`${error.message}\n\n${usage}`);
    return exitCodes.badArguments;
  }
}

/** Catches from the start, so that none is lost while the ledger opens; they are told once there is someone to tell. */
function catchSignals(): (listener: (signal: string) => void) => void {
  const caught: string[] = [];
  let tell = (signal: string): void => {
    caught.push(signal);
  };
  for (const signal of ['SIGTERM', 'SIGINT', 'SIGHUP'] as const) {
    process.on(signal, () => tell(signal));
  }
  return listener => {
    tell = listener;
    caught.forEach(listener);
  };
}

/** Whoever started the engine may be gone long before it. */
function surviveClosedPipes(): void {
  process.stdout.on('error', () => {});
  process.stderr.on('error', () => {});
}

/** What is acknowledged is on the disk: after an error nobody expected, a fresh start is the safest. */
function leaveWordOfCrashes(log: Log): void {
  const crash = (error: unknown) => {
    log('error', `Crashed: ${error instanceof Error ? error.stack : String(error)}`);
    process.exit(exitCodes.failed);
  };
  process.on('uncaughtException', crash);
  process.on('unhandledRejection', crash);
}

main().then(code => process.exit(code));
