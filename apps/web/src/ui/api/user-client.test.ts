import { UnreachableError } from "@tend/contracts/client";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import { makeApiError } from "#ui/tasks/testing.ts";
import { readFailure } from "./failure.ts";
import { createUserClient } from "./user-client.ts";

const token = `head.${btoa(JSON.stringify({ iat: 0, exp: 900 }))}.sign`;

/** The timeout of a request, which a test ends when it wants. */
let timer: AbortController;
/** Resolves with the address of a request once it is under way. */
let underWay: Promise<string>;

beforeEach(() => {
  timer = new AbortController();
  vi.spyOn(AbortSignal, "timeout").mockReturnValue(timer.signal);
  underWay = new Promise((isUnderWay) => {
    // The stub answers with a token, and answers nothing else.
    vi.stubGlobal("fetch", (url: string, { signal }: { signal: AbortSignal }) => {
      if (url.endsWith("/token")) return Promise.resolve(Response.json({ token }));
      isUnderWay(url);
      return new Promise((_, reject) => {
        signal.addEventListener("abort", () => reject(signal.reason));
      });
    });
  });
});

afterEach(() => {
  vi.restoreAllMocks();
  vi.unstubAllGlobals();
});

const timeIsOver = () => timer.abort(new DOMException("Too late", "TimeoutError"));

test.each([
  ["its time is over", timeIsOver],
  ["the given signal says so", (given: AbortController) => given.abort()],
])("[O-3] a request names the user, and ends when %s", async (_, end) => {
  const given = new AbortController();
  const request = createUserClient("ada").listTasks({}, { signal: given.signal });
  const rejected = expect(request).rejects.toBeInstanceOf(UnreachableError);
  expect(await underWay).toBe("/api/ada/tasks");
  end(given);
  await rejected;
});

test("a request without a signal has its time, and that it is over is trouble", async () => {
  const request = createUserClient("ada", { writeTimeoutMs: 5000 }).deleteTask({
    params: { id: "a" },
  });
  const failure = request.catch(readFailure);
  await underWay;
  timeIsOver();
  expect(await failure).toMatchObject({ is: "trouble" });
  expect(AbortSignal.timeout).toHaveBeenLastCalledWith(5000);
});

test("a page of the list has more time: long notes come slowly over a bad line", async () => {
  const reading = createUserClient("ada", { writeTimeoutMs: 5000 }).listTasks();
  const failure = reading.catch(readFailure);
  await underWay;
  timeIsOver();
  expect(await failure).toMatchObject({ is: "trouble" });
  expect(AbortSignal.timeout).toHaveBeenLastCalledWith(60_000);
});

test("where the browser cannot join signals, the given one holds", async () => {
  vi.stubGlobal("AbortSignal", { timeout: AbortSignal.timeout });
  const given = new AbortController();
  const request = createUserClient("ada").listTasks({}, { signal: given.signal });
  const rejected = expect(request).rejects.toBeInstanceOf(UnreachableError);
  await underWay;
  given.abort();
  await rejected;
});

test("all requests end at one signal, those under way and later ones", async () => {
  const over = new AbortController();
  const client = createUserClient("ada", { ended: over.signal });
  const request = client.listTasks();
  const rejected = expect(request).rejects.toBeInstanceOf(UnreachableError);
  await underWay;
  over.abort();
  await rejected;
  await expect(client.listTasks()).rejects.toBeInstanceOf(UnreachableError);
});

test("that there is no session any more is told, whatever asked", async () => {
  vi.stubGlobal("fetch", () =>
    Promise.resolve(
      Response.json(makeApiError(401, "no_session").problem, {
        status: 401,
        headers: { "Content-Type": "application/problem+json" },
      }),
    ),
  );
  const onSignedOut = vi.fn();
  await expect(createUserClient("ada", { onSignedOut }).listTasks()).rejects.toThrow();
  expect(onSignedOut).toHaveBeenCalledOnce();
});
