import { chooseOrder, choosePriority, chooseTab, showFilters } from "../acts.ts";
import type { Device } from "../device.ts";
import type { Figure, Row } from "../figure.ts";
import { atBothSpeeds, repeat } from "../speeds.ts";

/** From the choice of another tab, order or filter to the frame that begins with another task. */
export const switches: Row = {
  sizes: [10_000],
  async measure(scene, tasks) {
    const device = await scene.makeDevice(await scene.makePerson(tasks));
    await device.fill();
    const { page } = device;
    const tabs = await switchThrough(device, scene.rounds, "switch of a tab", "click", {
      choices: ["Completed", "Pending"],
      choose: (name) => chooseTab(page, name),
    });
    await chooseTab(page, "All");
    const orders = await switchThrough(device, scene.rounds, "switch of the order", "change", {
      choices: ["Title", "Due date", "Priority", "Oldest", "Newest"],
      choose: (label) => chooseOrder(page, label),
    });
    await chooseOrder(page, "Newest");
    await showFilters(page);
    const filters = await switchThrough(device, scene.rounds, "switch of a filter", "change", {
      choices: ["High", "Low"],
      choose: (label) => choosePriority(page, label),
    });
    return [...tabs, ...orders, ...filters];
  },
};

interface Choices {
  readonly choices: readonly string[];
  readonly choose: (choice: string) => Promise<unknown>;
}

async function switchThrough(
  device: Device,
  rounds: number,
  what: string,
  event: string,
  { choices, choose }: Choices,
): Promise<Figure[]> {
  let next = 0;
  const switchOnce = async () => {
    const choice = choices[next++ % choices.length] ?? "";
    const time = await device.timed(event, { of: "first row" }, () => choose(choice));
    await device.settle();
    return time;
  };
  return atBothSpeeds(device, what, ["< 50"], async () => ({
    values: await repeat(Math.max(rounds, choices.length), switchOnce),
  }));
}
