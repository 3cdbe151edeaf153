import type { BigIntStats, Dirent } from 'node:fs';
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

/** Everything that agents left, folder by folder; folders that are not there or can't be read are left out. */
export async function findTranscripts(
  agents: readonly TranscriptAgent[],
  home: ImportHome,
  signal?: AbortSignal,
): Promise<FoundFolder[]> {
  const folders = agents.flatMap(agent => searchFolders(agent, home).map(folder => ({ agent, folder })));
  const found = await Promise.all(
    folders.map(async ({ agent, folder }): Promise<FoundFolder> => {
      const paths = await list(folder);
      signal?.throwIfAborted();
      const files = await Promise.all(paths.map(path => describe(agent, path)));
      return { agent, root: folder.root, files: files.filter(file => file !== null) };
    }),
  );
  return found.filter(({ files }) => files.length > 0);
}

async function list({ root, patterns }: SearchFolder): Promise<string[]> {
  const lists = await Promise.all(groupPatterns(patterns).map(([folders, names]) => walk(root, folders, names, 0)));
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

async function walk(
  dir: string,
  folders: readonly string[],
  names: readonly RegExp[],
  depth: number,
): Promise<string[]> {
  const [next, ...rest] = folders;
  if (next !== undefined && !next.includes('*')) {
    return walk(join(dir, next), rest, names, depth + 1);
  }
  const entries = depth > maxDepth ? [] : await readdir(dir, { withFileTypes: true }).catch((): Dirent[] => []);
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
  const deeper = await Promise.all(
    inside.map(entry => walk(join(dir, entry.name), next === '**' ? folders : rest, names, depth + 1)),
  );
  return [...files, ...deeper.flat()];
}

async function describe(agent: TranscriptAgent, path: string): Promise<FoundFile | null> {
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
