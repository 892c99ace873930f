// The generated client, which is not there when the repository is type-checked; hence .mts, which
// tsconfig.json leaves out. generated-client.test.ts compiles both together.
import * as tend from "./client.mts";

/** A person who has no account yet. */
interface Person {
  readonly name: string;
  readonly email: string;
  readonly password: string;
}

/** The answer, once it has this status; its type then knows the body of that status alone. */
function expectStatus<Answer extends { status: number }, const S extends Answer["status"]>(
  status: S,
  answer: Answer,
): Extract<Answer, { status: S }> {
  if (answer.status === status) return answer as Extract<Answer, { status: S }>;
  throw new Error(`${answer.status} instead of ${status}: ${JSON.stringify(answer)}`);
}

function expectEqual<T>(actual: T, expected: NoInfer<T>): void {
  const [got, wanted] = [JSON.stringify(actual), JSON.stringify(expected)];
  if (got !== wanted) throw new Error(`${got} instead of ${wanted}`);
}

/** A typical use of the API, through the generated client alone. */
export async function walk(fetcher: typeof fetch, baseUrl: string, person: Person): Promise<void> {
  tend.defaults.fetch = fetcher;
  tend.defaults.baseUrl = baseUrl;
  tend.defaults.headers = {};

  const signedUp = expectStatus(200, await tend.signUp(person));
  expectEqual(signedUp.data.user.email, person.email);
  const Cookie = signedUp.headers
    .getSetCookie()
    .map((cookie) => cookie.replace(/;.*/, ""))
    .join("; ");
  const issued = expectStatus(200, await tend.issueToken({ headers: { Cookie } }));
  expectEqual(expectStatus(401, await tend.listTasks()).data.code, "missing_token");
  tend.defaults.headers = { Authorization: `Bearer ${issued.data.token}` };

  const key = { idempotencyKey: crypto.randomUUID() };
  const rent: tend.NewTask = {
    title: "Pay rent",
    due_date: "2026-12-01",
    due_time: "09:30",
    time_zone: "Europe/Berlin",
    priority: "high",
    tags: ["home"],
    position: "i",
  };
  const created = expectStatus(201, await tend.createTask(rent, key));
  const repeated = expectStatus(201, await tend.createTask(rent, key));
  expectEqual(repeated.data, created.data);
  const { id } = created.data;
  expectEqual(created.headers.get("Location"), `/api/tasks/${id}`);
  const reused = expectStatus(422, await tend.createTask({ title: "Other" }, key));
  expectEqual(reused.data.code, "idempotency_key_reused");

  const listed = expectStatus(200, await tend.listTasks({ status: "pending", q: "rent" }));
  expectEqual(
    listed.data.map((task) => task.id),
    [id],
  );
  const filtered = await tend.listTasks({
    tag: "home",
    priority: "high",
    due: "upcoming",
    timeZone: "Asia/Tokyo",
    sort: "position",
  });
  const asked = { due: "none", tag: "home" } as const;
  expectEqual(expectStatus(200, await tend.listTasks(asked)).data, []);
  expectStatus(200, filtered);
  const got = expectStatus(200, await tend.getTask(id));
  const etag = got.headers.get("ETag") ?? "";
  expectStatus(304, await tend.getTask(id, { ifNoneMatch: etag }));

  const updated = expectStatus(
    200,
    await tend.updateTask(id, { title: "Pay the rent" }, { ifMatch: etag }),
  );
  expectEqual(updated.data.due_date, "2026-12-01");
  const stale = expectStatus(412, await tend.updateTask(id, { title: "No" }, { ifMatch: etag }));
  expectEqual(stale.data.task, updated.data);
  const patched = expectStatus(200, await tend.patchTask(id, { due_date: null }));
  expectEqual([patched.data.due_date, patched.data.due_time], [null, null]);
  expectEqual(patched.data.tags, ["home"]);
  expectEqual(expectStatus(200, await tend.completeTask(id)).data.completed, true);
  expectEqual(
    expectStatus(200, await tend.completeTask(id, { completed: false })).data.completed,
    false,
  );

  const changes = expectStatus(200, await tend.listChanges());
  const [change] = changes.data.changes;
  expectEqual(change?.type === "saved" && change.task.title, "Pay the rent");

  const batch = await tend.batchTasks({
    operations: [
      { operation: "create", task: { title: "Buy milk" } },
      { operation: "complete", id, completed: true },
    ],
  });
  const { results } = expectStatus(200, batch).data;
  expectEqual(
    results.map((result) => result.status),
    [201, 200],
  );
  const failed = await tend.batchTasks({
    operations: [
      { operation: "delete", id },
      { operation: "delete", id: crypto.randomUUID() },
    ],
  });
  expectEqual(
    expectStatus(422, failed).data.results?.map((result) => result.status),
    [424, 404],
  );

  expectStatus(204, await tend.deleteTask(id));
  expectEqual(expectStatus(404, await tend.getTask(id)).data.code, "task_not_found");
  expectEqual(expectStatus(200, await tend.restoreTask(id)).data.deleted_at, null);
  expectStatus(204, await tend.deleteTask(id, { permanent: "true" }));
  expectStatus(404, await tend.restoreTask(id));

  const later = await tend.listChanges({ cursor: changes.data.next_cursor });
  expectEqual(
    expectStatus(200, later).data.changes.map(({ type }) => type),
    ["saved", "deleted"],
  );
}
