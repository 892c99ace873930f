import { tickFirst } from "../acts.ts";
import type { Row } from "../figure.ts";
import { atBothSpeeds, repeat } from "../speeds.ts";

/** From the click on a checkbox to the frame with the new count. */
export const tick: Row = {
  sizes: [10_000],
  async measure(scene, tasks) {
    const device = await scene.makeDevice(await scene.makePerson(tasks));
    await device.fill();
    const tickOnce = async () => {
      const time = await device.timed("click", { of: "count" }, () => tickFirst(device.page));
      await device.settle();
      return time;
    };
    return atBothSpeeds(device, "tick", ["< 24"], async () => ({
      values: await repeat(scene.rounds, tickOnce),
    }));
  },
};
