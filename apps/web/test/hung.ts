/** Milliseconds after which what has not come is taken for hung: on no machine is anything so slow. */
export const hungAfter = 600_000;

/** Options of a transaction that a test holds open, however long the test takes. */
export const heldOpen = { maxWait: hungAfter, timeout: hungAfter };
