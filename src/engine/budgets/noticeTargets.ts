import type { Notice } from '../../api/contract.ts';

/** A window that can show a notice. */
export interface NoticeTarget {
  send(notice: Notice): void;
}

/** Who wants to know when windows come and go. */
export interface TargetListener {
  onCome(): void;
  onGone(target: NoticeTarget): void;
}

/** The windows that can show notices, and whose ledger each of them has. */
export class NoticeTargets {
  /** Newest last. */
  readonly #targets: { readonly owner: object; readonly target: NoticeTarget }[] = [];
  readonly #listeners = new Set<TargetListener>();

  /** Adds a window of an owner's, as the first to be asked; gives the function that takes it away. */
  add(owner: object, target: NoticeTarget): () => void {
    const entry = { owner, target };
    this.#targets.push(entry);
    for (const listener of this.#listeners) {
      listener.onCome();
    }
    return () => {
      this.#targets.splice(this.#targets.indexOf(entry), 1);
      for (const listener of this.#listeners) {
        listener.onGone(target);
      }
    };
  }

  /** The owner's windows, newest first, then, when wanted, those of others. */
  list(owner: object, withOthers: boolean): readonly { readonly target: NoticeTarget; readonly isOwn: boolean }[] {
    const all = this.#targets.map(entry => ({ target: entry.target, isOwn: entry.owner === owner })).reverse();
    return [...all.filter(({ isOwn }) => isOwn), ...(withOthers ? all.filter(({ isOwn }) => !isOwn) : [])];
  }

  listen(listener: TargetListener): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
