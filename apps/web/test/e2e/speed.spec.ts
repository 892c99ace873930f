import type { Page } from "@playwright/test";
import { startYardstick, tolerance, type Yardstick } from "../yardstick.ts";
import { expect, type Person, signIn, test } from "./support/person.ts";

// The tests run one after another, after all others (playwright.config.ts): they measure time.
test.describe.configure({ mode: "default" });

/** Measures durations, corrected for other load of the machine. */
let yardstick: Yardstick;

test.beforeAll(async () => {
  yardstick = await startYardstick();
});

test.afterAll(() => yardstick.end());

/** The most milliseconds from a key to the frame. */
const inTime = 50 * tolerance;

/** The most that a frame may cost, in those of a bare list: on two usual cores, 18 ms to 1.5. */
const maxRatio = 12;

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
  /** Milliseconds from the next Enter to the frame with one more row, measured in the browser. */
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
    const enter = async () => {
      await page.getByRole("textbox", { name: "Add a task" }).fill(`Buy stamps ${times.length}`);
      await watchEnter(page);
      await page.keyboard.press("Enter");
      return page.evaluate(() => enterToVisible);
    };
    while (times.length < 12 && Math.min(...times) >= inTime) {
      times.push(await yardstick.corrected(enter));
    }
    expect(Math.min(...times), `the quickest of ${times.join(", ")}`).toBeLessThan(inTime);
  });
}

/** Scrolls to the end of the list. @returns the number of frames. */
const scroll = (page: Page) =>
  page.evaluate(
    () =>
      new Promise<number>((resolve) => {
        let frames = 0;
        const step = () => {
          frames++;
          const { scrollHeight } = document.documentElement;
          if (scrollY >= scrollHeight - innerHeight - 1) {
            resolve(frames);
            return;
          }
          scrollBy({ top: 480, behavior: "instant" });
          requestAnimationFrame(step);
        };
        scrollTo({ top: 0, behavior: "instant" });
        requestAnimationFrame(step);
      }),
  );

/** Measures the processor time of a page, without that of other programs. */
async function meter(page: Page) {
  const session = await page.context().newCDPSession(page);
  await session.send("Performance.enable", { timeDomain: "threadTicks" });
  const spent = async () => {
    const { metrics } = await session.send("Performance.getMetrics");
    return (metrics.find(({ name }) => name === "TaskDuration")?.value ?? Number.NaN) * 1_000;
  };
  /** Milliseconds of the page's main thread for a frame in which the list is scrolled. */
  return async () => {
    const before = await spent();
    const frames = await scroll(page);
    return ((await spent()) - before) / frames;
  };
}

/** Shows nothing but lines of text with a checkbox each. */
const showBareList = (page: Page, count: number) =>
  page.evaluate((count) => {
    for (let index = 0; index < count; index++) {
      const line = document.createElement("label");
      line.dataset.task = "";
      line.style.cssText = "display: block; height: 48px";
      const box = document.createElement("input");
      box.type = "checkbox";
      line.append(box, `${index}: pay the rent and water the plants on the balcony`);
      document.body.append(line);
    }
  }, count);

test("2,000 tasks scroll without jank", async ({ page, context, makePerson }) => {
  await moveIn(page, await makePerson(), 2000);
  await page.goto("/tasks");
  await expect(page.getByRole("button", { name: "Add task" })).toBeEnabled();
  await expect(page.locator("[data-task]").last()).toHaveAttribute("aria-posinset", "2000");
  await scroll(page);
  const bare = await context.newPage();
  await showBareList(bare, 2000);
  const [costOfBare, cost] = [await meter(bare), await meter(page)];
  const ratios: number[] = [];
  while (ratios.length < 5 && Math.min(...ratios) > maxRatio) {
    await bare.bringToFront();
    const floor = await costOfBare();
    await page.bringToFront();
    ratios.push((await cost()) / floor);
  }
  expect(Math.min(...ratios), `times a bare list: ${ratios}`).toBeLessThanOrEqual(maxRatio);
});
