/** Preloaded into a server that is measured: tells the bench what its process uses. */
export interface Usage {
  /** Milliseconds of processor time so far. */
  readonly cpuMs: number;
  /** Bytes that the process holds, and those of them in which something lives. */
  readonly resident: number;
  readonly live: number;
}

process.on("message", () => {
  globalThis.gc?.();
  const { user, system } = process.cpuUsage();
  const { rss, heapUsed, external } = process.memoryUsage();
  const usage: Usage = { cpuMs: (user + system) / 1_000, resident: rss, live: heapUsed + external };
  process.send?.(usage);
});
// What is measured ends as it does elsewhere.
process.channel?.unref();
