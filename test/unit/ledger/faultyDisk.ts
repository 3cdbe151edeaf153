import type { Disk, DiskFile } from '../../../src/ledger/disk/disk.ts';
import { systemError } from './memoryDisk.ts';

export type Operation = Exclude<keyof Disk, 'makeFolder'> | keyof DiskFile;

/** What goes wrong at one operation. */
export type Fault =
  | { readonly kind: 'error'; readonly code: string }
  /** A write takes only some of its bytes; nothing is wrong with that. */
  | { readonly kind: 'short' }
  /** A write takes only some of its bytes, and then the error comes. */
  | { readonly kind: 'torn'; readonly code: string }
  /** Nothing happens any more. */
  | { readonly kind: 'halt' };

export class HaltError extends Error {
  override readonly name = 'HaltError';
}

/** A disk on which any operation can be made to fail. */
export class FaultyDisk {
  /** Operations so far. */
  readonly log: Operation[] = [];
  /** Asked at each operation, numbered from 0. */
  faultAt: (index: number, operation: Operation) => Fault | null = () => null;
  /** The disk as the ledger gets it. */
  readonly disk: Disk;

  constructor(inner: Disk) {
    const run = <T>(operation: Operation, action: () => Promise<T>): Promise<T> => this.#run(operation, action);
    this.disk = {
      create: (path, mode) => run('create', async () => this.#wrap(await inner.create(path, mode))),
      read: path => this.#read(path, inner),
      list: folder => run('list', () => inner.list(folder)),
      rename: (from, to) => run('rename', () => inner.rename(from, to)),
      copy: (from, to) => run('copy', () => inner.copy(from, to)),
      unlink: path => run('unlink', () => inner.unlink(path)),
      makeFolder: folder => inner.makeFolder(folder),
      syncFolder: folder => run('syncFolder', () => inner.syncFolder(folder)),
    };
  }

  async *#read(path: string, inner: Disk): AsyncGenerator<Buffer> {
    await this.#run('read', async () => undefined);
    yield* inner.read(path);
  }

  #wrap(file: DiskFile): DiskFile {
    return {
      write: (bytes, offset, position) =>
        this.#run(
          'write',
          () => file.write(bytes, offset, position),
          () => file.write(bytes.subarray(0, offset + Math.ceil((bytes.length - offset) / 2)), offset, position),
        ),
      datasync: () => this.#run('datasync', () => file.datasync()),
      truncate: length => this.#run('truncate', () => file.truncate(length)),
      close: () => this.#run('close', () => file.close()),
    };
  }

  async #run<T>(operation: Operation, action: () => Promise<T>, half?: () => Promise<T>): Promise<T> {
    const fault = this.faultAt(this.log.length, operation);
    this.log.push(operation);
    if (fault?.kind === 'short' && half) {
      return half();
    }
    if (fault?.kind === 'torn') {
      await half?.();
    }
    if (fault?.kind === 'halt') {
      throw new HaltError();
    }
    if (fault && fault.kind !== 'short') {
      throw systemError(fault.code);
    }
    return action();
  }
}
