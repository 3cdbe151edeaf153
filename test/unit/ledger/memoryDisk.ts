import type { Disk, DiskFile } from '../../../src/ledger/disk/disk.ts';

interface Inode {
  data: Buffer;
  /** What a power cut leaves of it. */
  durable: Buffer;
}

export function systemError(code: string): NodeJS.ErrnoException {
  return Object.assign(new Error(`${code}: made by the test`), { code });
}

/** Files in memory that know which of their bytes and names were synced. Knows no folders: a path is a name. */
export class MemoryDisk implements Disk {
  #names = new Map<string, Inode>();
  /** Every state of the names since the last sync of the folder, oldest first: a journaling file system keeps any one of them. */
  #states: Map<string, Inode>[] = [new Map()];

  /** What is there after a `kill -9`: everything that was written. */
  afterKill(): MemoryDisk {
    return this.#copy(this.#names, inode => inode.data);
  }

  /**
   * What is there after a power cut. Without `random` only what was synced; with it (0 up to 1) any state of the names since then,
   * and of each file any beginning of the bytes that were not synced, the rest torn off or read as zeros.
   */
  afterPowerCut(random?: () => number): MemoryDisk {
    if (!random) {
      return this.#copy(this.#states[0] ?? new Map(), inode => inode.durable);
    }
    const names = this.#states[Math.floor(random() * this.#states.length)] ?? new Map();
    return this.#copy(names, ({ data, durable }) => {
      if (random() < 0.3) {
        return durable;
      }
      const kept = Math.floor(random() * (data.length + 1));
      const same = durable.length <= data.length && data.subarray(0, durable.length).equals(durable);
      const sound = data.subarray(0, same ? Math.max(kept, durable.length) : kept);
      return random() < 0.3 ? Buffer.concat([sound, Buffer.alloc(data.length - sound.length)]) : sound;
    });
  }

  async create(path: string): Promise<DiskFile> {
    // An emptied file is not the old one: whether its bytes are gone after a power cut depends on the next sync.
    const inode: Inode = { data: Buffer.alloc(0), durable: Buffer.alloc(0) };
    const names = this.#names;
    this.#change(next => next.set(path, names.get(path) ?? inode));
    const target = this.#inode(path);
    target.data = Buffer.alloc(0);
    return {
      write: async (bytes, offset, position) => {
        const end = position + bytes.length - offset;
        const data = Buffer.alloc(Math.max(target.data.length, end));
        target.data.copy(data);
        data.set(bytes.subarray(offset), position);
        target.data = data;
        return bytes.length - offset;
      },
      datasync: async () => {
        target.durable = target.data;
      },
      truncate: async length => {
        target.data = target.data.subarray(0, length);
      },
      close: async () => {},
    };
  }

  /** In small pieces, so that lines are cut. */
  async *read(path: string): AsyncGenerator<Buffer> {
    const { data } = this.#inode(path);
    for (let start = 0; start < data.length; start += 100) {
      yield data.subarray(start, start + 100);
    }
  }

  async list(folder: string): Promise<string[]> {
    return [...this.#names.keys()].flatMap(path =>
      path.startsWith(`${folder}/`) ? path.slice(folder.length + 1) : [],
    );
  }

  async rename(from: string, to: string): Promise<void> {
    const inode = this.#inode(from);
    this.#change(next => {
      next.delete(from);
      next.set(to, inode);
    });
  }

  async copy(from: string, to: string): Promise<void> {
    const { data } = this.#inode(from);
    this.#change(next => next.set(to, { data, durable: Buffer.alloc(0) }));
  }

  async unlink(path: string): Promise<void> {
    this.#inode(path);
    this.#change(next => next.delete(path));
  }

  async makeFolder(): Promise<void> {}

  async syncFolder(): Promise<void> {
    this.#states = [this.#names];
  }

  #inode(path: string): Inode {
    const inode = this.#names.get(path);
    if (!inode) {
      throw systemError('ENOENT');
    }
    return inode;
  }

  #change(change: (names: Map<string, Inode>) => void): void {
    this.#names = new Map(this.#names);
    change(this.#names);
    this.#states.push(this.#names);
  }

  #copy(names: ReadonlyMap<string, Inode>, content: (inode: Inode) => Buffer): MemoryDisk {
    const copy = new MemoryDisk();
    for (const [path, inode] of names) {
      const data = content(inode);
      copy.#names.set(path, { data, durable: data });
    }
    copy.#states = [copy.#names];
    return copy;
  }
}
