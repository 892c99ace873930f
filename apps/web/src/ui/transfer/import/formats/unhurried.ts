const atOnce = 500;

/** Yields items, with breaks in which the browser can render and handle events. */
export async function* unhurried<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  for (let from = 0; from < items.length; from += atOnce) {
    if (from > 0) await new Promise<void>((resolve) => setTimeout(resolve));
    yield* items.slice(from, from + atOnce);
  }
}
