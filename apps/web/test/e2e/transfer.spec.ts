import { readFileSync } from "node:fs";
import type { Download, Page, Route } from "@playwright/test";
import type { NewTask, Task } from "@tend/contracts";
import { zipSync } from "fflate";
import { axeViolationsInBothThemes } from "./support/axe.ts";
import { expect, noNetwork, type Person, signIn, test, workerless } from "./support/person.ts";

test.use(workerless);

type FileGiven = Parameters<ReturnType<Page["getByLabel"]>["setInputFiles"]>[0];

const picker = (page: Page) => page.getByLabel("Choose a file");
const importButton = (page: Page) => page.getByRole("button", { name: /^Import / });
const fileOf = (content: string, name = "tend.json"): FileGiven => ({
  name,
  mimeType: "application/octet-stream",
  buffer: Buffer.from(content),
});
const contentOf = async (download: Download) => readFileSync(await download.path(), "utf8");

async function exported(page: Page, label: string): Promise<Download> {
  const saved = page.waitForEvent("download");
  await page.getByRole("button", { name: label }).click();
  return saved;
}

/** One task of each kind that there is. */
const kinds: readonly NewTask[] = [
  { title: "Pay rent", description: "To the landlord\nby transfer", tags: ["home", "money"] },
  { title: "👩‍👩‍👧‍👦 مهمة \u202eabc", completed: true, priority: "high" },
  { title: "=1+1", due_date: "2026-12-01" },
  { title: "Call", due_date: "2026-12-01", due_time: "09:30", time_zone: "Europe/Berlin" },
];

async function furnish({ api }: Person): Promise<void> {
  const create = kinds.map((task) => ({ operation: "create" as const, task }));
  await api.batchTasks({ body: { operations: create } });
  const { body } = await api.createTask({ body: { title: "Thrown away" } });
  await api.deleteTask({ params: { id: body.id } });
}

const many = (count: number) =>
  JSON.stringify({
    format: "tend",
    version: 1,
    tasks: Array.from({ length: count }, (_, index) => ({
      id: `0199d3c2-6f1e-7a54-9b0e-${index.toString(16).padStart(12, "0")}`,
      title: `Task ${index}`,
    })),
  });

const countOf = async ({ api }: Person): Promise<number> => {
  const { body } = await api.listTasks({ query: { limit: "500" } });
  return body.length;
};

/** Holds the next batch, until the returned function is called. */
async function holdNextBatch(page: Page): Promise<() => Promise<void>> {
  let held: (() => void) | undefined;
  const hold = async (route: Route) => {
    await new Promise<void>((resolve) => {
      held = resolve;
    });
    await route.continue();
  };
  await page.route("**/tasks/batch", hold, { times: 1 });
  return async () => {
    await expect.poll(() => held).toBeDefined();
    held?.();
  };
}

/** The tasks of a file without the fields that the server sets. */
const ownWords = (text: string) =>
  (JSON.parse(text).tasks as Task[])
    .map(({ created_at: _c, updated_at: _u, version: _v, deleted_at, ...task }) => ({
      ...task,
      trashed: deleted_at !== null,
    }))
    .toSorted((a, b) => a.id.localeCompare(b.id));

test("[X-1] export, import into another account, export: the same tasks", async ({
  page,
  person,
  makePerson,
}) => {
  await furnish(person);
  await page.goto("/account");
  const first = await exported(page, "Export as JSON");
  expect(first.suggestedFilename()).toMatch(/^tend-\d{4}-\d\d-\d\d\.json$/);
  await expect(page.getByText(/^Saved 5 tasks as tend-/).first()).toBeVisible();
  expect(await axeViolationsInBothThemes(page)).toEqual([]);
  const text = await contentOf(first);

  const other = await makePerson();
  await page.context().clearCookies();
  await signIn(page, other);
  await page.goto("/account");
  await picker(page).setInputFiles(fileOf(text));
  await expect(page.getByText("5 new, 1 of them for the trash")).toBeVisible();
  expect(await countOf(other)).toBe(0);
  expect(await axeViolationsInBothThemes(page)).toEqual([]);
  await page.getByRole("button", { name: "Import 5 tasks" }).click();
  await expect(page.getByText("Imported 5 of 5 tasks.").first()).toBeVisible();
  const again = await contentOf(await exported(page, "Export as JSON"));
  expect(ownWords(again)).toEqual(ownWords(text));

  await picker(page).setInputFiles(fileOf(text));
  await expect(page.getByText("5 already there and the same")).toBeVisible();
  await expect(page.getByText("There is nothing to import.")).toBeVisible();
  await page.getByRole("link", { name: "Back to your tasks" }).click();
  await expect(page.getByRole("checkbox", { name: "Pay rent" })).toBeVisible();
});

