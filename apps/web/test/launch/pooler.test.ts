import { randomBytes, randomUUID } from "node:crypto";
import { nextCursor } from "@tend/contracts/client";
import { connect, type Database, newestMigration } from "@tend/db";
import { migrate, migrations } from "@tend/db/migrate";
import { Client } from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { expectMoment } from "../api/support/moment.ts";
import { heldOpen } from "../hung.ts";
import { startYardstick, tolerance } from "../yardstick.ts";
import { endInstallations, makeApp, makeServer } from "./installation.ts";
import { expectKept, type Person, signUp } from "./load.ts";
import { isPoolerHere, makePooler } from "./pooler.ts";
import { migrateBy, until } from "./start.ts";

const people = 12;
const rounds = 10;
/** Fewer than the ten of the app, so that its connections share these. */
const connections = 3;

const missing = !isPoolerHere && "there is no /usr/sbin/pgbouncer";

/** Uses all operations as one person, one after another; gives the number of requests. */
async function useEverything({ id: me, client, tasks }: Person): Promise<number> {
  let requests = 0;
  let cursor: string | undefined;
  const own = <T extends { owner_user_id: string }>(task: T): T => {
    expect(task.owner_user_id).toBe(me);
    return task;
  };
  const asked = async <T>(answer: Promise<T>): Promise<T> => {
    requests++;
    return answer;
  };
  const live = () => [...tasks].flatMap(([id, task]) => (task === "deleted" ? [] : [id])).sort();

  for (let round = 0; round < rounds; round++) {
    const [id, second] = [randomUUID(), randomUUID()];
    const task = { title: `Rent, round ${round}`, description: id, completed: false };
    const created = await asked(client.createTask({ body: { id, ...task } }));
    expect(own(created.body)).toMatchObject({ id, ...task });

    const renamed = { ...task, title: `Rent, changed in round ${round}` };
    await asked(client.updateTask({ params: { id }, body: { title: renamed.title } }));
    const { body: toggled } = await asked(client.completeTask({ params: { id } }));
    expect(own(toggled)).toMatchObject({ ...renamed, completed: true, version: 3 });
    tasks.set(id, { ...renamed, completed: true });
    const { body: got } = await asked(client.getTask({ params: { id } }));
    expect(got).toEqual(toggled);

    const batch = {
      headers: { idempotency_key: randomUUID() },
      body: {
        operations: [
          { operation: "create" as const, task: { id: second, ...task } },
          { operation: "update" as const, id, change: { description: second } },
        ],
      },
    };
    const first = await asked(client.batchTasks(batch));
    expect(first.body.results.map(({ status }) => status)).toEqual([201, 200]);
    const again = await asked(client.batchTasks(batch));
    expect(again.body).toEqual(first.body);
    tasks.set(second, task);
    tasks.set(id, { ...renamed, description: second, completed: true });

    const found = await asked(client.listTasks({ query: { q: "rent", limit: "500" } }));
    expect(found.body.map((task) => own(task).id).sort()).toEqual(live());

    await asked(client.deleteTask({ params: { id: second } }));
    tasks.set(second, "deleted");
    const listed = await asked(client.listTasks({ query: { limit: "500" } }));
    expect(nextCursor(listed.headers)).toBeUndefined();
    expect(listed.body.map((task) => own(task).id).sort()).toEqual(live());

    const { body } = await asked(client.listChanges({ query: { cursor } }));
    expect(body.changes.map(({ task }) => task && own(task).id)).toEqual([id, second]);
    cursor = body.next_cursor;
  }
  return requests;
}

