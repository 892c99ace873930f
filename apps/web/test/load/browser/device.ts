import type { Browser, CDPSession, Page } from "@playwright/test";
import { password } from "../../launch/start.ts";
import { installProbe, type Sight } from "./probe.ts";
import { type Traffic, watchTraffic } from "./traffic.ts";

/** A browser of one person, with the tasks page. */
export interface Device {
  readonly page: Page;
  readonly traffic: Traffic;
  /** Opens all tasks. @returns the milliseconds to the frame that shows the first of them. */
  open(): Promise<number>;
  /** Waits until nothing is sent, comes or is written any more. */
  settle(): Promise<void>;
  /** Opens all tasks, and waits until it could do so without a network. */
  fill(): Promise<void>;
  setOffline(offline: boolean): Promise<void>;
  /** Makes the processor so many times slower. */
  slowDown(times: number): Promise<void>;
  /** Does something. @returns the milliseconds from its event to the frame in which it is seen. */
  timed(event: string, sight: Sight, act: () => Promise<unknown>): Promise<number>;
  /** What was written to IndexedDB since the page was opened. */
  written(): Promise<{ readonly records: number; readonly bytes: number }>;
  setAway(away: boolean): Promise<void>;
  /** Bytes of JavaScript objects that are in use. */
  heap(): Promise<number>;
  /** Nodes of the document, and those that are not collected yet. */
  nodes(): Promise<number>;
  end(): Promise<void>;
}

/** Milliseconds without any event after which a page is at rest. */
const quietMs = 1_500;
/** Milliseconds after which a page that is never at rest, or shows nothing, is given up. */
const patienceMs = 120_000;

/** tsx gives functions their names by this one, which pages do not have. */
const nameOfFunction = "globalThis.__name = (named) => named";

export async function makeDevice(
  browser: Browser,
  origin: string,
  email: string,
  weighs: boolean,
): Promise<Device> {
  const context = await browser.newContext({
    baseURL: origin,
    viewport: { width: 1280, height: 800 },
    locale: "en-GB",
    timezoneId: "Europe/Berlin",
  });
  context.setDefaultTimeout(patienceMs);
  await context.addInitScript(nameOfFunction);
  await context.addInitScript(installProbe, weighs);
  const answer = await context.request.post("/api/auth/sign-in/email", {
    data: { email, password },
  });
  if (!answer.ok()) throw new Error(`The sign-in was answered ${answer.status()}.`);
  const page = await context.newPage();
  const session = await context.newCDPSession(page);
  const traffic = await watchTraffic(session);
  const written = () => page.evaluate(() => probe.written);

  const settle = () => whenQuiet(traffic, async () => (await written()).records);
  const open = async () => {
    await page.goto("/tasks?status=all", { waitUntil: "commit" });
    return within(
      "the first task",
      page.evaluate(() => probe.opened),
    );
  };
  return {
    page,
    traffic,
    open,
    settle,
    written,
    async fill() {
      await open();
      await settle();
      const ready = page.evaluate(() => navigator.serviceWorker.ready.then(() => {}));
      await within("the service worker", ready);
    },
    setOffline: (offline) => context.setOffline(offline),
    async slowDown(times) {
      await session.send("Emulation.setCPUThrottlingRate", { rate: times });
    },
    async timed(event, sight, act) {
      await page.evaluate(
        ([event, sight]) => {
          globalThis.awaited = probe.afterEvent(event, sight);
        },
        [event, sight] as const,
      );
      await act();
      return within(
        `another ${sight.of} after ${event}`,
        page.evaluate(() => awaited),
      );
    },
    setAway: (away) => page.evaluate((away) => probe.setAway(away), away),
    heap: () => heapOf(session),
    async nodes() {
      return (await session.send("Memory.getDOMCounters")).nodes;
    },
    end: () => context.close(),
  };
}

/** Rejects where something is not seen for long. */
async function within<T>(what: string, seen: Promise<T>): Promise<T> {
  let timer: ReturnType<typeof setTimeout> | undefined;
  const late = new Promise<never>((_, reject) => {
    const error = new Error(`Not seen within ${patienceMs / 1_000} s: ${what}`);
    timer = setTimeout(() => reject(error), patienceMs);
  });
  return Promise.race([seen, late]).finally(() => clearTimeout(timer));
}

async function whenQuiet(
  { exchanges, events }: Traffic,
  writes: () => Promise<number>,
): Promise<void> {
  const end = Date.now() + patienceMs;
  let before = "";
  let since = Date.now();
  while (Date.now() < end) {
    const now = `${events()} ${await writes()}`;
    const isWorking = exchanges.some(({ isOver, waits }) => !isOver && !waits);
    if (now !== before || isWorking) {
      before = now;
      since = Date.now();
    }
    if (Date.now() - since >= quietMs) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
  throw new Error(`The page was not at rest within ${patienceMs / 1_000} s.`);
}

async function heapOf(session: CDPSession): Promise<number> {
  // What only a finalizer lets go is collected by the second.
  for (let time = 0; time < 2; time++) await session.send("HeapProfiler.collectGarbage");
  return (await session.send("Runtime.getHeapUsage")).usedSize;
}