test("[X-2] CSV for spreadsheets, and a calendar without the trash", async ({ page, person }) => {
  await furnish(person);
  await page.goto("/account");
  const csv = await exported(page, "Export as CSV");
  expect(csv.suggestedFilename()).toMatch(/^tend-.*\.csv$/);
  const rows = await contentOf(csv);
  expect(rows).toMatch(/^\ufeffid,title,/);
  expect(rows).toContain(`"'=1+1"`);
  expect(rows).toContain("Thrown away");

  const ics = await exported(page, "Export as calendar");
  expect(ics.suggestedFilename()).toMatch(/^tend-.*\.ics$/);
  const calendar = await contentOf(ics);
  expect(calendar.match(/BEGIN:VTODO/g)).toHaveLength(4);
  expect(calendar).toContain("DUE:20261201T083000Z");
  expect(calendar).not.toContain("Thrown away");
});

test("[X-2] nothing to export is said, and nothing saved", async ({ page, person }) => {
  const { body } = await person.api.createTask({ body: { title: "Thrown away" } });
  await person.api.deleteTask({ params: { id: body.id } });
  const downloads: Download[] = [];
  page.on("download", (download) => downloads.push(download));
  await page.goto("/account");
  await page.getByRole("button", { name: "Export as calendar" }).click();
  await expect(
    page.getByText(/^There is nothing to export: you have no tasks outside/),
  ).toHaveCount(2);
  await person.api.deleteTask({ params: { id: body.id }, query: { permanent: "true" } });
  await page.getByRole("button", { name: "Export as JSON" }).click();
  await expect(page.getByText(/^There is nothing to export: you have no tasks yet/)).toHaveCount(2);
  expect(downloads).toEqual([]);
  await expect(page.getByText(/has an apostrophe before it/)).toBeVisible();
});

test("[X-2] an export that fails or is cancelled saves nothing, and can be had again", async ({
  page,
  person,
  foreseen,
}) => {
  foreseen.push(noNetwork);
  await furnish(person);
  const downloads: Download[] = [];
  page.on("download", (download) => downloads.push(download));
  await page.goto("/account");
  await page.route(/status=trashed/, (route) => route.abort());
  await page.getByRole("button", { name: "Export as JSON" }).click();
  const failure = "Nothing was saved. The server cannot be reached.";
  await expect(page.getByText(failure).first()).toBeVisible();
  expect(await axeViolationsInBothThemes(page)).toEqual([]);
  await page.unroute(/status=trashed/);
  // The request is never answered: the reading goes on until it is cancelled.
  await page.route(/status=trashed/, () => {});
  await page.getByRole("button", { name: "Try again" }).click();
  await expect(page.getByText("Read 4 of 4 tasks")).toBeVisible();
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByText("Cancelled. Nothing was saved.").first()).toBeVisible();
  expect(downloads).toEqual([]);
  await page.unroute(/status=trashed/);
  await exported(page, "Export as JSON");
});

test("[X-3] cancelled in the middle, the same file goes on where it stopped", async ({
  page,
  person,
}) => {
  await page.goto("/account");
  const file = fileOf(many(250));
  await picker(page).setInputFiles(file);
  const letGo = await holdNextBatch(page);
  await page.getByRole("button", { name: "Import 250 tasks" }).click();
  await expect(page.getByText("Imported 0 of 250", { exact: true })).toBeVisible();
  await expect(picker(page)).toBeDisabled();
  expect(await axeViolationsInBothThemes(page)).toEqual([]);
  await page.getByRole("button", { name: "Cancel" }).click();
  await expect(page.getByRole("button", { name: "Stopping" })).toBeVisible();
  await letGo();
  await expect(page.getByText(/^Stopped\. Imported 100 of 250 tasks\./).first()).toBeVisible();
  expect(await countOf(person)).toBe(100);

  await picker(page).setInputFiles(file);
  await expect(page.getByText("100 already there and the same")).toBeVisible();
  await page.getByRole("button", { name: "Import 150 tasks" }).click();
  await expect(page.getByText("Imported 150 of 150 tasks.").first()).toBeVisible();
  expect(await countOf(person)).toBe(250);
});

