import { holdRequests } from "./support/hold.ts";
import { expect, test } from "./support/person.ts";

// A task's own checkbox is left out: it takes no pointer before hydration.
const choices = "select, input:not([data-task] *):is([type=checkbox], [type=radio], [type=file])";

for (const address of ["/tasks", "/tasks?priority=high", "/account"]) {
  test(`nothing can be chosen on ${address} before the page hears of it`, async ({
    page,
    person,
  }) => {
    await person.api.createTask({ body: { title: "Pay rent", priority: "high" } });
    const release = await holdRequests(page, /_next\/static\/.*\.js/);
    await page.goto(address, { waitUntil: "domcontentloaded" });
    const found = page.locator(choices);
    await expect(found.first()).toBeVisible();
    for (const choice of await found.all()) await expect(choice).toBeDisabled();
    release();
    for (const choice of await found.all()) await expect(choice).toBeEnabled();
  });
}
