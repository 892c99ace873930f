/** Whether long rounds run whole, as `.ci/run` has them, or in their short form (CONTRIBUTING.md). */
export const isLong = process.env.TEND_TEST_LONG === "1";

/** So many of them, or so many where the run is a short one. */
export const rounds = (whole: number, short: number): number => (isLong ? whole : short);
