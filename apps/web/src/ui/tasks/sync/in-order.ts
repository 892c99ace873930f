interface Identified {
  readonly id: string;
}

/** Puts items in the place of the one with this id, in an array that is sorted by id. */
function replace<Item extends Identified>(items: Item[], id: string, ...next: Item[]): void {
  let [from, to] = [0, items.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const item = items[middle];
    if (item && item.id < id) from = middle + 1;
    else to = middle;
  }
  items.splice(from, items[from]?.id === id ? 1 : 0, ...next);
}

/** Puts an item into an array that is sorted by id, in place of the one with its id. */
export const putInOrder = <Item extends Identified>(items: Item[], item: Item): void =>
  replace(items, item.id, item);

/** Takes the item with this id out of an array that is sorted by id. */
export const takeInOrder = (items: Identified[], id: string): void => replace(items, id);
