/** Milliseconds of processor time, which other processes do not lengthen as they do a clock's. */
function costOf(run: () => void): number {
  const before = process.cpuUsage();
  run();
  const { user, system } = process.cpuUsage(before);
  return (user + system) / 1_000;
}

/**
 * Whether the cost of reading such texts grows with their length and not with its square: four
 * times the length may cost ten times as much, the square would cost 16. Measured in turn, and the
 * least counts: disturbances only add to a cost.
 */
export function growsWithLength(
  read: (text: string) => void,
  textOf: (length: number) => string,
): boolean {
  const [short, long] = [textOf(2_500), textOf(10_000)];
  // Half a millisecond is what noise amounts to.
  let [ofShort, ofLong] = [Number.POSITIVE_INFINITY, Number.POSITIVE_INFINITY];
  for (let turn = 0; turn < 30; turn++) {
    ofShort = Math.min(
      ofShort,
      Math.max(
        costOf(() => read(short)),
        0.5,
      ),
    );
    ofLong = Math.min(
      ofLong,
      costOf(() => read(long)),
    );
    if (turn >= 2 && ofLong / ofShort < 10) return true;
  }
  return false;
}
