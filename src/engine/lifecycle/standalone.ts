import { resolve } from 'node:path';
import { defaultSettings } from '../../contributions.ts';
import type { Access } from '../engine.ts';
import { ForwardSecrets } from '../forwarding/forwardSecrets.ts';
import { logDisplacedPort, openEndpoint } from '../http/endpoint.ts';
import { HttpProblem } from '../http/problem.ts';
import { createApi } from '../http/server.ts';
import { replaceTokens } from '../http/storedToken.ts';
import { createImports } from '../import/imports.ts';
import { openLiveLedger } from '../ledgers/openLiveLedger.ts';
import { outlastLeaving } from '../lock/folderLock.ts';
import { standaloneRoutes } from '../routes/routes.ts';
import type { EngineCommand } from './commandLine.ts';
import type { Log } from './log.ts';
import { type RunningEngine, runEngine } from './runningEngine.ts';
import { createWarnings } from './warnings.ts';
import { readSettingsFile, type SettingsReading, watchSettingsFile } from './watchSettings.ts';

type Command = EngineCommand & { readonly kind: 'standalone' };

/** How clients reach an engine that runs alone: the line it prints. */
export interface Greeting {
  readonly url: string;
  readonly token: string;
  readonly storage: string;
}

/** Serves one folder as the only ledger. Throws `FolderHeldError`, `PortTakenError` and what opening the ledger throws. */
export async function runStandalone(
  command: Command,
  log: Log,
): Promise<{ readonly engine: RunningEngine; readonly greeting: Greeting }> {
  const warnings = createWarnings();
  const first = command.settings === null ? null : await readSettingsFile(command.settings);
  const live = await outlastLeaving(() =>
    openLiveLedger({
      folder: resolve(command.storage),
      settings: first?.settings ?? defaultSettings,
      token: command.token,
      now: Date.now,
      log,
      forwarding: { keyFolder: resolve(command.storage), readSecret: new ForwardSecrets(process.env).read },
    }),
  );
  const { settings } = command;
  if (settings !== null && first !== null) {
    tellProblems(settings, first, 'Defaults are used instead.');
  }

  const api = createApi(standaloneRoutes, log);
  const endpoint = await openEndpoint(api.createServer, {
    port: command.port,
    folder: live.folder,
    isFlexible: false,
  }).catch(async error => {
    await live.close();
    throw error;
  });
  logDisplacedPort(endpoint, log);
  live.lock.announce({ url: endpoint.url });
  const access: Access = { isAdmin: true, ledger: live };
  const unwatch =
    settings === null ? () => {} : watchSettingsFile(settings, reading => applyReading(settings, reading));
  const engine = runEngine({
    log,
    api,
    endpoint,
    warnings,
    windows: null,
    machineSums: null,
    router: null,
    metricsOfAll: null,
    imports: createImports({
      folder: live.folder,
      ledgerFor: () => live,
      userData: [],
      followsImported: false,
      env: process.env,
      log,
    }),
    ledgers: () => [live],
    authenticate: tokens => (tokens.filter(token => live.token.fits(token)).length > 0 ? access : null),
    rotateTokens: () => {
      if (!live.token.isStored) {
        throw new HttpProblem(
          409,
          'The token was given on the command line or by SPEND_LENS_TOKEN: start again with another one.',
        );
      }
      return replaceTokens([live.token]);
    },
    beforeLeaving: async () => {
      unwatch();
      live.lock.announce({ leaving: true });
    },
    afterLeaving: async () => {},
  });
  engine.imports.follow(live.settings['transcripts.watch']);
  live.warnings.onDidChange(() => live.news.announceEngine());
  log('info', `Listening at ${endpoint.url}, ledger ${live.folder}.`);
  return { engine, greeting: { url: endpoint.url, token: live.token.text, storage: live.folder } };

  /** A file with problems changes nothing: half of what was meant is worse than what was. */
  async function applyReading(path: string, reading: SettingsReading): Promise<void> {
    tellProblems(path, reading, 'The last good settings stay in effect.');
    if (reading.settings !== null && reading.problems.length === 0) {
      log('info', `Settings read again from ${path}.`);
      await live.applySettings(reading.settings).catch(error => log('error', `Settings: ${error.message}`));
      engine.imports.follow(reading.settings['transcripts.watch']);
    }
  }

  function tellProblems(path: string, { problems }: SettingsReading, consequence: string): void {
    const text = problems.length === 0 ? null : `Settings file ${path}: ${problems.join(' ')} ${consequence}`;
    warnings.set('settings', text);
    if (text !== null) {
      log('warn', text);
    }
  }
}