test("[X-3] who leaves in the middle has no more sent than what was under way", async ({
  page,
  person,
}) => {
  await page.goto("/account");
  await picker(page).setInputFiles(fileOf(many(150)));
  const letGo = await holdNextBatch(page);
  let batches = 0;
  page.on("request", (request) => {
    if (request.url().endsWith("/tasks/batch")) batches++;
  });
  await page.getByRole("button", { name: "Import 150 tasks" }).click();
  const answer = page.waitForResponse("**/tasks/batch");
  await page.getByRole("link", { name: "Back to your tasks" }).click();
  await expect(page).toHaveURL("/tasks");
  await letGo();
  await (await answer).finished();
  await page.getByRole("link", { name: "Completed" }).click();
  await expect(page).toHaveURL("/tasks?status=completed");
  expect([batches, await countOf(person)]).toEqual([1, 100]);
  await page.goto("/account");
  await picker(page).setInputFiles(fileOf(many(150)));
  await expect(page.getByText("100 already there and the same")).toBeVisible();
});

test("[X-3] trouble in the middle is said, and Continue makes nothing twice", async ({
  page,
  person,
  foreseen,
}) => {
  foreseen.push(noNetwork, /status of (401|503)/);
  await page.goto("/account");
  await picker(page).setInputFiles(fileOf(many(150)));
  // The first batch arrives, but not its answer.
  await page.route(
    "**/tasks/batch",
    async (route) => {
      await route.fetch();
      await route.abort();
    },
    { times: 1 },
  );
  await page.getByRole("button", { name: "Import 150 tasks" }).click();
  const trouble = "Imported 0 of 150 tasks. The server cannot be reached. You can continue.";
  await expect(page.getByText(trouble).first()).toBeVisible();
  expect(await countOf(person)).toBe(100);
  expect(await axeViolationsInBothThemes(page)).toEqual([]);

  await page.route(
    "**/tasks/batch",
    (route) =>
      route.fulfill({
        status: 503,
        headers: { "Retry-After": "1" },
        contentType: "application/problem+json",
        json: {
          status: 503,
          code: "overloaded",
          title: "Too many requests are waiting",
          detail: "",
        },
      }),
    { times: 1 },
  );
  const goOn = page.getByRole("button", { name: "Continue" });
  await goOn.click();
  await expect(page.getByText(/waiting\. You can continue in 1 second\./).first()).toBeVisible();
  await expect(goOn).toHaveAttribute("aria-disabled", "false");
  await goOn.click();
  await expect(page.getByText("Imported 150 of 150 tasks.").first()).toBeVisible();
  expect(await countOf(person)).toBe(150);
});

test("[X-3] the dry run shows what differs, what is in the trash and what cannot be taken", async ({
  page,
  person,
}) => {
  const { api } = person;
  await furnish(person);
  await page.goto("/account");
  const text = await contentOf(await exported(page, "Export as JSON"));
  const all = (await api.listTasks()).body;
  const [rent, call] = ["Pay rent", "Call"].map((title) => all.find((one) => one.title === title));
  await api.updateTask({ params: { id: rent?.id ?? "" }, body: { title: "Pay the rent" } });
  await api.deleteTask({ params: { id: call?.id ?? "" } });
  const { tasks, ...head } = JSON.parse(text);
  const bad = Array.from({ length: 23 }, (_, index) => ({ id: `no ${index}`, title: "" }));

  const choose = () =>
    picker(page).setInputFiles(fileOf(JSON.stringify({ ...head, tasks: [...tasks, ...bad] })));
  await choose();
  for (const line of ["3 already there and the same", "1 already there but different"]) {
    await expect(page.getByText(line)).toBeVisible();
  }
  await expect(page.getByText("1 in your trash")).toBeVisible();
  await expect(page.getByText("23 cannot be taken", { exact: true })).toBeVisible();
  await expect(page.getByText(/^Task 6 id: Give a UUID\. title: Write a title/)).toBeVisible();
  await expect(page.getByText("and 3 more")).toBeVisible();
  await expect(importButton(page)).toHaveCount(0);
  expect(await axeViolationsInBothThemes(page)).toEqual([]);

  await page.getByRole("checkbox", { name: "Replace with the file's version" }).check();
  await page.getByRole("button", { name: "Import 2 tasks" }).click();
  await expect(page.getByText("Imported 2 of 2 tasks.").first()).toBeVisible();
  expect((await api.listTasks()).body.map(({ title }) => title).toSorted()).toEqual(
    kinds.map(({ title }) => title).toSorted(),
  );
  await choose();
  await expect(page.getByText("5 already there and the same")).toBeVisible();
});

