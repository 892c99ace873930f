const atOnce = 500;

/** One after the other, so that the browser can draw and hear in between. */
export async function* unhurried<Item>(items: readonly Item[]): AsyncGenerator<Item> {
  for (let from = 0; from < items.length; from += atOnce) {
    if (from > 0) await new Promise<void>((resolve) => setTimeout(resolve));
    yield* items.slice(from, from + atOnce);
  }
}
