import type { Disk, DiskFile } from '../../src/ledger/disk/disk.ts';

/** Where the engine kills itself, handed over in the environment variable {@link failpointVariable}. */
export interface Failpoint {
  readonly operation: Exclude<keyof Disk, 'makeFolder'> | keyof DiskFile;
  /** Part of the file's name; of a rename, of the name it gets. */
  readonly file: string;
  /** At which such operation, from 1. */
  readonly count: number;
  /** Of a write: how much of the bytes still get there, 0 to 1. Of anything else: below 0.5 before it is done, else after. */
  readonly share: number;
  /** Whether operations count from the start on, or from SIGUSR2 on. */
  readonly fromStart: boolean;
}

export const failpointVariable = 'SPEND_LENS_TORTURE_FAILPOINT';