test("[X-3] what the server refuses is listed by title", async ({ page, person, foreseen }) => {
  foreseen.push(/status of 4/);
  const { body } = await person.api.createTask({ body: { title: "Pay rent" } });
  await page.goto("/account");
  await picker(page).setInputFiles(
    fileOf(JSON.stringify({ format: "tend", version: 1, tasks: [{ id: body.id, title: "Pay" }] })),
  );
  await page.getByRole("checkbox", { name: "Replace with the file's version" }).check();
  await person.api.updateTask({ params: { id: body.id }, body: { title: "Pay the rent" } });
  await importButton(page).click();
  await expect(page.getByText("Imported 0 of 1 task.").first()).toBeVisible();
  await expect(page.getByText(/Pay: It was changed here meanwhile/)).toBeVisible();
  expect((await person.api.listTasks()).body[0]?.title).toBe("Pay the rent");
  expect(await axeViolationsInBothThemes(page)).toEqual([]);
});

test("[X-4] Todoist's template, with the keyboard alone, twice without a duplicate", async ({
  page,
  person,
}) => {
  const template = fileOf(
    [
      "TYPE,CONTENT,DESCRIPTION,PRIORITY,INDENT,AUTHOR,RESPONSIBLE,DATE,DATE_LANG,TIMEZONE",
      "section,Week end,,,,,,,,",
      "task,Water the fern @garden,,1,1,Ada (1),,every day,en,Europe/Berlin",
      "note,Not too much,,,,,,,,",
      "task,Mow,,4,1,Ada (1),,2026-12-01 9:00,en,Europe/Berlin",
    ].join("\r\n"),
    "Home.csv",
  );
  await page.goto("/account");
  const choose = async () => {
    const chooser = page.waitForEvent("filechooser");
    await picker(page).focus();
    await page.keyboard.press("Enter");
    await (await chooser).setFiles(template as string);
  };
  await choose();
  await expect(page.getByText("2 new", { exact: true })).toBeVisible();
  await expect(page.getByText(/^1 date is not a day/)).toBeVisible();
  await page.keyboard.press("Tab");
  await expect(importButton(page)).toBeFocused();
  await page.keyboard.press("Enter");
  await expect(page.getByText("Imported 2 of 2 tasks.").first()).toBeVisible();
  // The button that had the focus is gone; its replacement has it.
  await expect(page.getByText("Home.csv").locator("..")).toBeFocused();
  const { body } = await person.api.listTasks({ query: { sort: "title" } });
  expect(body).toMatchObject([
    { title: "Mow", due_date: "2026-12-01", due_time: "09:00", tags: ["Week-end"] },
    {
      title: "Water the fern",
      description: "Not too much\n\nDate in Todoist: every day",
      priority: "high",
      tags: ["Week-end", "garden"],
    },
  ]);
  await choose();
  await expect(page.getByText("2 already there and the same")).toBeVisible();
});

test("[X-5] a backup of Todoist is taken as it is, with a remark for what is not", async ({
  page,
  person,
}) => {
  const rows = "TYPE,CONTENT,DATE,DATE_LANG\r\ntask,Buy milk,in 3 days,en\r\ntask,Salt, pepper,,";
  const archive = zipSync({
    "Home [1].csv": Buffer.from(rows),
    "Work [2].csv": Buffer.from("TYPE,CONTENT\r\ntask,Buy milk"),
  });
  await page.goto("/account");
  await picker(page).setInputFiles({
    name: "backup.zip",
    mimeType: "application/zip",
    buffer: Buffer.from(archive),
  });
  await expect(page.getByText("2 new", { exact: true })).toBeVisible();
  await expect(page.getByText(/“in 3 days” \(Home, Line 2\)/)).toBeVisible();
  await expect(page.getByText(/^Home, Line 3 It has 5 cells for 4 columns/)).toBeVisible();
  expect(await axeViolationsInBothThemes(page)).toEqual([]);
  await page.getByRole("button", { name: "Import 2 tasks" }).click();
  await expect(page.getByText("Imported 2 of 2 tasks.").first()).toBeVisible();
  const { body } = await person.api.listTasks({ query: { sort: "position" } });
  expect(body.map(({ title, tags }) => [title, tags])).toEqual([
    ["Buy milk", ["Home"]],
    ["Buy milk", ["Work"]],
  ]);
});

