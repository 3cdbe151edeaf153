import { rm } from 'node:fs/promises';
import { join, resolve, sep } from 'node:path';
import type { WindowRegistration } from '../../api/contract.ts';
import { defaultSettings, type Settings } from '../../contributions.ts';
import { replaceFile } from '../../ledger/disk/files.ts';
import { BudgetLevels, readRegistration } from '../budgets/budgetLevels.ts';
import { Crossings } from '../budgets/crossings.ts';
import type { MachineRoom } from '../budgets/ledgerBudgets.ts';
import { MachineSpend } from '../budgets/machineSpend.ts';
import { NoticeTargets } from '../budgets/noticeTargets.ts';
import { ForwardSecrets } from '../forwarding/forwardSecrets.ts';
import { logDisplacedPort, openEndpoint } from '../http/endpoint.ts';
import { createApi } from '../http/server.ts';
import { makeToken, readStoredToken, replaceTokens, Token } from '../http/storedToken.ts';
import { resolveOwnHome } from '../import/homes.ts';
import { createImports } from '../import/imports.ts';
import { createLedgers } from '../ledgers/ledgers.ts';
import type { LiveLedger } from '../ledgers/liveLedger.ts';
import { openLiveLedger } from '../ledgers/openLiveLedger.ts';
import { type FolderLock, lockFolder, outlastLeaving } from '../lock/folderLock.ts';
import { readKnownFolders } from '../machine/knownFolders.ts';
import { createMachineForwarding } from '../machine/machineForwarding.ts';
import { MachineSums } from '../machine/machineSums.ts';
import { windowModeRoutes } from '../routes/routes.ts';
import { findSessionFolder } from '../routing/findSessionFolder.ts';
import { createFolderLedgers } from '../routing/folderLedgers.ts';
import { createLedgerRouter } from '../routing/ledgerRouter.ts';
import { openSessionFolders } from '../routing/sessionFolders.ts';
import { normalizeWorkspaceStorage } from '../routing/workspaceFolder.ts';
import { createAuthentication } from './authentication.ts';
import type { EngineCommand } from './commandLine.ts';
import type { Log } from './log.ts';
import { type RunningEngine, runEngine, version } from './runningEngine.ts';
import { createWarnings } from './warnings.ts';
import { createWindows } from './windows.ts';

type Command = EngineCommand & { readonly kind: 'windows' };

const defaultIdleMs = 60_000;

/** Until a window without a folder says otherwise: a budget that nobody set must not warn. */
const machineSettings: Settings = { ...defaultSettings, 'budget.daily': 0 };

/**
 * Serves all VS Code windows of one user, who find it by `engine.json`. Throws `FolderHeldError` when another engine does so
 * already, and what opening the machine's ledger throws.
 */
export async function runWindowMode(command: Command, log: Log, env: NodeJS.ProcessEnv): Promise<RunningEngine> {
  const lock = await outlastLeaving(() => lockFolder(resolve(command.storage)));
  try {
    return await serveWindows(command, lock, log, env);
  } catch (error) {
    await lock.release();
    throw error;
  }
}

