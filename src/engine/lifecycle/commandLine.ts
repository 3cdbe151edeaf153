import { parseArgs } from 'node:util';
import { transcriptAgents } from '../../capture/transcripts/transcript.ts';
import type { ImportCommand } from '../import/importCommand.ts';

/** How the process ends (docs/http-api.md, "Command line"). */
export const exitCodes = { stopped: 0, failed: 1, badArguments: 2, folderHeld: 3 } as const;

/** What the command line asks for. Folders and files as given, not yet resolved. */
export type EngineCommand =
  | {
      readonly kind: 'standalone';
      readonly storage: string;
      /** Null: the stored port, else a free one that is then stored. 0: any free port. */
      readonly port: number | null;
      /** Null: the one stored in the folder. */
      readonly token: string | null;
      readonly settings: string | null;
    }
  | ({ readonly kind: 'import' } & ImportCommand)
  | { readonly kind: 'windows'; readonly storage: string; readonly port: number | null }
  | { readonly kind: 'help' };

export const usage = `Usage:
  engine --storage DIR [--port N] [--token T] [--settings FILE.json]
  engine windows --storage GLOBAL_DIR [--port N]
  engine import --storage DIR [--home DIR] [--agent NAME]…

The first serves DIR as its only ledger and prints {"url","token","storage"} as one JSON line when it listens.
The second serves the VS Code windows of one user; they find it by GLOBAL_DIR/engine.json.
The third imports what agents left on disk and prints {"files","records","new","duplicates","skipped"}.

  --storage DIR    folder of the ledger; made when missing
  --port N         port on 127.0.0.1; 0 takes any free one. Default: the one stored in DIR, else a free one
  --token T        token that clients send. Default: SPEND_LENS_TOKEN, else the one stored in DIR
  --settings FILE  settings as in VS Code, nested and without the prefix; read again when it changes
  --home DIR       home folder to look below, and nowhere else. Default: the user's, and CLAUDE_CONFIG_DIR, CODEX_HOME …
  --agent NAME     only this agent, may be repeated: ${transcriptAgents.join(', ')}
`;

/** The command line can't be followed; the message says why. */
export class BadArgumentsError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'BadArgumentsError';
  }
}

/** Reads the arguments after the script's name. Throws `BadArgumentsError`. */
export function parseCommandLine(argv: readonly string[], env: NodeJS.ProcessEnv): EngineCommand {
  const { values, positionals } = parseOptions(argv);
  if (values.help) {
    return { kind: 'help' };
  }
  const [subcommand, ...rest] = positionals;
  if (rest.length > 0 || (subcommand !== undefined && subcommand !== 'windows' && subcommand !== 'import')) {
    throw new BadArgumentsError(`Unknown argument "${rest[0] ?? subcommand}".`);
  }
  if (!values.storage) {
    throw new BadArgumentsError('--storage DIR is missing.');
  }
  if (subcommand === 'import') {
    return parseImport(values, values.storage);
  }
  if (values.home !== undefined || values.agent !== undefined) {
    throw new BadArgumentsError('Only "import" takes --home and --agent.');
  }
  const port = values.port === undefined ? null : parsePort(values.port);
  if (subcommand === 'windows') {
    if (values.token !== undefined || values.settings !== undefined) {
      throw new BadArgumentsError('"windows" takes neither --token nor --settings.');
    }
    return { kind: 'windows', storage: values.storage, port };
  }
  const token = values.token === undefined ? env.SPEND_LENS_TOKEN || null : values.token;
  if (token !== null && !/^[\x21-\x7e]+$/.test(token)) {
    throw new BadArgumentsError('The token must be printable ASCII without spaces, and not empty.');
  }
  return { kind: 'standalone', storage: values.storage, port, token, settings: values.settings ?? null };
}

function parseOptions(argv: readonly string[]) {
  try {
    return parseArgs({
      args: [...argv],
      allowPositionals: true,
      options: {
        storage: { type: 'string' },
        port: { type: 'string' },
        token: { type: 'string' },
        settings: { type: 'string' },
        home: { type: 'string' },
        agent: { type: 'string', multiple: true },
        help: { type: 'boolean', short: 'h' },
      },
    });
  } catch (error) {
    throw new BadArgumentsError(error instanceof Error ? error.message : String(error));
  }
}

function parseImport(values: ReturnType<typeof parseOptions>['values'], storage: string): EngineCommand {
  if (values.port !== undefined || values.token !== undefined || values.settings !== undefined) {
    throw new BadArgumentsError('"import" takes neither --port nor --token nor --settings.');
  }
  if (values.home === '') {
    throw new BadArgumentsError('--home needs a folder.');
  }
  const unknown = values.agent?.find(name => !transcriptAgents.some(agent => agent === name));
  if (unknown !== undefined) {
    throw new BadArgumentsError(`Unknown agent "${unknown}"; known are ${transcriptAgents.join(', ')}.`);
  }
  const agents = transcriptAgents.filter(agent => values.agent?.includes(agent) ?? true);
  return { kind: 'import', storage, home: values.home ?? null, agents };
}

function parsePort(text: string): number {
  const port = /^\d{1,5}$/.test(text) ? Number(text) : Number.NaN;
  if (!(port <= 65_535)) {
    throw new BadArgumentsError(`--port must be a number from 0 to 65535, not "${text}".`);
  }
  return port;
}
