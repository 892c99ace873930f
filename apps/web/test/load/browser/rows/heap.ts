import {
  addTask,
  betweenKeysMs,
  chooseOrder,
  chooseTab,
  lookAway,
  pause,
  renameFirst,
  searchField,
  tickFirst,
} from "../acts.ts";
import type { Device } from "../device.ts";
import type { Figure, Row } from "../figure.ts";
import { repeat } from "../speeds.ts";
import { oldest, searched } from "../tasks.ts";

/** What the tasks take of the memory, over that of an app with one task. */
export const heap: Row = {
  sizes: [10_000],
  async measure(scene, tasks) {
    const empty = await scene.makeDevice(await scene.makePerson(1));
    await empty.fill();
    const nothing = await restingHeap(empty);
    await empty.end();
    const device = await scene.makeDevice(await scene.makePerson(tasks));
    await device.fill();
    const once = await restingHeap(device);
    await spendAnHour(device);
    const later = await restingHeap(device);
    const figure = (what: string, bytes: number): Figure => ({
      what,
      cpu: 1,
      unit: "MB",
      values: [(bytes - nothing) / 1e6],
      goal: "< 40",
      note: `the empty app: ${(nothing / 1e6).toFixed(1)}`,
    });
    return [
      figure("JS heap over the empty app, once read", once),
      figure("JS heap over the empty app, after an hour's use", later),
    ];
  },
};

async function restingHeap(device: Device): Promise<number> {
  await device.settle();
  return device.heap();
}

/** What a busy hour has in it, without its pauses; it ends where it began, at the top of all. */
async function spendAnHour(device: Device): Promise<void> {
  const { page } = device;
  await repeat(6, async (nth) => {
    await addTask(page, `Of the hour, line ${nth}`);
    await repeat(3, () => tickFirst(page));
    await renameFirst(page, `Of the hour, renamed ${nth}`);
    await searchFor(device, searched);
    for (const tab of ["Pending", "Completed", "Trash", "All"]) await chooseTab(page, tab);
    for (const order of ["Title", "Due date", "Priority", "Newest"]) await chooseOrder(page, order);
    await lookAway(device);
    await device.settle();
  });
  await page.evaluate(([step, end]) => probe.scrollThrough(step, end), [480, oldest] as const);
  await page.evaluate(() => scrollTo({ top: 0, behavior: "instant" }));
}

async function searchFor({ page }: Device, word: string): Promise<void> {
  await searchField(page).focus();
  for (const letter of word) {
    await page.keyboard.press(letter);
    await pause(betweenKeysMs);
  }
  await page.keyboard.press("Escape");
}
