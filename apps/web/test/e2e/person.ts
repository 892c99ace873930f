import { randomBytes, randomInt } from "node:crypto";
import { test as base, expect, type Page } from "@playwright/test";
import { type Client, createClient } from "@tend/contracts/client";

export interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
  /** The API as this person, as any program uses it. */
  readonly api: Client;
}

interface Fixtures {
  /** Somebody new, with an account, signed in in `page`. */
  person: Person;
  /** Makes somebody new with an account, signed in nowhere. */
  makePerson: () => Promise<Person>;
  /** Fails the test when a page reports an error that the test did not foresee. */
  foreseen: RegExp[];
}

/** Everyone comes from an address of their own: sign-ups are counted by address. */
const someAddress = () => `10.${randomInt(256)}.${randomInt(256)}.${randomInt(1, 255)}`;

export const test = base.extend<Fixtures>({
  extraHTTPHeaders: async ({ browserName: _ }, use) => {
    await use({ "X-Forwarded-For": someAddress() });
  },

  foreseen: async ({ browserName: _ }, use) => {
    await use([]);
  },

  page: async ({ page, foreseen }, use) => {
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

/** Signs in as the browser does, without its form. */
export async function signIn(page: Page, { email, password }: Person): Promise<void> {
  const response = await page.request.post("/api/auth/sign-in/email", {
    data: { email, password },
  });
  expect(response.status()).toBe(200);
}

export { expect };
