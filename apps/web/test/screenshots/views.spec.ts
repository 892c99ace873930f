import { writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";
import type { Page } from "@playwright/test";
import { expect, type Person, test } from "../e2e/support/person.ts";

const folder = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

// The day of all pictures is fixed, so that they differ only where the interface does.
const today = "2026-11-24";

test.beforeEach(async ({ page }) => {
  await page.clock.setFixedTime(`${today}T09:00:00+01:00`);
});

/** Takes the picture of a view, once its fonts are there and nothing moves. */
async function take(page: Page, view: string, fullPage = false): Promise<void> {
  await page.evaluate(() => document.fonts.ready);
  const path = folder(`screenshots/${view}-${test.info().project.name}.png`);
  await page.screenshot({ path, fullPage, animations: "disabled" });
}

/** Waits until the page is alive. */
async function open(page: Page, address: string): Promise<void> {
  await page.goto(address);
  const add = page.getByRole("button", { name: "Add task" });
  if (await add.count()) await expect(add).toBeEnabled();
}

const some = [
  { title: "Return the library books", due_date: "2026-11-20", completed: true },
  { title: "Book the train to Lisbon", due_date: "2026-12-04", tags: ["travel"] },
  { title: "Buy stamps", tags: ["errands"] },
  { title: "Renew passport", due_date: "2026-11-21", priority: "high" },
  { title: "Water the plants", due_date: "2026-11-25", description: "Twice, it was warm." },
  { title: "Call Grandma", due_date: today, due_time: "18:00", tags: ["family"] },
  { title: "Pay rent", due_date: "2026-11-27", priority: "medium", tags: ["home", "money"] },
] as const;

async function fill({ api }: Person): Promise<void> {
  for (const task of some) {
    await api.createTask({ body: { ...task, tags: "tags" in task ? [...task.tags] : [] } });
  }
}

const row = (page: Page, title: string) => page.getByRole("button", { name: `Edit ${title}` });
const isWide = (page: Page) => (page.viewportSize()?.width ?? 0) > 639;

test("views of a stranger", async ({ page, foreseen }) => {
  foreseen.push(/status of 4\d\d/);
  for (const [view, address] of [
    ["start", "/"],
    ["docs", "/docs"],
    ["offline", "/offline"],
    ["not-found", "/no-such-page"],
  ] as const) {
    await page.goto(address);
    await take(page, view);
  }
  await page.goto("/sign-up");
  await page.getByRole("button", { name: "Create account" }).click();
  await take(page, "sign-up-faults");
  await page.goto("/sign-in?next=/account");
  await take(page, "sign-in");
});

test("the list, and what opens over it", async ({ page, person }) => {
  await open(page, "/tasks");
  await take(page, "tasks-empty");
  await fill(person);
  await open(page, "/tasks");
  await take(page, "tasks");

  const box = page.getByRole("textbox", { name: "Add a task" });
  await box.fill("Pay rent Tuesday 9am #home !high");
  await expect(page.getByText("#home").first()).toBeVisible();
  await take(page, "quick-add");
  await box.fill("");

  await page.getByRole("button", { name: "Actions for Pay rent" }).click();
  await take(page, "row-menu");
  await page.keyboard.press("Escape");
  await row(page, "Water the plants").click();
  await expect(page.getByRole("form", { name: "Edit task" })).toBeVisible();
  await take(page, "edit");
  await page.getByRole("button", { name: "Cancel" }).click();

  await page.getByRole("checkbox", { name: "Buy stamps" }).check();
  await expect(page.getByText("Completed").last()).toBeVisible();
  await take(page, "undo");

  if (isWide(page)) {
    await page.keyboard.press("ControlOrMeta+k");
    await expect(page.getByRole("dialog").getByRole("option").first()).toBeVisible();
    await take(page, "palette");
    await page.keyboard.press("Escape");
    await page.keyboard.press("Escape");
    await page.locator("main").focus();
    await page.keyboard.press("?");
    await expect(page.getByText("Next task")).toBeVisible();
    await take(page, "help");
  }
});

test("tabs, filters and a search", async ({ page, person }) => {
  await fill(person);
  const { body } = await person.api.createTask({ body: { title: "Cancel the gym" } });
  await person.api.deleteTask({ params: { id: body.id } });
  for (const [view, address] of [
    ["pending", "/tasks?status=pending&sort=due_date"],
    ["completed", "/tasks?status=completed"],
    ["trash", "/tasks?status=trashed"],
    ["filters", "/tasks?tag=home"],
    ["by-hand", "/tasks?sort=position"],
    ["search", "/tasks?q=the"],
    ["no-matches", "/tasks?q=unicorn&priority=low"],
  ] as const) {
    await open(page, address);
    await expect(page.getByText(/Reading/)).toHaveCount(0);
    await take(page, view);
  }
});

test("trouble", async ({ page, person, context, foreseen }) => {
  foreseen.push(/ERR_|fetching the script|status of 4\d\d|status of 5\d\d/);
  await fill(person);
  await open(page, "/tasks");
  await context.setOffline(true);
  await page.getByRole("checkbox", { name: "Buy stamps" }).check();
  await expect(page.getByText("Offline.")).toBeVisible();
  await take(page, "without-network");
  await context.setOffline(false);
  await expect(page.getByText("Offline.")).toHaveCount(0);

  const [task] = (await person.api.listTasks()).body;
  if (!task) throw new Error("There is no task to change twice.");
  await row(page, task.title).click();
  await page.getByRole("form", { name: "Edit task" }).getByLabel("Title").fill("Pay the rent");
  await person.api.updateTask({ params: { id: task.id }, body: { title: "Pay rent and gas" } });
  await page.getByRole("button", { name: "Save task" }).click();
  await page.getByRole("button", { name: "Review" }).click();
  await expect(page.getByRole("dialog")).toBeVisible();
  await take(page, "two-versions");
});

test("the account", async ({ page, person }) => {
  await fill(person);
  await open(page, "/account");
  await take(page, "account", true);
  const rows = ["TYPE,CONTENT,PRIORITY,DATE", "task,Book a table @family,1,2026-11-28", "task,,4,"];
  const file = { name: "todoist.csv", mimeType: "text/csv", buffer: Buffer.from(rows.join("\n")) };
  await page.getByLabel("Choose a file").setInputFiles(file);
  await expect(page.getByRole("button", { name: "Import 1 task" })).toBeVisible();
  await page.getByRole("button", { name: "Import 1 task" }).scrollIntoViewIfNeeded();
  await take(page, "import");
  await page.getByRole("button", { name: "Delete account" }).click();
  await take(page, "delete-account");
});

test("the pictures of the start page and the README", async ({ page, person }) => {
  await fill(person);
  await open(page, "/tasks");
  await page.evaluate(() => document.fonts.ready);
  const { name } = test.info().project;
  const picture = `tasks-${isWide(page) ? "" : "phone-"}${name.split("-")[1]}.webp`;
  const png = await page.screenshot({ animations: "disabled" });
  await writeFile(folder(`public/${picture}`), await webp(await page.context().newPage(), png));
});

/** The picture as WebP, at a third of the size, which the browser can write. */
async function webp(page: Page, png: Buffer): Promise<Buffer> {
  const base64 = await page.evaluate(
    async (source) => {
      const image = new Image();
      image.src = source;
      await image.decode();
      const canvas = document.createElement("canvas");
      Object.assign(canvas, { width: image.width, height: image.height });
      canvas.getContext("2d")?.drawImage(image, 0, 0);
      return canvas.toDataURL("image/webp", 0.75).split(",")[1] ?? "";
    },
    `data:image/png;base64,${png.toString("base64")}`,
  );
  return Buffer.from(base64, "base64");
}
