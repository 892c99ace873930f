import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** Nothing fades or slides any more; what goes on for ever does not count. */
const atRest = () =>
  document
    .getAnimations()
    .every(
      ({ playState, effect }) =>
        playState !== "running" || effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY,
    );

/** What axe finds on the page as it is once all has faded in: half faded in, no contrast holds. */
export async function axeViolations(page: Page) {
  await page.waitForFunction(atRest);
  // No page has frames: without a second page to join their findings on, it takes a third as long.
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  return (await axe.options({ resultTypes: ["violations"] }).analyze()).violations;
}

/** What axe finds on the page in one theme and in the other. */
export async function axeViolationsInBothThemes(page: Page) {
  const found = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    found.push(...(await axeViolations(page)));
  }
  return found;
}
