import type { Page } from "@playwright/test";

/** Something that is waited for until it is let go. */
export function hold(): { readonly wait: Promise<void>; readonly release: () => void } {
  let release = () => {};
  const wait = new Promise<void>((resolve) => {
    release = resolve;
  });
  return { wait, release };
}

/** What is asked for from now on at such addresses comes when the returned function is called. */
export async function holdRequests(page: Page, address: RegExp): Promise<() => void> {
  const { wait, release } = hold();
  await page.route(address, async (route) => {
    await wait;
    await route.continue();
  });
  return release;
}
