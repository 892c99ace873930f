import { randomInt } from "node:crypto";
import { afterAll, afterEach, beforeAll, describe, expect, test } from "vitest";
import { heldOpen } from "../hung.ts";
import { rounds } from "../long.ts";
import { startYardstick, tolerance, type Yardstick } from "../yardstick.ts";
import { comeIn, endInstallations, freeze, type Installation } from "./installation.ts";
import { expectKept, type Load, type Person, signUp, startLoad } from "./load.ts";
import { signal, until } from "./start.ts";

/** Milliseconds: any request; the answer of a hung database; of a held row; until all is well. */
const bounds = {
  request: 10_000 * tolerance,
  hung: 3_000 * tolerance,
  held: 1_000 * tolerance,
  recovery: 5_000 * tolerance,
};
const parts = ["database", "app", "both"] as const;
const kills = rounds(20, 3);
/** Milliseconds. */
const standstill = rounds(30_000, 6_000);

/** How long a statement of the app waits for a lock. */
const lockTimeoutMs = 350;

/** The tests of C-6 on what `make` installs. Windows has no signals to stop or kill it with. */
export function testFaults(name: string, make: () => Promise<Installation>): void {
  describe.skipIf(process.platform === "win32")(`with ${name}`, () => {
    let yardstick: Yardstick;
    let system: Installation;
    let people: Person[];
    let load: Load;

    beforeAll(async () => {
      yardstick = await startYardstick();
      system = await make();
      people = await Promise.all(Array.from({ length: 4 }, () => signUp(system.origin)));
    });

    afterEach(() => load.abandon());
    afterAll(endInstallations);
    afterAll(() => yardstick.end());

    /** Waits until all is served again, and ends the load. */
    async function expectRecovery(back: number): Promise<void> {
      await load.acknowledged(5, back);
      await load.stop();
      expect(yardstick.elapsed(back, load.recovered(back))).toBeLessThan(bounds.recovery);
    }

    test(`[US-1, C-6] kill -9 of the database, the app or both, ${kills} times: what was acknowledged is there`, async () => {
      for (let round = 0; round < kills; round++) {
        const part = parts[round % parts.length] ?? "both";
        load = startLoad(people);
        await load.acknowledged(5 + randomInt(20));
        const start = performance.now();
        signal(
          freeze(() => system.victims(part)),
          "SIGKILL",
        );
        await load.failed(start);
        await system.revive(part);
        await expectRecovery(performance.now());
        expect(load.slowest(yardstick.elapsed)).toBeLessThan(bounds.request);
        if (part === "database") expect(load.failedAs()).toEqual(["unavailable"]);
        await expectKept(people);
      }
    });

    test(`[C-6] a database that stands still for ${standstill / 1_000} s: 503 within 3 s, health 200, ready 503; then all is well`, async () => {
      const [person] = people;
      const get = (path: string) =>
        yardstick.timed(() =>
          fetch(system.origin + path, { headers: { Authorization: `Bearer ${person?.token()}` } }),
        );
      load = startLoad(people);
      await load.acknowledged(10);
      const start = performance.now();
      const frozen = freeze(() => system.processes("database"));
      while (performance.now() < start + standstill) {
        const answers = await Promise.all(["/api/health", "/api/ready", "/api/tasks"].map(get));
        expect(answers.map(([{ status }]) => status)).toEqual([200, 503, 503]);
        expect(Math.max(...answers.map(([, ms]) => ms))).toBeLessThan(bounds.hung);
      }
      signal(frozen, "SIGCONT");
      await expectRecovery(performance.now());
      expect(load.failedAs()).toEqual(["unavailable"]);
      expect(load.slowest(yardstick.elapsed)).toBeLessThan(bounds.hung);
      await expectKept(people);
    });

    test("[C-6] every connection of the pool waits, and more requests come: 503; then all is well", async () => {
      const { origin } = system;
      const others = await Promise.all([signUp(origin), signUp(origin)]);
      const holder = await comeIn(system);
      await holder.$transaction(async (transaction) => {
        load = startLoad(others, 20);
        await load.acknowledged(1);
        await transaction.$executeRaw`SET LOCAL lock_timeout = 0`;
        await transaction.$executeRaw`LOCK TABLE tasks`;
        await load.failed(performance.now());
        const health = await fetch(`${origin}/api/health`);
        expect(health.status).toBe(200);
      }, heldOpen);
      const back = performance.now();
      await holder.$disconnect();
      await expectRecovery(back);
      expect(load.failedAs()).toEqual(["unavailable"]);
      expect(load.slowest(yardstick.elapsed)).toBeLessThan(bounds.request);
      await expectKept(others);
    });

    test("[C-6] SIGTERM under load: what was begun is answered, and the app ends within 10 s", async () => {
      // One writer each: two of one person wait for each other's commit.
      const more = await Promise.all(Array.from({ length: 8 }, () => signUp(system.origin)));
      const crowd = [...people, ...more];
      for (let round = 0; round < rounds(3, 1); round++) {
        load = startLoad(crowd, 1);
        await load.acknowledged(10);
        const [code, ms] = await yardstick.timed(system.terminate);
        expect([code, ms < bounds.request]).toEqual([0, true]);
        await load.failed(performance.now());
        await system.revive("app");
        await expectRecovery(performance.now());
        // A database that ended before the app would be told of at once. What a busy machine does
        // not do within the limits of C-6, the shortest of which is that of a lock, comes later.
        expect(load.soonestUnavailable()).toBeGreaterThan(lockTimeoutMs);
        expect(load.unanswered(), "carried out, and the answer lost").toBe(0);
        await expectKept(crowd);
      }
    });

    test("[C-6] a server that takes no more connections: 503; then all is well", async ({
      skip,
    }) => {
      const { admin } = system;
      if (!admin) return skip("nobody can reach the superuser of the embedded database");
      load = startLoad(people);
      await load.acknowledged(10);
      const start = performance.now();
      await admin.$executeRaw`ALTER ROLE tend CONNECTION LIMIT 0`;
      await admin.$queryRaw`
      SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity WHERE usename = 'tend'`;
      await load.failed(start);
      await admin.$executeRaw`ALTER ROLE tend CONNECTION LIMIT -1`;
      await expectRecovery(performance.now());
      expect(load.failedAs()).toEqual(["unavailable"]);
      expect(load.slowest(yardstick.elapsed)).toBeLessThan(bounds.request);
      await expectKept(people);
    });

    test("[C-6] an app that was frozen while the server ended its connections: no request is lost", async () => {
      const { processes } = system;
      const other = await comeIn(system);
      const [person] = people as [Person];
      const list = () => person.client.listTasks();
      await Promise.all(Array.from({ length: 10 }, list));
      const start = performance.now();
      const frozen = freeze(() => processes("app"));
      await other.$queryRaw`
      SELECT pg_terminate_backend(pid)::text FROM pg_stat_activity
      WHERE usename = 'tend' AND pid <> pg_backend_pid()`;
      await other.$disconnect();
      const asked = Array.from({ length: 10 }, list);
      await until("it was frozen for a while", () => performance.now() - start > 1_500);
      signal(frozen, "SIGCONT");
      await Promise.all(asked);
    });

    test("[C-6] a task that another transaction holds: 503 within a second, and nothing is changed", async () => {
      const { client } = await signUp(system.origin);
      const { body } = await client.createTask({ body: { title: "Held" } });
      const params = { id: body.id };
      const holder = await comeIn(system);
      await holder.$transaction(async (transaction) => {
        await transaction.$executeRaw`SELECT FROM tasks WHERE id = ${body.id}::uuid FOR UPDATE`;
        const changes = [
          () => client.updateTask({ params, body: { title: "Taken" } }),
          () => client.completeTask({ params }),
          () => client.deleteTask({ params }),
        ];
        const refusal = { problem: { status: 503 }, retryAfter: expect.any(Number) };
        for (const change of changes) {
          const [, ms] = await yardstick.timed(() =>
            expect(change()).rejects.toMatchObject(refusal),
          );
          expect(ms).toBeLessThan(bounds.held);
        }
      }, heldOpen);
      await holder.$disconnect();
      expect((await client.getTask({ params })).body).toEqual(body);
    });
  });
}
