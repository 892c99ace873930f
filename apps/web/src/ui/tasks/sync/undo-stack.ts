/** Something that a person did and can take back. */
export interface Undoable {
  readonly id: string;
  readonly run: () => void;
}

const deepest = 50;

/** The latest deeds, the last on top. Each can be taken back once, until it is removed. */
export class UndoStack {
  #deeds: readonly Undoable[] = [];

  push(deed: Undoable): void {
    this.#deeds = [...this.#deeds, deed].slice(-deepest);
  }

  /** Takes back the deed with this id, or the last one. Undefined: there is none. */
  undo(id?: string): Undoable | undefined {
    const deed = this.#deeds.findLast((one) => !id || one.id === id);
    if (!deed) return undefined;
    this.remove(deed.id);
    deed.run();
    return deed;
  }

  remove(id: string): void {
    this.#deeds = this.#deeds.filter((one) => one.id !== id);
  }
}