test("[X-7] of any other table a person says which column is what", async ({ page, person }) => {
  await page.goto("/account");
  await picker(page).setInputFiles(
    fileOf("What;When;Size\nPay rent;2026-12-01;M\nCall;;", "list.csv"),
  );
  await expect(page.getByText("Which column is what?")).toBeVisible();
  await expect(page.getByLabel("Due date")).toHaveValue("1");
  await expect(page.getByLabel("Title")).toHaveValue("0");
  await page.getByLabel("Notes").selectOption("Size: M");
  expect(await axeViolationsInBothThemes(page)).toEqual([]);
  await page.getByRole("button", { name: "Show what it would import" }).click();
  await expect(page.getByText("2 new", { exact: true })).toBeVisible();
  expect((await person.api.listTasks()).body).toEqual([]);
  await page.getByRole("button", { name: "Import 2 tasks" }).click();
  await expect(page.getByText("Imported 2 of 2 tasks.").first()).toBeVisible();
  const { body } = await person.api.listTasks({ query: { sort: "position" } });
  expect(body).toMatchObject([
    { title: "Pay rent", description: "M", due_date: "2026-12-01" },
    { title: "Call", description: null, due_date: null },
  ]);
});

test("[X-7] after trouble the columns are chosen still", async ({ page, person, foreseen }) => {
  foreseen.push(noNetwork);
  await page.goto("/account");
  await picker(page).setInputFiles(fileOf("What;Size\nPay rent;M", "list.csv"));
  await page.getByLabel("Notes").selectOption("Size: M");
  await page.route(/status=trashed/, (route) => route.abort(), { times: 1 });
  await page.getByRole("button", { name: "Show what it would import" }).click();
  await page.getByRole("button", { name: "Try again" }).click();
  await page.getByRole("button", { name: "Import 1 task" }).click();
  await expect(page.getByText("Imported 1 of 1 task.").first()).toBeVisible();
  const { body } = await person.api.listTasks();
  expect(body).toMatchObject([{ title: "Pay rent", description: "M" }]);
});

test("[X-3] 205 rows stand as in the file, over batches", async ({ page, person }) => {
  await person.api.createTask({ body: { title: "Was here before" } });
  const titles = Array.from({ length: 205 }, (_, index) => `Row ${index}`);
  const rows = titles.map((title) => `task,${title}`).join("\r\n");
  await page.goto("/account");
  await picker(page).setInputFiles(fileOf(`TYPE,CONTENT\r\n${rows}`, "Home.csv"));
  await page.getByRole("button", { name: "Import 205 tasks" }).click();
  await expect(page.getByText("Imported 205 of 205 tasks.").first()).toBeVisible();
  const titlesBy = async (sort: "position" | "created") => {
    const { body } = await person.api.listTasks({ query: { sort, limit: "500" } });
    return body.map(({ title }) => title);
  };
  expect(await titlesBy("position")).toEqual([...titles, "Was here before"]);
  expect(await titlesBy("created")).toEqual([...titles, "Was here before"]);
});

test("[X-3] a file that cannot be read says why; one can also be dropped", async ({
  page,
  person: _,
}) => {
  await page.goto("/account");
  await picker(page).setInputFiles(fileOf("", "empty.json"));
  await expect(page.getByText("This file is empty.").first()).toBeVisible();
  await picker(page).setInputFiles(fileOf("{", "half.json"));
  await expect(page.getByText(/not whole JSON/).first()).toBeVisible();
  expect(await axeViolationsInBothThemes(page)).toEqual([]);
  const dropped = await page.evaluateHandle((text) => {
    const transfer = new DataTransfer();
    transfer.items.add(new File([text], "dropped.json"));
    return transfer;
  }, many(3));
  await page.locator("#import-hint").dispatchEvent("drop", { dataTransfer: dropped });
  await expect(page.getByText("3 new", { exact: true })).toBeVisible();
});
