/** Takes the place of src/ledger/disk/disk.ts in the engine that is tortured (buildEngine.ts): the same disk, with a failpoint. */
import { type Disk, type DiskFile, realDisk as inner } from '../../src/ledger/disk/disk.ts';
import { type Failpoint, failpointVariable } from './failpoint.ts';

export type { Disk, DiskFile };

const text = process.env[failpointVariable];
const failpoint: Failpoint | null = text ? JSON.parse(text) : null;
let isArmed = failpoint?.fromStart === true;
let seen = 0;
process.on('SIGUSR2', () => {
  isArmed = true;
});

/** Whether this is the operation at which to die. */
function isDue(operation: Failpoint['operation'], file: string): boolean {
  if (isArmed && failpoint?.operation === operation && file.includes(failpoint.file)) {
    seen += 1;
    return seen === failpoint.count;
  }
  return false;
}

function die(): never {
  process.kill(process.pid, 'SIGKILL');
  throw new Error('Killed.');
}

async function run<T>(operation: Failpoint['operation'], file: string, action: () => Promise<T>): Promise<T> {
  if (!isDue(operation, file)) {
    return action();
  }
  if ((failpoint?.share ?? 0) >= 0.5) {
    await action();
  }
  return die();
}

export const realDisk: Disk = {
  create: (path, mode) => run('create', path, async () => wrap(path, await inner.create(path, mode))),
  read: path => (isDue('read', path) ? die() : inner.read(path)),
  list: folder => run('list', folder, () => inner.list(folder)),
  rename: (from, to) => run('rename', to, () => inner.rename(from, to)),
  copy: (from, to) => run('copy', to, () => inner.copy(from, to)),
  unlink: path => run('unlink', path, () => inner.unlink(path)),
  makeFolder: folder => inner.makeFolder(folder),
  syncFolder: folder => run('syncFolder', folder, () => inner.syncFolder(folder)),
};

function wrap(path: string, file: DiskFile): DiskFile {
  return {
    write: async (bytes, offset, position) => {
      if (!isDue('write', path)) {
        return file.write(bytes, offset, position);
      }
      const length = Math.floor((bytes.length - offset) * (failpoint?.share ?? 0));
      await file.write(bytes.subarray(0, offset + length), offset, position);
      return die();
    },
    datasync: () => run('datasync', path, () => file.datasync()),
    truncate: length => run('truncate', path, () => file.truncate(length)),
    close: () => run('close', path, () => file.close()),
  };
}