async function serveWindows(command: Command, lock: FolderLock, log: Log, env: NodeJS.ProcessEnv) {
  const warnings = createWarnings();
  const folders = createFolderLedgers();
  const knownFolders = await readKnownFolders(lock.folder);
  const secrets = new ForwardSecrets(env);
  const machineSums = new MachineSums({
    folders: knownFolders,
    onChange: () => {
      for (const { news } of ledgers.list()) {
        news.touch();
      }
    },
    now: Date.now,
    log,
  });
  const forwarding = createMachineForwarding({
    folder: lock.folder,
    readSecret: secrets.read,
    machineSums,
    open: () => ledgers.list(),
    log,
  });
  const machineSpend = new MachineSpend(machineSums);
  const targets = new NoticeTargets();
  const levels = new BudgetLevels();
  let room: MachineRoom | null = null;
  const ledgers = createLedgers(async (folder, settings) => {
    forwarding.closed.leave(folder);
    await machineSums.whenFree(folder);
    const live = await openLiveLedger({
      folder,
      settings,
      token: null,
      now: Date.now,
      log,
      machine: machineSums,
      room: () => room,
      targets,
      forwarding: forwarding.place,
    });
    machineSpend.addOpen(live.spend);
    live.warnings.onDidChange(() => live.news.announceEngine());
    inBackground(machineSums.addOpen(live.folder, live.ledger), log);
    log('info', `Opened ledger ${live.folder}.`);
    return live;
  });
  const machineFolder = join(lock.folder, 'machine');
  const machine = await ledgers.use(machineFolder, machineSettings);
  room = {
    spend: machineSpend,
    marks: machine.marks,
    crossings: new Crossings(),
    tell: event => {
      for (const { news } of ledgers.list()) {
        news.cross(event);
      }
    },
  };
  let watchWishes: Settings['transcripts.watch'] = {};
  const userData = findUserData(lock.folder);
  const ownHome = { ...resolveOwnHome(env), userData };
  const router = createLedgerRouter({
    machine,
    folders,
    sessions: await openSessionFolders(machine.folder, error => log('warn', `Sessions: ${error.message}`)),
    ledgers: ledgers.list,
    // An agent whose transcripts must not be read is not asked either.
    findFolder: async (agent, session) =>
      watchWishes[agent] === false ? null : findSessionFolder(agent, session, ownHome, folders.firstFolder),
    now: Date.now,
  });
  const api = createApi(windowModeRoutes, log);
  const endpoint = await openEndpoint(api.createServer, {
    port: command.port,
    folder: lock.folder,
    isFlexible: true,
  });
  // With a short patience that may be before it runs.
  let isIdle = false;
  let leaveIdle = () => {
    isIdle = true;
  };
  const windows = createWindows({
    idleMs: Number(env.SPEND_LENS_IDLE_MS) || defaultIdleMs,
    onIdle: () => leaveIdle(),
    findLedger: useLedger,
    log,
  });
  const adminToken = new Token(makeToken());
  const scraperToken = await readStoredToken(lock.folder, 'metrics-token');
  const engineFile = join(lock.folder, 'engine.json');
  let telling: Promise<void> = Promise.resolve();
  let isLeaving = false;
  const engine = runEngine({
    log,
    api,
    endpoint,
    warnings,
    windows,
    machineSums,
    router,
    metricsOfAll: { folder: lock.folder, read: () => machineSums.readAllTime() },
    imports: createImports({
      folder: machine.folder,
      ledgerFor: record => router.place(record).live,
      userData,
      followsImported: true,
      // The windows come first, so that their folders are known.
      pace: { firstMs: Number(env.SPEND_LENS_FOLLOW_AFTER_MS ?? 3_000) },
      env,
      log,
    }),
    ledgers: ledgers.list,
    findByFolder: folders.find,
    authenticate: createAuthentication(adminToken, scraperToken, machine, ledgers),
    rotateTokens,
    beforeLeaving: async () => {
      lock.announce({ leaving: true });
      isLeaving = true;
      // What is being written must not come after its removal.
      await telling.catch(() => undefined);
      await rm(engineFile, { force: true });
      await ledgers.settle();
      await forwarding.stop();
      await machineSums.stop();
    },
    afterLeaving: lock.release,
  });
  leaveIdle = () => engine.stop('no window is left');
  await tellAddress();
  if (isIdle) {
    leaveIdle();
  }
  inBackground(
    // Closed workspaces may have brought a budget of the whole computer to its end.
    machineSums.start().then(() => {
      // Until now the sums of all ledgers were too low to tell what is crossed.
      for (const live of ledgers.list()) {
        live.crossings.pass();
      }
      machine.watch.assess();
    }),
    log,
  );
  log('info', `Version ${version} listening at ${endpoint.url} for the windows of ${lock.folder}.`);
  return engine;

  /** Also those of workspaces that are closed: their files are made anew when they are opened. */
  async function rotateTokens(): Promise<void> {
    const open = ledgers.list();
    const closed = knownFolders.list().filter(folder => !open.some(live => live.folder === folder));
    await replaceTokens([scraperToken, ...open.map(({ token }) => token), adminToken], async textOf => {
      await Promise.all(closed.map(folder => rm(join(folder, 'token'), { force: true })));
      await tellAddress(textOf(adminToken));
    });
  }

  /** One after the other, so that the last one told is the one that is read. */
  function tellAddress(token = adminToken.text): Promise<void> {
    telling = telling
      .catch(() => undefined)
      .then(async () => {
        const { port, url } = endpoint;
        logDisplacedPort(endpoint, log);
        if (isLeaving) {
          return;
        }
        lock.announce({ url });
        for (const live of ledgers.list()) {
          live.lock.announce({ url });
        }
        const file = { port, token, pid: process.pid, version, url };
        await replaceFile(engineFile, Buffer.from(`${JSON.stringify(file)}\n`));
      });
    return telling;
  }

  async function useLedger(registration: WindowRegistration): Promise<LiveLedger> {
    const { workspace } = registration;
    const { settings, levels: told, problems } = readRegistration(registration);
    if (registration.secrets?.forward) {
      secrets.give(registration.secrets.forward);
    }
    forwarding.closed.use(settings.forward);
    const folder = workspace === null ? machineFolder : normalizeWorkspaceStorage(workspace.storage);
    const live = await ledgers.use(folder, settings);
    live.lock.announce({ url: endpoint.url });
    folders.set(live, workspace?.folders ?? []);
    live.workspaceFolders = workspace?.folders ?? [];
    if (live !== machine) {
      await shareUserSettings(settings);
    }
    if (told) {
      await levels.share(live, told, ledgers.list());
    }
    live.warnings.set('settings', problems.join(' ') || null);
    await followPort(settings);
    watchWishes = settings['transcripts.watch'];
    engine.imports.follow(watchWishes);
    return live;
  }

  /** What is the user's own holds for the machine's ledger too, which may have no window: as the last window told it. */
  async function shareUserSettings({ 'gateway.upstreams': upstreams, plans, forward }: Settings): Promise<void> {
    const shared = { ...machine.settings, 'gateway.upstreams': upstreams, plans, forward };
    if (JSON.stringify(machine.settings) !== JSON.stringify(shared)) {
      await machine.applySettings(shared);
    }
  }

  async function followPort(settings: Settings): Promise<void> {
    const wanted = settings['ingest.port'];
    if (wanted !== 0 && wanted !== endpoint.port && wanted !== endpoint.displaced) {
      await endpoint.move(wanted);
      await tellAddress();
      for (const { news } of ledgers.list()) {
        news.announceEngine();
      }
    }
  }
}

/** The sums of the computer are not worth a call. */
function inBackground(work: Promise<void>, log: Log): void {
  work.catch((error: Error) => log('error', `The sums of this computer are not complete: ${error.message}`));
}

/** VS Code's own user data folder, whose chats can be imported: the global storage lies in it. */
function findUserData(storage: string): string[] {
  const cut = storage.lastIndexOf(`${sep}User${sep}globalStorage`);
  return cut < 0 ? [] : [storage.slice(0, cut)];
}
