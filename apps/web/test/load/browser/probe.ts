/** What `installProbe` leaves in each page: it sees what a person sees, and counts what is written. */
export interface Probe {
  /** What was written to IndexedDB since the page was opened. */
  readonly written: { records: number; bytes: number };
  /** Milliseconds from the request for the page to the frame that shows a first task. */
  readonly opened: Promise<number>;
  /** Milliseconds from the next event of this kind to the frame in which `sight` is seen. */
  afterEvent(event: string, sight: Sight): Promise<number>;
  /** The moment of the frame in which it is seen, by the clock of all pages of this machine. */
  momentOf(sight: Sight): Promise<number>;
  /** The moment of the next such event. */
  momentOfEvent(event: string): Promise<number>;
  /** Makes the page think that it is hidden and without focus, or is back. */
  setAway(away: boolean): void;
  /** Scrolls to the end of the list, as far with each frame, until this text stands in it. */
  scrollThrough(step: number, end: string): Promise<Frames>;
}

/** A text on the screen, and what it is to say: anything but what it says now, where not said. */
export interface Sight {
  readonly of: "first row" | "count";
  readonly pattern?: string;
}

export interface Frames {
  readonly all: number;
  /** Those that took longer than 50 ms. */
  readonly late: number;
  /** Those that showed no task in the middle of the window. */
  readonly blank: number;
}

declare global {
  var probe: Probe;
  /** What the script is waiting for. */
  var awaited: Promise<number>;
}

/**
 * Runs in the page before anything of it does.
 * @param weighs Whether what is written is weighed too, as JSON: that takes time.
 */
export function installProbe(weighs: boolean): void {
  const rowsNow = () =>
    document.querySelectorAll('[aria-label="Tasks"] :is(li, [role="listitem"])');
  const texts: Record<Sight["of"], () => string> = {
    "first row": () => {
      for (const { textContent } of rowsNow()) if (textContent) return textContent;
      return "";
    },
    count: () => /[\d,]+ left/.exec(document.querySelector("header")?.textContent ?? "")?.[0] ?? "",
  };

  const sightIn = ({ of, pattern }: Sight) => {
    const before = texts[of]();
    const wanted = pattern === undefined ? undefined : new RegExp(pattern, "i");
    return () => (wanted ? wanted.test(texts[of]()) : texts[of]() !== before);
  };
  /** A frame is done when the next task of the browser begins. */
  const frameWith = (isSeen: () => boolean) =>
    new Promise<number>((resolve) => {
      const look = () => {
        if (isSeen()) setTimeout(() => resolve(performance.now()));
        else requestAnimationFrame(look);
      };
      requestAnimationFrame(look);
    });
  const nextEvent = (name: string) =>
    new Promise<Event>((resolve) => addEventListener(name, resolve, { once: true, capture: true }));

  const written = countWrites(weighs);
  let isAway = false;
  Object.defineProperties(document, {
    visibilityState: { get: () => (isAway ? "hidden" : "visible") },
    hidden: { get: () => isAway },
    hasFocus: { value: () => !isAway },
  });

  globalThis.probe = {
    written,
    opened: frameWith(() => texts["first row"]() !== ""),
    async afterEvent(name, sight) {
      const isSeen = sightIn(sight);
      const { timeStamp } = await nextEvent(name);
      return (await frameWith(isSeen)) - timeStamp;
    },
    momentOf: async (sight) => performance.timeOrigin + (await frameWith(sightIn(sight))),
    momentOfEvent: async (name) => performance.timeOrigin + (await nextEvent(name)).timeStamp,
    setAway(away) {
      isAway = away;
      if (away) dispatchEvent(new Event("blur"));
      document.dispatchEvent(new Event("visibilitychange", { bubbles: true }));
      if (!away) dispatchEvent(new Event("focus"));
    },
    scrollThrough: (step, end) =>
      new Promise((resolve) => {
        const frames = { all: 0, late: 0, blank: 0 };
        let before = performance.now();
        const frame = (now: number) => {
          frames.all++;
          if (now - before > 50) frames.late++;
          before = now;
          const middle = document.elementFromPoint(innerWidth / 2, innerHeight / 2);
          if (!middle?.closest('[aria-label="Tasks"] :is(li, [role="listitem"])')) frames.blank++;
          const isAtEnd = scrollY >= document.documentElement.scrollHeight - innerHeight - 1;
          if (isAtEnd && [...rowsNow()].at(-1)?.textContent?.includes(end)) {
            resolve(frames);
            return;
          }
          scrollBy({ top: step, behavior: "instant" });
          requestAnimationFrame(frame);
        };
        requestAnimationFrame(frame);
      }),
  };

  function countWrites(weighs: boolean) {
    const written = { records: 0, bytes: 0 };
    const note = (value: unknown) => {
      written.records++;
      if (weighs) written.bytes += JSON.stringify(value)?.length ?? 0;
    };
    const { put, add, delete: remove, clear } = IDBObjectStore.prototype;
    const { update, delete: removeAt } = IDBCursor.prototype;
    Object.assign(IDBObjectStore.prototype, {
      put(this: IDBObjectStore, ...given: Parameters<typeof put>) {
        note(given[0]);
        return put.apply(this, given);
      },
      add(this: IDBObjectStore, ...given: Parameters<typeof add>) {
        note(given[0]);
        return add.apply(this, given);
      },
      delete(this: IDBObjectStore, ...given: Parameters<typeof remove>) {
        note(undefined);
        return remove.apply(this, given);
      },
      clear(this: IDBObjectStore) {
        note(undefined);
        return clear.call(this);
      },
    });
    Object.assign(IDBCursor.prototype, {
      update(this: IDBCursor, ...given: Parameters<typeof update>) {
        note(given[0]);
        return update.apply(this, given);
      },
      delete(this: IDBCursor) {
        note(undefined);
        return removeAt.call(this);
      },
    });
    return written;
  }
}
