import type { BigIntStats } from 'node:fs';
import { readdir, stat } from 'node:fs/promises';
import { join } from 'node:path';
import type { TranscriptAgent } from '../../capture/transcripts/transcript.ts';
import { type ImportHome, type SearchFolder, searchFolders } from './homes.ts';

/** A transcript as it lies on disk. */
export interface FoundFile {
  readonly agent: TranscriptAgent;
  readonly path: string;
  /** Bytes; of a database with its write-ahead log. */
  readonly size: number;
  /** Last change and creation, epoch ms. */
  readonly mtimeMs: number;
  readonly bornMs: number;
  /** The file's number on its disk; tells a replaced file from one that grew. */
  readonly inode: string;
}

/** A folder that holds transcripts. */
export interface FoundFolder {
  readonly agent: TranscriptAgent;
  readonly root: string;
  readonly files: readonly FoundFile[];
}

const maxDepth = 8;

export interface Search {
  readonly signal?: AbortSignal | undefined;
  /** Called for each folder before it is looked into, also for one that turns out not to be there. */
  readonly onFolder?: ((path: string) => void) | undefined;
}

/** Everything that agents left, folder by folder; folders that are not there or can't be read are left out. */
export async function findTranscripts(
  agents: readonly TranscriptAgent[],
  home: ImportHome,
  { signal, onFolder }: Search = {},
): Promise<FoundFolder[]> {
  const folders = agents.flatMap(agent => searchFolders(agent, home).map(folder => ({ agent, folder })));
  const found = await Promise.all(
    folders.map(async ({ agent, folder }): Promise<FoundFolder> => {
      const paths = await list(folder, onFolder);
      signal?.throwIfAborted();
      const files = await Promise.all(paths.map(path => describeFile(agent, path)));
      return { agent, root: folder.root, files: files.filter(file => file !== null) };
    }),
  );
  return found.filter(({ files }) => files.length > 0);
}

async function list({ root, patterns }: SearchFolder, onFolder: Search['onFolder']): Promise<string[]> {
  const lists = await Promise.all(
    groupPatterns(patterns).map(([folders, names]) => walk(root, { folders, names, depth: 0, onFolder })),
  );
  return lists.flat().sort();
}

/** Patterns of the same folders are walked once. */
function groupPatterns(patterns: readonly string[]): [folders: string[], names: RegExp[]][] {
  const groups = new Map<string, RegExp[]>();
  for (const pattern of patterns) {
    const cut = pattern.lastIndexOf('/');
    const folders = pattern.slice(0, Math.max(0, cut));
    const name = pattern
      .slice(cut + 1)
      .replace(/[.+^${}()|[\]\\]/g, '\\$&')
      .replace(/\*/g, '.*');
    groups.set(folders, [...(groups.get(folders) ?? []), new RegExp(`^${name}$`)]);
  }
  return [...groups].map(([folders, names]) => [folders === '' ? [] : folders.split('/'), names]);
}

interface Walk {
  /** The parts of the pattern between here and the files. */
  readonly folders: readonly string[];
  readonly names: readonly RegExp[];
  readonly depth: number;
  readonly onFolder: Search['onFolder'];
}

async function walk(dir: string, way: Walk): Promise<string[]> {
  const { folders, names, depth, onFolder } = way;
  const [next, ...rest] = folders;
  onFolder?.(dir);
  if (next !== undefined && !next.includes('*')) {
    return walk(join(dir, next), { ...way, folders: rest, depth: depth + 1 });
  }
  const entries = depth > maxDepth ? null : await readdir(dir, { withFileTypes: true }).catch(() => null);
  if (!entries) {
    return [];
  }
  const here = next === undefined || next === '**';
  const files = here
    ? entries
        .filter(entry => entry.isFile() && names.some(name => name.test(entry.name)))
        .map(entry => join(dir, entry.name))
    : [];
  if (next === undefined) {
    return files;
  }
  const inside = entries.filter(entry => entry.isDirectory());
  const deeper = { ...way, folders: next === '**' ? folders : rest, depth: depth + 1 };
  const others = await Promise.all(inside.map(entry => walk(join(dir, entry.name), deeper)));
  return [...files, ...others.flat()];
}

/** A transcript as it lies on disk now; null when it is not there. */
export async function describeFile(agent: TranscriptAgent, path: string): Promise<FoundFile | null> {
  const own = await read(path);
  if (!own) {
    return null;
  }
  const log = path.endsWith('.db') ? await read(`${path}-wal`) : null;
  return {
    agent,
    path,
    size: Number(own.size) + Number(log?.size ?? 0),
    mtimeMs: Math.max(toMs(own.mtimeNs), log ? toMs(log.mtimeNs) : 0),
    bornMs: own.birthtimeNs > 0n ? toMs(own.birthtimeNs) : toMs(own.mtimeNs),
    inode: String(own.ino),
  };
}

function read(path: string): Promise<BigIntStats | null> {
  return stat(path, { bigint: true }).catch(() => null);
}

/** With the fraction: a file may change twice within a millisecond. */
function toMs(ns: bigint): number {
  return Number(ns) / 1e6;
}
