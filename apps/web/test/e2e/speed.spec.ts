import type { Page } from "@playwright/test";
import { expect, type Person, signIn, test } from "./person.ts";

// One after the other, and after all other tests (playwright.config.ts): time is what is measured.
test.describe.configure({ mode: "default" });

async function moveIn(page: Page, person: Person, count: number): Promise<void> {
  await signIn(page, person);
  for (let from = 0; from < count; from += 100) {
    const operations = Array.from({ length: Math.min(100, count - from) }, (_, index) => ({
      operation: "create" as const,
      task: {
        title: `${from + index}: pay the rent and water the plants on the balcony`,
        due_date: index % 2 === 0 ? "2026-12-01" : null,
        tags: index % 4 === 0 ? ["home"] : [],
      },
    }));
    await person.api.batchTasks({ body: { operations } });
  }
}

declare global {
  /** In the browser: milliseconds from the next Enter to the frame that shows one row more. */
  var enterToVisible: Promise<number>;
}

const watchEnter = (page: Page) =>
  page.evaluate(() => {
    globalThis.enterToVisible = new Promise((resolve) => {
      const watch = ({ timeStamp }: KeyboardEvent) => {
        const observer = new MutationObserver(() => {
          observer.disconnect();
          // The frame that shows it is done when the next task of the browser begins.
          requestAnimationFrame(() => setTimeout(() => resolve(performance.now() - timeStamp)));
        });
        const list = document.querySelector("[data-task]")?.parentElement;
        if (list) observer.observe(list, { childList: true });
      };
      addEventListener("keydown", watch, { once: true, capture: true });
    });
  });

for (const count of [20, 2000]) {
  test(`with ${count} tasks, Enter shows the new one within 50 ms`, async ({
    page,
    makePerson,
  }) => {
    await moveIn(page, await makePerson(), count);
    await page.goto("/tasks");
    await expect(page.getByRole("button", { name: "Add task" })).toBeEnabled();
    await expect(page.getByRole("link", { name: "All" })).toContainText(count.toLocaleString("en"));
    const times: number[] = [];
    while (times.length < 12 && Math.min(...times) >= 50) {
      await page.getByRole("textbox", { name: "Add a task" }).fill(`Buy stamps ${times.length}`);
      await watchEnter(page);
      await page.keyboard.press("Enter");
      times.push(Math.round(await page.evaluate(() => enterToVisible)));
    }
    expect(Math.min(...times), `the quickest of ${times.join(", ")}`).toBeLessThan(50);
  });
}

/** Scrolls until so many rows are drawn and passed. Milliseconds that each frame took. */
const scroll = (page: Page, count: number) =>
  page.evaluate(
    (count) =>
      new Promise<number[]>((resolve) => {
        const frames: number[] = [];
        let before = performance.now();
        const step = (now: number) => {
          frames.push(now - before);
          before = now;
          const { scrollHeight } = document.documentElement;
          const isAtEnd = scrollY >= scrollHeight - innerHeight - 1;
          if (isAtEnd && document.querySelectorAll("[data-task]").length === count) {
            resolve(frames);
            return;
          }
          scrollBy({ top: 480, behavior: "instant" });
          requestAnimationFrame(step);
        };
        requestAnimationFrame(step);
      }),
    count,
  );

test("2,000 tasks scroll without jank", async ({ page, makePerson }) => {
  await moveIn(page, await makePerson(), 2000);
  await page.goto("/tasks");
  await expect(page.getByRole("button", { name: "Add task" })).toBeEnabled();
  const late: number[] = [];
  while (late.length < 6 && Math.min(...late) > 0.02) {
    await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
    const frames = await scroll(page, 2000);
    // Three frames of a 60 Hz screen: what an eye sees as a stumble.
    late.push(frames.filter((time) => time > 50).length / frames.length);
  }
  expect(Math.min(...late), `shares of late frames: ${late.join(", ")}`).toBeLessThanOrEqual(0.02);
});
