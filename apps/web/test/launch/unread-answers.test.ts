import { once } from "node:events";
import { connect, type Socket } from "node:net";
import { afterAll, beforeAll, expect, test } from "vitest";
import { signUp } from "./load.ts";
import { answers, freePort, makeFolder, until } from "./start.ts";

let folder: Awaited<ReturnType<typeof makeFolder>>;
let port: number;

beforeAll(async () => {
  folder = await makeFolder();
  port = await freePort();
  folder.start({ PORT: String(port) });
  await until("the server answers", () => answers(port));
});

afterAll(() => folder.end());

test("429 too_many_requests [C-10] who asks for more and more and reads nothing, and nobody else", async () => {
  const ada = await signUp(`http://127.0.0.1:${port}`);
  const bob = await signUp(`http://127.0.0.1:${port}`);
  // Ten megabytes: more than the system buffers.
  const description = "😀".repeat(10_000);
  for (let number = 0; number < 250; number++) {
    await ada.client.createTask({ body: { title: "A long one", description } });
  }
  const list = (token: string) =>
    fetch(`http://127.0.0.1:${port}/api/tasks?limit=500`, {
      headers: { Authorization: `Bearer ${token}` },
    });
  const unread: Socket[] = [];
  for (let number = 0; number < 9; number++) {
    const socket = connect(port, "127.0.0.1");
    unread.push(socket.on("error", () => {}));
    socket.write(
      `GET /api/tasks?limit=500 HTTP/1.1\r\nHost: tend\r\nAuthorization: Bearer ${ada.token()}\r\n\r\n`,
    );
    await once(socket, "readable");
  }
  const refused = await list(ada.token());
  expect(refused.status).toBe(429);
  expect(refused.headers.get("Retry-After")).toMatch(/^\d+$/);
  expect(await refused.json()).toMatchObject({
    code: "too_many_requests",
    detail: expect.stringContaining("still to be read"),
  });
  expect((await list(bob.token())).status).toBe(200);
  for (const socket of unread) socket.destroy();
  await until("what nobody reads any more is let go", async () => (await list(ada.token())).ok);
  expect(await (await list(ada.token())).json()).toHaveLength(250);
});
