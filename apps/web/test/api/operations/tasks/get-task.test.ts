import { addressForms, api, fillPath } from "@tend/contracts";
import { makeTask, makeUser } from "@tend/db/testing";
import { describe, expect, test } from "vitest";
import { database } from "#server/database.ts";
import { tokenOf } from "../../support/mint-token.ts";
import { blankContent } from "../../support/model.ts";
import { createTask, send } from "../../support/send.ts";

describe.each(addressForms(api.getTask.path))("at %s", (form) => {
  test("200 [T-1] shows the task with its ETag", async () => {
    const user = await makeUser(database());
    const token = tokenOf(user);
    const id = await makeTask(database(), user, {
      title: "Pay rent",
      description: "Ask for the receipt.",
      completed: true,
      due_date: new Date("2026-12-01"),
    });
    const { status, headers, body } = await send("GET", fillPath(form, { user_id: user.id, id }), {
      token,
    });
    expect(status).toBe(200);
    expect(headers.get("Content-Type")).toBe("application/json");
    expect(headers.get("ETag")).toMatch(/^"[^"]+"$/);
    expect(body).toEqual({
      ...blankContent,
      id,
      owner_user_id: user.id,
      title: "Pay rent",
      description: "Ask for the receipt.",
      completed: true,
      due_date: "2026-12-01",
      created_at: expect.any(String),
      updated_at: expect.any(String),
      version: 1,
      deleted_at: null,
      position: expect.stringMatching(/^fe[0-9a-f]{17}[1-9a-f]$/),
    });
  });

  test("200 [O-3] the id may be written in capitals or percent-encoded", async () => {
    const user = await makeUser(database());
    const id = await makeTask(database(), user);
    for (const written of [id.toUpperCase(), id.replaceAll("-", "%2D")]) {
      const target = fillPath(form, { user_id: user.id, id: "ID" }).replace("ID", written);
      const { status, body } = await send("GET", target, { token: tokenOf(user) });
      expect([status, body.id]).toEqual([200, id]);
    }
  });

  test("404 [O-2] once it is deleted", async () => {
    const user = await makeUser(database());
    const token = tokenOf(user);
    const { id } = await createTask(token);
    const target = fillPath(form, { user_id: user.id, id });
    await send("DELETE", target, { token });
    const { status, body } = await send("GET", target, { token });
    expect([status, body.code]).toEqual([404, "task_not_found"]);
  });
});

test("200 [T-1] instants are UTC to the millisecond, whatever zone wrote them", async () => {
  const user = await makeUser(database());
  const id = await makeTask(database(), user);
  await database().$executeRaw`
    UPDATE tasks SET created_at = '2026-03-29 01:59:59.007+05:30', updated_at = '1999-12-31 23:59:59.999-11'
    WHERE owner_user_id = ${user.id} AND id = ${id}::uuid`;
  const { body } = await send("GET", `/api/tasks/${id}`, { token: tokenOf(user) });
  expect([body.created_at, body.updated_at]).toEqual([
    "2026-03-28T20:29:59.007Z",
    "2000-01-01T10:59:59.999Z",
  ]);
});

test("200 [T-1] the ETag changes with the task, and only then", async () => {
  const user = await makeUser(database());
  const token = tokenOf(user);
  const { id } = await createTask(token);
  const etag = async () => (await send("GET", `/api/tasks/${id}`, { token })).headers.get("ETag");
  const seen = [await etag()];
  expect(await etag()).toBe(seen[0]);
  await send("PUT", `/api/tasks/${id}`, { token, body: { title: "Pay the rent" } });
  seen.push(await etag());
  await send("PATCH", `/api/tasks/${id}/complete`, { token });
  seen.push(await etag());
  await send("PATCH", `/api/tasks/${id}/complete`, { token });
  seen.push(await etag());
  expect(new Set(seen).size).toBe(4);
});

test("200 [E-4] HEAD answers with the headers of GET", async () => {
  const user = await makeUser(database());
  const token = tokenOf(user);
  const { id } = await createTask(token);
  const get = await send("GET", `/api/tasks/${id}`, { token });
  const head = await send("HEAD", `/api/tasks/${id}`, { token });
  expect(head.status).toBe(200);
  expect(head.headers.get("ETag")).toBe(get.headers.get("ETag"));
});

test("[E-4] no answer may be kept by a cache", async () => {
  const user = await makeUser(database());
  const { headers } = await send("GET", "/api/tasks", { token: tokenOf(user) });
  expect(headers.get("Cache-Control")).toBe("no-store");
});
