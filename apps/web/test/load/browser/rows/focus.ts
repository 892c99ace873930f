import { lookAway } from "../acts.ts";
import type { Device } from "../device.ts";
import type { Figure, Row } from "../figure.ts";
import type { Person } from "../scene.ts";
import { repeat } from "../speeds.ts";
import { sumOf } from "../traffic.ts";

/** What coming back to the page asks of the network. */
export const focus: Row = {
  sizes: [10_000],
  async measure(scene, tasks) {
    const person = await scene.makePerson(tasks);
    const device = await scene.makeDevice(person);
    await device.fill();
    return [
      ...(await comeBack(device, "focus, nothing changed", "< 1", async () => {})),
      ...(await comeBack(device, "focus, one task changed elsewhere", "< 2", (nth) =>
        changeElsewhere(person, nth),
      )),
    ];
  },
};

async function changeElsewhere({ api }: Person, nth: number): Promise<void> {
  const { body } = await api.listTasks({ query: { limit: "1" } });
  const id = body[0]?.id ?? "";
  await api.patchTask({ params: { id }, body: { title: `Changed elsewhere, time ${nth}` } });
}

async function comeBack(
  device: Device,
  what: string,
  mostKb: string,
  meanwhile: (nth: number) => Promise<void>,
): Promise<Figure[]> {
  const sums = await repeat(3, async (nth) => {
    let before = 0;
    await lookAway(device, async () => {
      await meanwhile(nth);
      before = device.traffic.exchanges.length;
    });
    await device.settle();
    return sumOf(device.traffic.exchanges.slice(before));
  });
  return figuresOf(what, mostKb, sums);
}

const figuresOf = (
  what: string,
  mostKb: string,
  sums: readonly ReturnType<typeof sumOf>[],
): Figure[] => {
  const waiting = Math.max(...sums.map((sum) => sum.waiting));
  const cpu = 1;
  return [
    {
      what,
      cpu,
      unit: "requests",
      values: sums.map(({ requests }) => requests),
      goal: "1",
      note: waiting > 0 ? `${waiting} of them still waits` : "",
    },
    { what, cpu, unit: "kB", values: sums.map(({ bodyKb }) => bodyKb), goal: mostKb },
    {
      what: `${what}, over the wire`,
      cpu,
      unit: "kB",
      values: sums.map(({ wireKb }) => wireKb),
    },
  ];
};