describe("[C-4] with PgBouncer in transaction mode", () => {
  if (missing) return test.skip(missing);
  let server: Awaited<ReturnType<typeof makeServer>>;
  let pooler: Awaited<ReturnType<typeof makePooler>>;
  let direct: Database;
  let crowd: Person[];

  const begin = Date.now();

  beforeAll(async () => {
    server = await makeServer();
    pooler = await makePooler(server.url, connections);
    await server.admin.$executeRaw`ALTER DATABASE tend SET TimeZone TO 'Asia/Kathmandu'`;
    await migrate(server.url);
    direct = connect(`${server.url}?application_name=direct`);
    const { origin } = await makeApp({ DATABASE_URL: pooler.url });
    crowd = await inAnotherZone(() =>
      Promise.all(Array.from({ length: people }, () => signUp(origin))),
    );
  });

  afterAll(async () => {
    await direct?.$disconnect();
    await pooler?.end();
    await endInstallations();
  });

  /** Meanwhile another client of the same role keeps each connection of the pooler in its zone. */
  async function inAnotherZone<T>(run: () => Promise<T>): Promise<T> {
    const zone = "Asia/Kathmandu";
    const other = new Client(pooler.url);
    await other.connect();
    await other.query(`SET TIME ZONE '${zone}'`);
    let over = false;
    const ask = async () => {
      while (!over) {
        const { rows } = await other.query("SELECT current_setting('TimeZone') AS zone");
        expect(rows).toEqual([{ zone }]);
      }
    };
    const asking = ask();
    const done = await run().finally(() => {
      over = true;
    });
    await asking;
    await other.end();
    return done;
  }

  /** The most connections at once, to the pooler and from it to the server. */
  async function mostConnections(over: () => boolean) {
    const most = { clients: 0, servers: 0 };
    while (!over()) {
      most.clients = Math.max(most.clients, (await pooler.show("CLIENTS")).length);
      most.servers = Math.max(most.servers, (await pooler.show("SERVERS")).length);
    }
    return most;
  }

  test(`[O-1] ${people * rounds * 10} mixed requests of ${people} people at once: no error, and each sees only what is theirs`, async () => {
    let over = false;
    const work = inAnotherZone(() => Promise.all(crowd.map(useEverything))).finally(() => {
      over = true;
    });
    const [counts, most] = await Promise.all([work, mostConnections(() => over)]);
    expect(counts).toEqual(crowd.map(() => rounds * 10));
    await expectKept(crowd);
    expect(most.servers).toBeLessThanOrEqual(connections);
    expect(most.clients).toBeGreaterThan(connections);
  });

  test("no zone of another client shifts a time", async () => {
    const users = await direct.user.findMany();
    expect(users.length).toBe(people);
    for (const { createdAt } of users) expectMoment(createdAt, begin);
  });

  test("[C-6] a held task is 503 within a second, also on connections that the pooler has just opened", async () => {
    const [{ client }] = crowd as [Person];
    const { body } = await client.createTask({ body: { title: "Held" } });
    const params = { id: body.id };
    // Its clients notice nothing: the pooler opens others.
    await server.admin.$queryRaw`
      SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
      WHERE usename = 'tend' AND application_name <> 'direct'`;
    const yardstick = await startYardstick();
    await direct.$transaction(async (transaction) => {
      await transaction.$executeRaw`SELECT FROM tasks WHERE id = ${body.id}::uuid FOR UPDATE`;
      const refusal = { problem: { status: 503 }, retryAfter: expect.any(Number) };
      const change = () => expect(client.completeTask({ params })).rejects.toMatchObject(refusal);
      const [, time] = await yardstick.timed(change);
      expect(time).toBeLessThan(1_000 * tolerance);
    }, heldOpen);
    await yardstick.end();
    // Whatever still waits in the database for that row comes before this does.
    await direct.$queryRaw`SELECT FROM tasks WHERE id = ${body.id}::uuid FOR UPDATE`;
    expect((await client.getTask({ params })).body, "what was refused is not done later").toEqual(
      body,
    );
  });

  describe("migrations", () => {
    let url: string;
    let pooled: string;
    let client: Client;

    beforeEach(async () => {
      const name = `empty_${randomBytes(6).toString("hex")}`;
      await server.admin.$executeRawUnsafe(`CREATE DATABASE ${name} OWNER tend`);
      [url, pooled] = [server.url, pooler.url]
        .map((address) => Object.assign(new URL(address), { pathname: `/${name}` }))
        .map(String) as [string, string];
      client = new Client(url);
      await client.connect();
    });

    afterEach(() => client.end());

    const expectMigrated = async () => {
      const { rows } = await client.query(`SELECT * FROM "_prisma_migrations" ORDER BY started_at`);
      expect(rows).toEqual(
        (await migrations()).map(({ name, checksum }) => ({
          id: expect.any(String),
          checksum,
          migration_name: name,
          started_at: expect.any(Date),
          finished_at: expect.any(Date),
          rolled_back_at: null,
          logs: null,
          applied_steps_count: 1,
        })),
      );
    };

    test("through the pooler alone, and then past it", async () => {
      expect(await migrateBy({ DATABASE_URL: pooled })).toContain(`Applied ${newestMigration}`);
      await expectMigrated();
      expect(await migrateBy({ DATABASE_URL: pooled, DIRECT_URL: url })).toContain("up to date");
    });

    test("two deployments at once on an empty database, one by DIRECT_URL: each is applied once", async () => {
      // An app that runs already leaves its limits in the pooler's session.
      const app = connect(pooled);
      await app.$queryRaw`SELECT 1`;
      await app.$disconnect();
      // Holds both back until they wait longer than any request may.
      await client.query("BEGIN; SELECT pg_advisory_xact_lock(72707369)");
      const both = Promise.all([
        migrateBy({ DATABASE_URL: pooled }),
        migrateBy({ DATABASE_URL: "postgresql://nobody@127.0.0.1:1/none", DIRECT_URL: url }),
      ]);
      const waiting = until("both wait", async () => {
        const found = await server.admin.$queryRaw<unknown[]>`
          SELECT pid FROM pg_stat_activity
          WHERE wait_event_type = 'Lock' AND query_start < clock_timestamp() - interval '2.2 s'`;
        return found.length === 2;
      });
      await Promise.race([both, waiting]);
      await client.query("COMMIT");
      const said = (await both).sort();
      expect(said[0]).toBe((await migrations()).map(({ name }) => `Applied ${name}\n`).join(""));
      expect(said[1]).toBe("The database is up to date.\n");
      await expectMigrated();
    });
  });
});
