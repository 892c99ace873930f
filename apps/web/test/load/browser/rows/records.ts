import { addTask, renameFirst, tickFirst } from "../acts.ts";
import type { Device } from "../device.ts";
import type { Figure, Row } from "../figure.ts";
import { repeat } from "../speeds.ts";

/** What one edit writes to IndexedDB, from its first key until all is at rest. */
export const records: Row = {
  sizes: [10, 10_000],
  async measure(scene, tasks) {
    const device = await scene.makeDevice(await scene.makePerson(tasks), { weighs: true });
    await device.fill();
    const { page } = device;
    return [
      ...(await writtenBy(device, "a tick", () => tickFirst(page))),
      ...(await writtenBy(device, "a new title", (nth) => renameFirst(page, `Renamed ${nth}`))),
      ...(await writtenBy(device, "a new task", (nth) => addTask(page, `New task ${nth}`))),
    ];
  },
};

async function writtenBy(
  device: Device,
  what: string,
  act: (nth: number) => Promise<void>,
): Promise<Figure[]> {
  const written = await repeat(3, async (nth) => {
    const before = await device.written();
    await act(nth);
    await device.settle();
    const after = await device.written();
    return { records: after.records - before.records, bytes: after.bytes - before.bytes };
  });
  return [
    {
      what: `records written for ${what}`,
      cpu: 1,
      unit: "records",
      values: written.map(({ records }) => records),
      goal: "≤ 4, with 10 as with 10,000",
    },
    {
      what: `written for ${what}, as JSON`,
      cpu: 1,
      unit: "kB",
      values: written.map(({ bytes }) => bytes / 1_000),
      goal: "with 10 as with 10,000",
    },
  ];
}
