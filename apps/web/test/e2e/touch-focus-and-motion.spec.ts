import type { Page } from "@playwright/test";
import { networkAtRest, watchRequests } from "./support/network.ts";
import { expect, type Person, test, workerless } from "./support/person.ts";

test.use(workerless);

const strangers = ["/", "/sign-up", "/sign-in", "/offline", "/docs", "/no-such-page"];
const owners = ["/tasks", "/tasks?tag=home", "/tasks?status=trashed", "/account"];

async function moveIn({ api }: Person): Promise<void> {
  const { body } = await api.createTask({ body: { title: "Thrown away" } });
  await api.deleteTask({ params: { id: body.id } });
  const title = "Pay the rent and water the plants on the balcony";
  await api.createTask({
    body: { title, due_date: "2026-12-01", priority: "high", tags: ["home", "money"] },
  });
  // A pasted address has no place to break.
  await api.createTask({ body: { title: "https://example.com/".padEnd(150, "a") } });
}

/** Opens a page, and waits until it is hydrated and has all its data. */
async function open(page: Page, path: string): Promise<void> {
  watchRequests(page);
  await page.goto(path);
  await networkAtRest(page);
  await expect(page.getByText(/^Reading /)).toHaveCount(0);
}

test.describe("every target is at least 44 px in both directions on touch", () => {
  /** Touch targets that are smaller. Links within a sentence may be (WCAG 2.5.5). */
  const tooSmall = (page: Page) =>
    page.evaluate(() => {
      const found: string[] = [];
      for (const one of document.querySelectorAll("a, button, input, select, textarea, summary")) {
        const target = one.closest("label") ?? one;
        const { width, height } = target.getBoundingClientRect();
        const isInline = getComputedStyle(one).display === "inline";
        const isHidden = !one.checkVisibility() || one.closest(".sr-only:not(:focus-within)");
        if (isInline || isHidden || (width >= 43.5 && height >= 43.5)) continue;
        found.push(`${one.outerHTML.slice(0, 90)} ${Math.round(width)} × ${Math.round(height)}`);
      }
      return found;
    });

  test.beforeEach(({ page: _ }, { project }) => {
    test.skip(project.name !== "390", "no touch here");
  });

  // The reference (/docs) is left out, being text with links in it.
  for (const path of strangers.filter((path) => path !== "/docs")) {
    test(path, async ({ page, foreseen }) => {
      foreseen.push(/status of 404/);
      await open(page, path);
      expect(await tooSmall(page)).toEqual([]);
    });
  }
  for (const path of owners) {
    test(`${path}, to its owner`, async ({ page, person }) => {
      await moveIn(person);
      await open(page, path);
      expect(await tooSmall(page)).toEqual([]);
    });
  }
  test("the form and the menu of a task", async ({ page, person }) => {
    await moveIn(person);
    await open(page, "/tasks");
    await page.getByRole("button", { name: /^Actions for Pay/ }).click();
    await expect(page.getByRole("menu")).toBeVisible();
    expect(await tooSmall(page)).toEqual([]);
    await page.getByRole("menuitem", { name: "Edit task" }).click();
    await expect(page.getByRole("form", { name: "Edit task" })).toBeVisible();
    expect(await tooSmall(page)).toEqual([]);
  });
});

test.describe("at 200 % and at 400 % nothing must be scrolled sideways (WCAG 1.4.10)", () => {
  const overflow = (page: Page) =>
    page.evaluate(() => document.documentElement.scrollWidth - innerWidth);

  test.beforeEach(({ page: _ }, { project }) => {
    test.skip(project.name !== "1280", "a magnified desktop");
  });

  for (const size of [
    { width: 640, height: 400 },
    { width: 320, height: 256 },
  ]) {
    test(`${size.width} px`, async ({ page, person, browser, baseURL, foreseen }) => {
      foreseen.push(/status of 404/);
      await moveIn(person);
      await page.setViewportSize(size);
      for (const path of owners) {
        await open(page, path);
        expect.soft(await overflow(page), path).toBeLessThanOrEqual(0);
      }
      const stranger = await browser.newPage({ ...(baseURL && { baseURL }), viewport: size });
      for (const path of strangers) {
        await open(stranger, path);
        expect.soft(await overflow(stranger), path).toBeLessThanOrEqual(0);
      }
      await stranger.close();
    });
  }
});

