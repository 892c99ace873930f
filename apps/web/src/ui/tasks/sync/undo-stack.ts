/** An action of a person that can be undone. */
export interface Undoable {
  readonly id: string;
  readonly run: () => void;
}

/** Milliseconds for which an action can be undone, and its message is shown. */
export const undoTimeMs = 8000;

const deepest = 50;

/** The latest actions, the last on top. Each can be undone once, until it is removed. */
export class UndoStack {
  #actions: readonly Undoable[] = [];

  push(action: Undoable): void {
    this.#actions = [...this.#actions, action].slice(-deepest);
  }

  /** Undoes the action with this id, or the last one. Undefined: there is none. */
  undo(id?: string): Undoable | undefined {
    const action = this.#actions.findLast((one) => !id || one.id === id);
    if (!action) return undefined;
    this.remove(action.id);
    action.run();
    return action;
  }

  remove(id: string): void {
    this.#actions = this.#actions.filter((one) => one.id !== id);
  }
}
