import { isLong } from "../long.ts";
import { axeViolations } from "./support/axe.ts";
import { expect, test, workerless } from "./support/person.ts";

test.use(workerless);

const open = ["/", "/sign-up", "/sign-in", "/docs", "/offline", "/no-such-page"];
const own = ["/tasks", "/tasks?status=completed", "/tasks?status=trashed", "/account", "/docs"];

for (const theme of ["light", "dark"] as const) {
  test.describe(theme, () => {
    test.use({ colorScheme: theme });
    test.skip(
      ({ viewport }) => !isLong && (theme === "light") !== (viewport?.width ?? 0) > 1_000,
      "a short run sees the light theme wide and the dark one narrow",
    );

    for (const path of open) {
      test(`${path} has no axe violation`, async ({ page, foreseen }) => {
        foreseen.push(/status of 404/);
        await page.goto(path);
        expect(await axeViolations(page)).toEqual([]);
      });
    }

    for (const path of own) {
      test(`${path} has no axe violation, signed in`, async ({ page, person }) => {
        await person.api.createTask({ body: { title: "Pay rent", due_date: "2026-12-01" } });
        await person.api.createTask({ body: { title: "Buy stamps", completed: true } });
        await page.goto(path);
        expect(await axeViolations(page)).toEqual([]);
      });
    }

    test("/tasks has no axe violation when it is empty", async ({ page, person }) => {
      await page.goto("/tasks");
      await expect(page.getByText(person.name.slice(0, 1), { exact: true }).first()).toBeVisible();
      expect(await axeViolations(page)).toEqual([]);
    });
  });
}
