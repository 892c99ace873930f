/** Something that a person did and can take back. */
export interface Undoable {
  readonly id: string;
  readonly run: () => void;
  /** When it can no longer be taken back. */
  readonly until: number;
}

const deepest = 50;

/** The latest deeds, the last on top. Each can be taken back once. */
export class UndoStack {
  #deeds: readonly Undoable[] = [];

  push(deed: Undoable): void {
    this.#deeds = [...this.#deeds, deed].slice(-deepest);
  }

  /** Takes back the deed with this id, or the last one. Undefined: there is none. */
  undo(id?: string): Undoable | undefined {
    const now = Date.now();
    const deed = this.#deeds.findLast((one) => one.until > now && (!id || one.id === id));
    if (!deed) return undefined;
    this.#deeds = this.#deeds.filter((one) => one !== deed);
    deed.run();
    return deed;
  }
}
