import type { Page } from "@playwright/test";

/** A promise that is pending until it is released. */
export function hold(): { readonly wait: Promise<void>; readonly release: () => void } {
  let release = () => {};
  const wait = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { wait, release };
}

/** Holds the requests to such addresses until the returned function is called. */
export async function holdRequests(page: Page, address: RegExp): Promise<() => void> {
  const { wait, release } = hold();
  await page.route(address, async (route) => {
    await wait;
    await route.continue();
  });
  return release;
}
