import { writeLine } from "../acts.ts";
import type { Row } from "../figure.ts";
import { atBothSpeeds, repeat } from "../speeds.ts";

/** From Enter to the frame that shows the new task. */
export const enter: Row = {
  sizes: [10_000],
  async measure(scene, tasks) {
    const device = await scene.makeDevice(await scene.makePerson(tasks));
    await device.fill();
    let made = 0;
    const enterOnce = async () => {
      const title = `Buy stamps, line ${++made}`;
      await writeLine(device.page, title);
      const sight = { of: "first row", pattern: `${title}\\b` } as const;
      const time = await device.timed("keydown", sight, () => device.page.keyboard.press("Enter"));
      await device.settle();
      return time;
    };
    // The reader of lines is loaded by the first letter.
    await enterOnce();
    return atBothSpeeds(device, "Enter to visible", ["< 40", "< 100"], async () => ({
      values: await repeat(scene.rounds, enterOnce),
    }));
  },
};
