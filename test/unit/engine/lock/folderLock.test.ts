import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdir, readdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { describe, expect, it, onTestFinished, vi } from 'vitest';
import { FolderHeldError, lockFolder, outlastLeaving } from '../../../../src/engine/lock/folderLock.ts';
import { makeFolder } from '../startEngine.ts';

interface Child {
  readonly process: ChildProcess;
  /** `owner`, or `held PID`. */
  readonly verdict: string;
  kill(signal: NodeJS.Signals): Promise<void>;
}

async function startChild(folder: string): Promise<Child> {
  const child = spawn(process.execPath, [join(import.meta.dirname, 'lockChild.ts'), folder], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  onTestFinished(() => void child.kill('SIGTERM'));
  const exited = once(child, 'exit');
  const [verdict] = await once(child.stdout.setEncoding('utf8'), 'data');
  return {
    process: child,
    verdict: String(verdict).trim(),
    kill: async signal => {
      child.kill(signal);
      await exited;
    },
  };
}

const locks = async (folder: string) => (await readdir(folder)).filter(name => name.includes('.sock'));

async function findOwner(folder: string) {
  try {
    await (await lockFolder(folder)).release();
    return null;
  } catch (error) {
    if (error instanceof FolderHeldError) {
      return error.owner;
    }
    throw error;
  }
}

/** Names as long as VS Code's: too long for a socket in the folder itself. */
async function makeLongFolder(): Promise<string> {
  const folder = join(await makeFolder(), 'x'.repeat(60), 'y'.repeat(60));
  await mkdir(folder, { recursive: true });
  return folder;
}

describe.each([
  ['a short path', makeFolder],
  ['a path too long for a socket', makeLongFolder],
])('the lock of a folder with %s', (_name, make) => {
  it('has one owner, who says who it is, by whatever name the folder is called', async () => {
    const folder = await make();
    const other = join(await makeFolder(), 'link');
    await symlink(folder, other);
    const owner = await startChild(folder);
    expect(owner.verdict).toBe('owner');
    expect((await startChild(other)).verdict).toBe(`held ${owner.process.pid}`);
    expect(await findOwner(other)).toEqual({ pid: owner.process.pid, url: 'http://127.0.0.1:1', leaving: false });
    await owner.kill('SIGTERM');
    expect(await locks(folder)).toEqual([]);
    expect(await findOwner(folder)).toBeNull();
  });

  it('is free when its owner was killed', async () => {
    const folder = await make();
    for (let round = 0; round < 3; round++) {
      const owner = await startChild(folder);
      expect(owner.verdict).toBe('owner');
      await owner.kill('SIGKILL');
    }
    expect(await findOwner(folder)).toBeNull();
    expect(await locks(folder)).toEqual([]);
  });

  it('is not taken from an owner that stands still', async () => {
    const folder = await make();
    const owner = await startChild(folder);
    owner.process.kill('SIGSTOP');
    expect(await findOwner(folder)).toEqual({ pid: null, url: null, leaving: false });
    owner.process.kill('SIGCONT');
    expect(await findOwner(folder)).toMatchObject({ pid: owner.process.pid });
  });

  it('goes to exactly one of many that want it at the same time, also from a dead owner', async () => {
    const folder = await make();
    await (await startChild(folder)).kill('SIGKILL');
    const children = await Promise.all(Array.from({ length: 6 }, () => startChild(folder)));
    expect(children.filter(child => child.verdict === 'owner')).toHaveLength(1);
    expect(children.filter(child => child.verdict.startsWith('held'))).toHaveLength(5);
  });

  it('goes to exactly one of many within one process, time and again', async () => {
    const folder = await make();
    for (let round = 0; round < 10; round++) {
      const results = await Promise.allSettled(Array.from({ length: 8 }, () => lockFolder(folder)));
      const won = results.filter(result => result.status === 'fulfilled');
      expect(won).toHaveLength(1);
      await won[0]?.value.release();
    }
  });
});

describe('outlastLeaving', () => {
  it('waits for an owner that says it is leaving, and only for that', async () => {
    const folder = await makeFolder();
    const first = await lockFolder(folder);
    await expect(outlastLeaving(() => lockFolder(folder))).rejects.toThrow(FolderHeldError);
    first.announce({ leaving: true });
    setTimeout(() => void first.release(), 200);
    const second = await outlastLeaving(() => lockFolder(folder));
    await second.release();
  });
});

it.skipIf(process.platform === 'win32')('is not put where another user could take it', async () => {
  // A user whose folder below /tmp somebody else has made: us.
  vi.spyOn(process, 'getuid').mockReturnValue(4_242_424);
  onTestFinished(() => rm('/tmp/spend-lens-4242424', { recursive: true, force: true }));
  const folder = await makeLongFolder();
  await expect(lockFolder(folder)).rejects.toThrow('is not a folder of this user alone');
  vi.mocked(process.getuid as () => number).mockRestore();
  await chmod('/tmp/spend-lens-4242424', 0o777);
  await (await lockFolder(folder)).release();
});
