import { addTask, lookAway, renameFirst, tickFirst } from "../acts.ts";
import type { Device } from "../device.ts";
import type { Figure, Row } from "../figure.ts";
import { repeat } from "../speeds.ts";
import { sumOf } from "../traffic.ts";

/**
 * What an ordinary day asks of the network. Two devices that were here before: the first is opened,
 * does 20 edits and comes back to the page after every second; the second is opened at noon, does
 * two edits, and stays open.
 */
export const day: Row = {
  sizes: [200, 10_000],
  async measure(scene, tasks) {
    const person = await scene.makePerson(tasks);
    const first = await scene.makeDevice(person);
    const second = await scene.makeDevice(person);
    await first.fill();
    await second.fill();
    const begin = [first, second].map(({ traffic }) => traffic.exchanges.length);

    await first.open();
    await first.settle();
    await repeat(5, (nth) => editTwice(first, nth));
    await second.open();
    await second.settle();
    await tickFirst(second.page);
    await addTask(second.page, "From another device");
    await second.settle();
    await repeat(5, (nth) => editTwice(first, 5 + nth));
    await second.settle();

    return [first, second].flatMap(({ traffic }, nth) =>
      figuresOf(
        nth === 0 ? "a day: open, 20 edits, 10 focuses" : "the same day: a second device",
        sumOf(traffic.exchanges.slice(begin[nth])),
      ),
    );
  },
};

/** A tick, and a new task or a new title; then a look at something else. */
async function editTwice(device: Device, nth: number): Promise<void> {
  const { page } = device;
  await tickFirst(page);
  if (nth % 2 === 0) await addTask(page, `Of the day, line ${nth}`);
  else await renameFirst(page, `Of the day, renamed ${nth}`);
  await device.settle();
  await lookAway(device);
  await device.settle();
}

const figuresOf = (
  what: string,
  { requests, bodyKb, wireKb }: ReturnType<typeof sumOf>,
): Figure[] => [
  { what, cpu: 1, unit: "requests", values: [requests] },
  { what, cpu: 1, unit: "kB", values: [bodyKb], note: "bodies of the answers" },
  { what, cpu: 1, unit: "kB", values: [wireKb], note: "the answers over the wire" },
];