test("with reduced motion nothing moves", async ({ page, person }) => {
  await page.emulateMedia({ reducedMotion: "reduce" });
  await moveIn(person);
  await open(page, "/tasks?status=pending");
  await page.evaluate(() => {
    globalThis.moved = [];
    for (const sign of ["transitionrun", "animationstart"]) {
      document.addEventListener(sign, ({ target }) => {
        if (target instanceof Element) globalThis.moved.push(target.outerHTML.slice(0, 80));
      });
    }
  });
  await page.getByRole("checkbox").first().check();
  await expect(page.getByRole("region", { name: /^Messages/ }).getByRole("listitem")).toBeVisible();
  await expect(page.getByRole("checkbox")).toHaveCount(1);
  await page.getByRole("button", { name: /^Actions for/ }).hover();
  expect(await page.evaluate(() => globalThis.moved)).toEqual([]);
});

test("whatever has the focus shows it", async ({ page, person }, { project }) => {
  test.skip(project.name !== "1280", "the keyboard's screen");
  await moveIn(person);
  for (const path of owners) {
    await open(page, path);
    await page.evaluate(
      () => document.activeElement instanceof HTMLElement && document.activeElement.blur(),
    );
    for (let step = 0; step < 25; step++) {
      await page.keyboard.press("Tab");
      const unseen = await page.evaluate(() => {
        const one = document.activeElement;
        if (!one || one === document.body) return undefined;
        const isShown = [one, one.closest("label")].some((shown) => {
          const style = shown && getComputedStyle(shown);
          return (
            style?.outlineStyle !== "none" && Number.parseFloat(style?.outlineWidth ?? "") >= 2
          );
        });
        return isShown ? undefined : one.outerHTML.slice(0, 120);
      });
      expect.soft(unseen, path).toBeUndefined();
    }
  }
});

test("a screen reader hears what is done, and what came of it", async ({ page, person }) => {
  await page.addInitScript(() => {
    globalThis.heard = [];
    const hear = (node: Node) => {
      const element = node instanceof Element ? node : node.parentElement;
      const region = element?.closest("[role=status], [role=alert], [aria-live=polite]");
      const words = region?.textContent?.trim();
      if (words && globalThis.heard.at(-1) !== words) globalThis.heard.push(words);
    };
    new MutationObserver((changes) => {
      for (const { target } of changes) hear(target);
    }).observe(document, { childList: true, characterData: true, subtree: true });
  });
  await open(page, "/tasks");
  const hears = (words: RegExp) =>
    expect.poll(() => page.evaluate(() => globalThis.heard.join(" | "))).toMatch(words);

  const box = page.getByRole("textbox", { name: "Add a task" });
  await box.fill("Pay rent tomorrow !high");
  await hears(/Tomorrow.*High priority/);
  await box.press("Enter");
  await hears(/Added: Pay rent/);
  await box.fill("Buy stamps");
  await box.press("Enter");
  await hears(/Added: Buy stamps/);
  await page.getByRole("checkbox", { name: "Buy stamps" }).check();
  await hears(/Completed/);
  await page.locator("main").focus();
  await page.keyboard.press("ControlOrMeta+z");
  await hears(/Undone/);
  await page
    .getByRole("navigation", { name: "Filter" })
    .getByRole("link", { name: "Pending" })
    .click();
  await hears(/Showing 2 pending tasks/);
  await page.getByRole("button", { name: "Actions for Buy stamps" }).click();
  await page.getByRole("menuitem", { name: "Delete task" }).click();
  await hears(/Deleted/);
  await expect.poll(async () => (await person.api.listTasks()).body.length).toBeGreaterThan(0);

  await expect(page.getByRole("main").getByRole("list", { name: "Tasks" })).toMatchAriaSnapshot(`
    - list "Tasks":
      - listitem:
        - checkbox "Pay rent"
        - button "Edit Pay rent"
        - paragraph:
          - text: High priority Due
          - time: Tomorrow
        - button "Actions for Pay rent"
  `);
});

declare global {
  /** Records in the browser: what moved, and what live regions said. */
  var moved: string[];
  var heard: string[];
}
