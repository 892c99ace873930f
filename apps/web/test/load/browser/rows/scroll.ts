import { pause } from "../acts.ts";
import type { Device } from "../device.ts";
import type { Figure, Row } from "../figure.ts";
import type { Frames } from "../probe.ts";
import { oldest } from "../tasks.ts";

/** Pixels of a frame: more than half a window, as of somebody in a hurry to the end. */
const step = 480;
const betweenLooksMs = 250;

/** The list scrolled from its first task to its last. */
export const scroll: Row = {
  sizes: [10_000],
  async measure(scene, tasks) {
    const device = await scene.makeDevice(await scene.makePerson(tasks));
    await device.fill();
    const figures: Figure[] = [];
    for (const cpu of [1, 4] as const) {
      // A page of its own: what was drawn stays.
      await device.open();
      await device.settle();
      await device.slowDown(cpu);
      const { frames, nodes } = await scrollOnce(device);
      await device.slowDown(1);
      const share = (of: number) => [(of / frames.all) * 100];
      const note = (of: number) => `${of} of ${frames.all}`;
      figures.push(
        {
          what: "frames over 50 ms in a scroll through all",
          cpu,
          unit: "%",
          values: share(frames.late),
          note: note(frames.late),
          ...(cpu === 1 && { goal: "≤ 1" }),
        },
        {
          what: "frames without a task in the middle",
          cpu,
          unit: "%",
          values: share(frames.blank),
          note: note(frames.blank),
        },
        { what: "most nodes", cpu, unit: "nodes", values: [nodes], goal: "bounded" },
      );
    }
    return figures;
  },
};

async function scrollOnce(
  device: Device,
): Promise<{ readonly frames: Frames; readonly nodes: number }> {
  let frames: Frames | undefined;
  const scrolled = device.page
    .evaluate(([step, end]) => probe.scrollThrough(step, end), [step, oldest] as const)
    .then((all) => {
      frames = all;
    });
  let nodes = 0;
  while (!frames) {
    await Promise.race([scrolled, pause(betweenLooksMs)]);
    nodes = Math.max(nodes, await device.nodes());
  }
  return { frames, nodes };
}
