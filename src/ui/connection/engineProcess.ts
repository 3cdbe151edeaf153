import { spawn } from 'node:child_process';
import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { EngineUnreachableError } from '../../api/apiError.ts';
import { createClient } from '../../api/client.ts';
import { busyTime } from '../busyTime.ts';
import { formatError, type Log } from '../log.ts';
import { plainText, type Translate } from '../text/translate.ts';
import { type EngineFile, readEngineFile } from './engineFile.ts';
import { isOlderVersion } from './version.ts';

export interface EngineProcessOptions {
  /** Global storage of the extension: the folder of `engine.json`. */
  readonly storage: string;
  /** Path of `dist/engine.js`. */
  readonly script: string;
  /** Version of this extension; an older engine is asked to hand over. */
  readonly version: string;
  readonly log: Log;
  /** English when left out. */
  readonly t?: Translate;
}

/** The engine could not be started; the message is for people. */
export class EngineStartError extends Error {
  override readonly name = 'EngineStartError';
}

/** Exit code of an engine that found another one alive in its folder. */
const anotherEngineIsAlive = 3;
const healthTimeoutMs = 3000;
const startTimeoutMs = 15_000;
/** How long the winner of a race may take to write its file, and an engine asked to stop to be gone. */
const settleTimeoutMs = 5000;
const pollMs = 50;

type Health = 'ok' | 'older' | 'hangs' | 'dead';

/** Finds the engine that all windows share, or starts it. Keeps no state: `engine.json` is the state. */
export class EngineProcess {
  readonly #options: EngineProcessOptions;

  constructor(options: EngineProcessOptions) {
    this.#options = options;
  }

  /** A live engine of at least our version. Throws `EngineStartError`, or the signal's reason. */
  async findOrStart(signal: AbortSignal): Promise<EngineFile> {
    const { storage, log } = this.#options;
    const found = await readEngineFile(storage);
    const health = found ? await this.#probe(found, signal) : 'dead';
    if (found && health === 'ok') {
      log.info(`Found engine ${found.version} at ${found.url}, process ${found.pid}`);
      return found;
    }
    if (found && health === 'older') {
      log.info(`Engine ${found.version} is older than this extension: asking it to hand over`);
      // One that outlives its file still passes gateway calls on, and holds nothing that a successor needs.
      await this.#shutDown(found, signal, async ({ pid }) => (await readEngineFile(storage))?.pid === pid);
    }
    await mkdir(storage, { recursive: true });
    return this.#start(health === 'hangs' ? found : null, signal);
  }

  /** Asks the engine to flush and leave, and waits until it is gone. No engine is fine. */
  async stop(signal: AbortSignal): Promise<void> {
    const found = await readEngineFile(this.#options.storage);
    if (found && isAlive(found.pid)) {
      await this.#shutDown(found, signal, async ({ pid }) => isAlive(pid));
    }
  }

  async #probe({ url, token, pid }: EngineFile, signal: AbortSignal): Promise<Health> {
    if (!isAlive(pid)) {
      return 'dead';
    }
    try {
      const client = createClient({ url, token, timeoutMs: healthTimeoutMs });
      const { version } = await busyTime.measure('connect', () => client.health(signal));
      return isOlderVersion(version, this.#options.version) ? 'older' : 'ok';
    } catch (error) {
      signal.throwIfAborted();
      return error instanceof EngineUnreachableError && error.code === 'timeout' ? 'hangs' : 'dead';
    }
  }

  async #shutDown(
    found: EngineFile,
    signal: AbortSignal,
    isThere: (found: EngineFile) => Promise<boolean>,
  ): Promise<void> {
    const { url, token } = found;
    try {
      await createClient({ url, token, timeoutMs: healthTimeoutMs }).shutdown(signal);
    } catch (error) {
      signal.throwIfAborted();
      this.#options.log.warn(`The engine did not take the request to stop: ${formatError(error)}`);
    }
    const until = Date.now() + settleTimeoutMs;
    while ((await isThere(found)) && Date.now() < until) {
      await sleep(pollMs, undefined, { signal });
    }
  }

  /** Starts an engine and waits for the file of whichever engine wins. `hanging` holds the folder and does not answer. */
  async #start(hanging: EngineFile | null, signal: AbortSignal): Promise<EngineFile> {
    const { storage, log, t = plainText } = this.#options;
    let exit: number | string | null | undefined;
    let until = Date.now() + startTimeoutMs;
    log.info(`Starting the engine; its own log is ${join(storage, 'engine.log')}`);
    const child = busyTime.measure('startEngine', () => this.#spawn());
    child.once('error', error => {
      exit = formatError(error);
    });
    child.once('exit', (code, killedBy) => {
      exit = code ?? killedBy;
      until = Math.min(until, Date.now() + settleTimeoutMs);
    });
    while (Date.now() < until) {
      await sleep(pollMs, undefined, { signal });
      const file = await readEngineFile(storage);
      if (file && file.pid !== hanging?.pid && (await this.#probe(file, signal)) === 'ok') {
        log.info(`Engine ${file.version} runs at ${file.url}, process ${file.pid}`);
        return file;
      }
      if (exit === anotherEngineIsAlive && hanging) {
        await this.#killHanging(hanging);
        throw new EngineStartError(t('The engine did not answer and was ended.'));
      }
      if (exit !== undefined && exit !== anotherEngineIsAlive) {
        throw new EngineStartError(t('The engine could not be started: it ended with {0}.', String(exit)));
      }
    }
    throw new EngineStartError(
      exit === anotherEngineIsAlive
        ? t('Another engine holds the storage folder and does not say where it is.')
        : t('The engine did not come up within {0} s.', startTimeoutMs / 1000),
    );
  }

  #spawn() {
    const { storage, script } = this.#options;
    const { NODE_OPTIONS: _options, VSCODE_INSPECTOR_OPTIONS: _inspector, ...env } = process.env;
    // Detached and without pipes: the engine outlives this window, since the agents in its terminals do.
    const child = spawn(process.execPath, [script, 'windows', '--storage', storage], {
      cwd: storage,
      detached: true,
      env: { ...env, ELECTRON_RUN_AS_NODE: '1' },
      stdio: 'ignore',
      windowsHide: true,
    });
    child.unref();
    return child;
  }

  /**
   * Ends an engine that holds the folder's lock (our own start has just been refused by it) and answers nobody. A process id
   * alone proves nothing, as ids are used again: hence the lock, and the file must still name it.
   */
  async #killHanging({ pid }: EngineFile): Promise<void> {
    if ((await readEngineFile(this.#options.storage))?.pid !== pid) {
      return;
    }
    this.#options.log.warn(`Engine process ${pid} does not answer: ending it`);
    try {
      // Not SIGTERM: a process that does not answer does not run its handlers either, and the journal survives this.
      process.kill(pid, 'SIGKILL');
    } catch (error) {
      this.#options.log.warn(`Engine process ${pid} could not be ended: ${formatError(error)}`);
    }
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === 'EPERM';
  }
}
