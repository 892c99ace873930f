import { afterAll, beforeAll, expect, test } from "vitest";
import { answers, freePort, loopback6, makeFolder, until } from "./start.ts";

let folder: Awaited<ReturnType<typeof makeFolder>>;
let port: number;

beforeAll(async () => {
  folder = await makeFolder();
  port = await freePort();
  folder.start({ PORT: String(port), TRUSTED_PROXIES: "127.0.0.1, 10.0.0.0/8" });
  await until("the server answers", () => answers(port));
});

afterAll(() => folder.end());

const post = (host: string, path: string, forwarded: string, body: object) =>
  fetch(`http://${host}:${port}/api/auth/${path}`, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Forwarded-For": forwarded },
    body: JSON.stringify(body),
  });

/** The address that the list of sessions shows to whoever signs up so. */
async function addressSeen(host: string, forwarded: string): Promise<string> {
  const email = `${crypto.randomUUID()}@example.com`;
  const made = await post(host, "sign-up/email", forwarded, {
    name: "Ada",
    email,
    password: "correct horse battery",
  });
  expect(made.status).toBe(200);
  const cookies = made.headers.getSetCookie().map((cookie) => cookie.split(";")[0]);
  const listed = await fetch(`http://${host}:${port}/api/auth/list-sessions`, {
    headers: { Cookie: cookies.join("; ") },
  });
  const [session] = await listed.json();
  return session.ip_address;
}

const guess = async (host: string, forwarded: string) => {
  const email = `${crypto.randomUUID()}@example.com`;
  const { status } = await post(host, "sign-in/email", forwarded, { email, password: "not this" });
  return status;
};

test("[A-12] the list of sessions shows the caller, and not what they say", async () => {
  expect(await addressSeen("127.0.0.1", "192.0.2.7")).toBe("192.0.2.7");
  expect(await addressSeen("127.0.0.1", "6.6.6.6, 192.0.2.8, 10.1.2.3")).toBe("192.0.2.8");
  expect(await addressSeen("127.0.0.1", "192.0.2.9:51234")).toBe("192.0.2.9");
});

test("[A-12] behind a chain of proxies each caller is counted alone, whatever they write before it", async () => {
  const others = Array.from({ length: 22 }, (_, number) => `203.0.113.${number}, 10.0.0.9`);
  for (const forwarded of others) expect(await guess("127.0.0.1", forwarded)).toBe(401);
  const statuses: number[] = [];
  for (let number = 0; number < 22; number++) {
    statuses.push(await guess("127.0.0.1", `6.6.6.${number}, 198.51.100.1, 10.0.0.9`));
  }
  expect(statuses).toEqual([...Array(20).fill(401), 429, 429]);
});

test("[A-12] past the proxy the header counts for nothing", async ({ skip }) => {
  skip(loopback6 === undefined, "This machine has no IPv6.");
  expect(await addressSeen("[::1]", "192.0.2.7")).toMatch(/^0000:.*:000[01]$/);
  const statuses: number[] = [];
  for (let number = 0; number < 22; number++) {
    statuses.push(await guess("[::1]", `198.51.100.${number}`));
  }
  expect(statuses).toEqual([...Array(20).fill(401), 429, 429]);
});
