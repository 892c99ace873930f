import type { Device } from "../device.ts";
import type { Row } from "../figure.ts";
import { atBothSpeeds, repeat } from "../speeds.ts";

/** The page opened by a device that has all tasks, while the network is cut. */
export const open: Row = {
  sizes: [10_000],
  async measure(scene, tasks) {
    const device = await scene.makeDevice(await scene.makePerson(tasks));
    await device.fill();
    await device.setOffline(true);
    const values = () =>
      repeat(scene.rounds, async () => {
        const time = await device.open();
        await expectAll(device, tasks);
        await device.settle();
        return time;
      });
    const what = "open without a network, to the first rows";
    return atBothSpeeds(device, what, ["≤ 250", "≤ 600"], async () => ({ values: await values() }));
  },
};

/** A device that has a part of the tasks would open faster than it may. */
async function expectAll({ page }: Device, tasks: number): Promise<void> {
  const count = tasks.toLocaleString("en");
  await page.getByRole("link", { name: `All ${count}`, exact: true }).waitFor();
}
