import { addTask } from "../acts.ts";
import type { Device } from "../device.ts";
import type { Row } from "../figure.ts";

/** How many changes are timed: enough for a p95. */
const changes = 20;
const longestMs = 10_000;

/** From Enter on one device to the frame of another, which nobody touches, that shows the task. */
export const live: Row = {
  sizes: [10_000],
  async measure(scene, tasks) {
    const person = await scene.makePerson(tasks);
    const here = await scene.makeDevice(person);
    const there = await scene.makeDevice(person);
    await here.fill();
    await there.fill();
    const times: number[] = [];
    let missed = 0;
    // Two that never come are enough to say so.
    for (let nth = 0; nth < changes && missed < 2; nth++) {
      const time = await timeToOther(here, there, `Seen elsewhere, line ${nth}`);
      if (time === undefined) missed++;
      else times.push(time);
    }
    const note = missed > 0 ? `${missed} of ${times.length + missed} not within 10 s` : "";
    const what = "change on one device to the screen of another";
    return [{ what, cpu: 1, unit: "ms", values: times, goal: "p95 < 1,000", note }];
  },
};

async function timeToOther(
  here: Device,
  there: Device,
  title: string,
): Promise<number | undefined> {
  await here.settle();
  const sight = { of: "first row", pattern: `${title}\\b` } as const;
  const seen = there.page.evaluate(
    ([sight, longestMs]) =>
      Promise.race([
        probe.momentOf(sight),
        new Promise<undefined>((resolve) => setTimeout(resolve, longestMs, undefined)),
      ]),
    [sight, longestMs] as const,
  );
  await here.page.evaluate(() => {
    globalThis.awaited = probe.momentOfEvent("keydown");
  });
  await addTask(here.page, title);
  const done = await here.page.evaluate(() => awaited);
  const shown = await seen;
  return shown === undefined ? undefined : shown - done;
}
