import { type Disk, type DiskFile, realDisk } from '../../ledger/disk/disk.ts';

const nowhere: DiskFile = {
  write: async (bytes, offset) => bytes.length - offset,
  datasync: async () => {},
  truncate: async () => {},
  close: async () => {},
};

/** The computer's disk, on which a look into a ledger changes nothing: what is damaged is for the one who opens it to report. */
export const readOnlyDisk: Disk = {
  read: path => realDisk.read(path),
  list: folder => realDisk.list(folder),
  create: async () => nowhere,
  rename: async () => {},
  copy: async () => {},
  unlink: async () => {},
  makeFolder: async () => {},
  syncFolder: async () => {},
};
