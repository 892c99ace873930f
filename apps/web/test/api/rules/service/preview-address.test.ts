import { expect, test, vi } from "vitest";
import { cookieOf, newUser } from "../../support/account.ts";
import { verifyToken } from "../../support/mint-token.ts";
import { needsOwnProcess, send } from "../../support/send.ts";

needsOwnProcess();

const branch = "https://tend-git-dates-ada.vercel.app";
const deployment = "https://tend-4f1c9a-ada.vercel.app";

vi.stubEnv("BETTER_AUTH_URL", "");
vi.stubEnv("VERCEL_ENV", "preview");
vi.stubEnv("VERCEL_BRANCH_URL", new URL(branch).host);
vi.stubEnv("VERCEL_URL", new URL(deployment).host);
vi.stubEnv("VERCEL_PROJECT_PRODUCTION_URL", "tend.example.com");

async function signUpAt(origin: string) {
  const given = newUser();
  const headers = { Origin: origin, "Sec-Fetch-Site": "same-origin", "Sec-Fetch-Mode": "cors" };
  const answer = await send("POST", "/api/auth/sign-up/email", { body: given, headers });
  expect(answer.status).toBe(200);
  return { ...given, headers: { ...headers, Cookie: cookieOf(answer) } };
}

test.each([branch, deployment])(
  "200 [A-1, A-4, C-4] a preview is signed in to, used and left at %s",
  async (origin) => {
    const { email, password, headers } = await signUpAt(origin);
    expect(headers.Cookie).toMatch(/^__Host-tend\.session_token=/);
    const issued = await send("GET", "/api/auth/token", { headers });
    const { token } = issued.body;
    expect(verifyToken(token)).toMatchObject({ iss: branch, aud: branch });
    const listed = await send("GET", "/api/tasks", { token, headers: { Origin: origin } });
    expect(listed.status).toBe(200);
    expect(listed.headers.get("Access-Control-Allow-Origin")).toBe(origin);
    const body = { email, password };
    const again = await send("POST", "/api/auth/sign-in/email", { body, headers });
    expect(again.status).toBe(200);
    expect((await send("POST", "/api/auth/sign-out", { headers })).status).toBe(200);
  },
);

test.each([
  "https://tend.example.com",
  "https://tend-git-other-ada.vercel.app",
  "https://evil.vercel.app",
])("403 foreign_origin [A-1] a preview's cookie counts for nothing from %s", async (Origin) => {
  const { headers } = await signUpAt(branch);
  const { status, body } = await send("POST", "/api/auth/sign-out", {
    headers: { ...headers, Origin },
  });
  expect([status, body.code]).toEqual([403, "foreign_origin"]);
});
