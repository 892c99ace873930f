interface Identified {
  readonly id: string;
}

/** The index at which an id stands in an array that is sorted by id, or belongs. */
function indexIn(items: readonly Identified[], id: string): number {
  let [from, to] = [0, items.length];
  while (from < to) {
    const middle = (from + to) >> 1;
    const item = items[middle];
    if (item && item.id < id) from = middle + 1;
    else to = middle;
  }
  return from;
}

/** Puts an item into an array that is sorted by id, in place of the one with its id. */
export function putInOrder<Item extends Identified>(items: Item[], item: Item): void {
  const index = indexIn(items, item.id);
  items.splice(index, items[index]?.id === item.id ? 1 : 0, item);
}

/** Takes the item with this id out of an array that is sorted by id. */
export function takeInOrder(items: Identified[], id: string): void {
  const index = indexIn(items, id);
  if (items[index]?.id === id) items.splice(index, 1);
}
