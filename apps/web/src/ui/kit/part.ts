/** The script of a part of the app did not come: an older build's, whose files are gone, or no network. */
export class PartMissing extends Error {
  constructor(cause: unknown) {
    super("A part of the app could not be loaded. Reload the page to go on.", { cause });
  }
}

/**
 * A part of the app whose script comes when it is first wanted. Each that the interface has
 * is made here; a part that did not come is asked for again the next time.
 *
 * The function that it returns rejects with PartMissing alone.
 */
export const part =
  <Part>(load: () => Promise<Part>) =>
  (): Promise<Part> =>
    load().catch((cause: unknown) => {
      throw new PartMissing(cause);
    });
