import { AxeBuilder } from "@axe-core/playwright";
import type { Page } from "@playwright/test";

/** Whether all finite animations are over. */
const atRest = () =>
  document
    .getAnimations()
    .every(
      ({ playState, effect }) =>
        playState !== "running" || effect?.getComputedTiming().endTime === Number.POSITIVE_INFINITY,
    );

/** The violations that axe finds once all is faded in: before that, no contrast holds. */
export async function axeViolations(page: Page) {
  await page.waitForFunction(atRest);
  // Legacy mode, which skips a page for the results of frames, takes a third of the time.
  const axe = new AxeBuilder({ page }).setLegacyMode(true);
  return (await axe.options({ resultTypes: ["violations"] }).analyze()).violations;
}

/** The violations that axe finds in the light and in the dark theme. */
export async function axeViolationsInBothThemes(page: Page) {
  const found = [];
  for (const colorScheme of ["light", "dark"] as const) {
    await page.emulateMedia({ colorScheme });
    found.push(...(await axeViolations(page)));
  }
  return found;
}
