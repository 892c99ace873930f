import { betweenKeysMs, pause, searchField } from "../acts.ts";
import type { Device } from "../device.ts";
import type { Figure, Row } from "../figure.ts";
import { atBothSpeeds, repeat } from "../speeds.ts";
import { searched } from "../tasks.ts";

/** From a key in the search field to the frame with the result: the first key, and the next. */
export const search: Row = {
  sizes: [10_000],
  async measure(scene, tasks) {
    const device = await scene.makeDevice(await scene.makePerson(tasks));
    await device.fill();
    const further: number[][] = [];
    const first = await atBothSpeeds(device, "first key in search", ["< 30"], async () => {
      const words = await repeat(scene.rounds, () => typeWord(device));
      further.push(words.flatMap(([, ...rest]) => rest));
      return { values: words.flatMap(([time]) => time ?? []) };
    });
    const next = first.map(
      ({ cpu, unit }, nth): Figure => ({
        what: "further key in search",
        cpu,
        unit,
        values: further[nth] ?? [],
        ...(cpu === 1 && { goal: "< 16" }),
      }),
    );
    return [...first, ...next];
  },
};

/** Types a word into the search of a page that is just opened. @returns the times of its keys. */
async function typeWord(device: Device): Promise<number[]> {
  await device.open();
  await device.settle();
  await searchField(device.page).focus();
  return repeat(searched.length, async (nth) => {
    if (nth > 0) await pause(betweenKeysMs);
    const pattern = `\\b${searched.slice(0, nth + 1)}`;
    return device.timed("keydown", { of: "first row", pattern }, () =>
      device.page.keyboard.press(searched[nth] ?? ""),
    );
  });
}
