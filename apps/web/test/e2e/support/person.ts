import { randomBytes } from "node:crypto";
import { test as base, expect, type Page } from "@playwright/test";
import { type Client, createClient } from "@tend/contracts/client";
import { isLong } from "../../long.ts";
import { someAddress } from "../../some-address.ts";
import { watchRequests } from "./network.ts";

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  /** The API as this person, as any program uses it. */
  readonly api: Client;
}

interface Fixtures {
  /** A new person with an account, signed in in `page`. */
  person: Person;
  /** Makes a new person with an account, signed in nowhere. */
  makePerson: () => Promise<Person>;
  /** Patterns of errors that the test expects; a page that reports another one fails it. */
  foreseen: RegExp[];
}

/** Errors of the browser, and of the service worker, where no answer came. */
export const noNetwork =
  /net::ERR_|Failed to load (?!resource: the server)|Failed to fetch|ChunkLoadError|when fetching/;

/**
 * The setting of specs without a service worker: a short run does not fetch the app's files for it
 * once more in every test.
 */
export const workerless = { serviceWorkers: isLong ? "allow" : "block" } as const;

export const test = base.extend<Fixtures>({
  extraHTTPHeaders: async ({ browserName: _ }, use) => {
    await use({ "X-Forwarded-For": someAddress() });
  },

  foreseen: async ({ browserName: _ }, use) => {
    await use([]);
  },

  page: async ({ page, context, foreseen }, use) => {
    // Requests that a test interrupts by going offline are reported as errors.
    const setOffline = context.setOffline.bind(context);
    context.setOffline = (offline) => {
      foreseen.push(noNetwork);
      return setOffline(offline);
    };
    waitUntilAlive(page);
    watchRequests(page);
    const errors: string[] = [];
    page.on("pageerror", (error) => errors.push(String(error)));
    page.on("console", (message) => {
      if (message.type() === "error") errors.push(message.text());
    });
    await use(page);
    const surprises = errors.filter((error) => !foreseen.some((pattern) => pattern.test(error)));
    expect(surprises, "errors in the browser's console").toEqual([]);
  },

  makePerson: async ({ playwright, baseURL: given }, use) => {
    const baseURL = given ?? "";
    await use(async () => {
      const name = "Ada Lovelace";
      const email = `${randomBytes(8).toString("hex")}@example.com`;
      const password = randomBytes(9).toString("base64url");
      const request = await playwright.request.newContext({
        baseURL,
        extraHTTPHeaders: { "X-Forwarded-For": someAddress() },
      });
      const made = await request.post("/api/auth/sign-up/email", {
        data: { name, email, password },
      });
      expect(made.status()).toBe(200);
      const { token } = await (await request.get("/api/auth/token")).json();
      await request.dispose();
      return { name, email, password, api: createClient({ origin: baseURL, token: () => token }) };
    });
  },

  person: async ({ page, makePerson }, use) => {
    const person = await makePerson();
    await signIn(page, person);
    await use(person);
  },
});

/**
 * Makes `goto` and `reload` wait until React has hydrated the page, which is after its `load`: a
 * click before that is lost. A test that sets `waitUntil` waits for that event instead.
 */
function waitUntilAlive(page: Page): void {
  const goto = page.goto.bind(page);
  const reload = page.reload.bind(page);
  const alive = async (options: { readonly waitUntil?: string } | undefined) => {
    if (!options?.waitUntil) await expect.poll(() => page.evaluate(isAlive)).toBe(true);
  };
  page.goto = async (address, options) => {
    const answer = await goto(address, options);
    await alive(options);
    return answer;
  };
  page.reload = async (options) => {
    const answer = await reload(options);
    await alive(options);
    return answer;
  };
}

const isAlive = (): boolean =>
  document.querySelector("script[src*='/_next/']") === null ||
  Object.keys(document.body).some((key) => key.startsWith("__reactFiber$"));

/** Signs in as the browser does, without its form. */
export async function signIn(page: Page, { email, password }: Person): Promise<void> {
  const response = await page.request.post("/api/auth/sign-in/email", {
    data: { email, password },
  });
  expect(response.status()).toBe(200);
}

/** Signs in by the form, as people do. */
export async function signInByForm(
  page: Page,
  { email, password }: Pick<Person, "email" | "password">,
): Promise<void> {
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Sign in", exact: true }).click();
}

export { expect };
