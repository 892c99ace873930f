/** A part's script did not load: the files of an older build are gone, or there is no network. */
export class PartMissing extends Error {
  constructor(cause: unknown) {
    super("A part of the app could not be loaded. Reload the page to go on.", { cause });
  }
}

/**
 * Makes the loader of a part of the app whose script is fetched on first use, and again after a
 * failure. Every such part is made by this function. The loader rejects with PartMissing alone.
 */
export const part =
  <Part>(load: () => Promise<Part>) =>
  (): Promise<Part> =>
    load().catch((cause: unknown) => {
      throw new PartMissing(cause);
    });
