/**
 * Reporter of Vitest and of Playwright: writes down how many tests of a run passed, failed and were
 * skipped, and why, for `summary.mjs` to add up.
 */
import { mkdirSync, writeFileSync } from "node:fs";

/** The reason for a skip that gives none: an app elsewhere (TEND_ORIGIN), or the test's name. */
const reasonOf = (name) => (process.env.TEND_ORIGIN ? "The app is in another process." : name);

export default class Counts {
  /** Called by Vitest, once all is run. */
  onTestRunEnd(modules, errors) {
    const counts = new Tally();
    for (const module of modules) {
      // A file that could not be loaded has no tests, and errors.
      counts.failed += module.errors().length;
      for (const test of module.children.allTests()) {
        const { state, note } = test.result();
        counts.add(state, note ?? reasonOf(test.name));
      }
    }
    counts.failed += errors.length;
    // One name for the unit tests, since turbo keeps what they wrote with their result.
    const project = modules[0]?.project.name || "unit";
    counts.write(project === "unit" ? project : `${project}-${process.pid}`);
  }

  /** Called by Playwright before it begins. */
  onBegin(_config, suite) {
    this.suite = suite;
    this.counts = new Tally();
  }

  /** Called by Playwright for an error outside of the tests. */
  onError() {
    if (this.counts) this.counts.failed++;
  }

  /** Called by Playwright, once all is run. */
  onEnd() {
    const states = { expected: "passed", unexpected: "failed", flaky: "failed" };
    for (const test of this.suite.allTests()) {
      const skip = test.annotations.find(({ type }) => type === "skip");
      this.counts.add(
        states[test.outcome()] ?? "skipped",
        skip?.description ?? reasonOf(test.title),
      );
    }
    this.counts.write(`e2e-${process.pid}`);
  }
}

class Tally {
  passed = 0;
  failed = 0;
  /** The reasons, one for each skipped test. */
  skipped = [];

  add(state, reason) {
    if (state === "passed") this.passed++;
    else if (state === "failed") this.failed++;
    else this.skipped.push(reason);
  }

  write(name) {
    mkdirSync(".tests", { recursive: true });
    writeFileSync(`.tests/${name}.json`, JSON.stringify(this));
  }
}
