import type { Page, Request } from "@playwright/test";

interface Watched {
  /** Requests that are under way, but for those that wait for changes: these end by nothing. */
  readonly open: Set<Request>;
  onChange: () => void;
}

const watched = new WeakMap<Page, Watched>();

const waits = (request: Request): boolean => /\bwait=/.test(request.headers().prefer ?? "");

/** Begins to count a page's requests. */
export function watchRequests(page: Page): void {
  if (watched.has(page)) return;
  const state: Watched = { open: new Set(), onChange: () => {} };
  watched.set(page, state);
  const change = (done: boolean) => (request: Request) => {
    if (waits(request)) return;
    if (done) state.open.delete(request);
    else state.open.add(request);
    state.onChange();
  };
  page.on("request", change(false));
  page.on("requestfinished", change(true));
  page.on("requestfailed", change(true));
}

/** Playwright's own span, in milliseconds, after which a network without requests is at rest. */
const restMs = 500;

/** Waits until a page has asked for nothing for a while, but for changes to come. */
export function networkAtRest(page: Page): Promise<void> {
  const state = watched.get(page);
  if (!state) throw new Error("The requests of this page are not watched.");
  return new Promise((resolve) => {
    let timer: ReturnType<typeof setTimeout> | undefined;
    state.onChange = () => {
      clearTimeout(timer);
      if (state.open.size > 0) return;
      timer = setTimeout(() => {
        state.onChange = () => {};
        resolve();
      }, restMs);
    };
    state.onChange();
  });
}
