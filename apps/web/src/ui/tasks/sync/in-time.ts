/** The time limit of IndexedDB for what others wait for: some browsers at times never answer. */
const timeLimitMs = 1000;

/** The result of some work; undefined where it takes too long. */
export const inTime = <T>(work: Promise<T>, limitMs = timeLimitMs): Promise<T | undefined> => {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const isLate = new Promise<undefined>((resolve) => {
    timer = setTimeout(() => resolve(undefined), limitMs);
  });
  return Promise.race([work, isLate]).finally(() => clearTimeout(timer));
};
