import { createServer } from "node:net";
import { type FreshDatabase, freshDatabase } from "@tend/db/testing";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from "vitest";
import { explainListenError, originOf } from "../../runtime/listen-addresses.ts";
import { freePort, isFree, loopback6, makeFolder, outside, until } from "./start.ts";

let database: FreshDatabase;
let folder: Awaited<ReturnType<typeof makeFolder>>;
let port: number;

beforeAll(async () => {
  database = await freshDatabase();
});
beforeEach(async () => {
  folder = await makeFolder();
  port = await freePort();
});
afterEach(() => folder.end());
afterAll(() => database.stop());

const start = (env: Record<string, string>, mode: "dev" | "start" = "start") =>
  folder.start({ PORT: String(port), DATABASE_URL: database.url, ...env }, mode);

/** The addresses of this machine that are tried. */
const known = ["127.0.0.1", loopback6, outside].filter((host) => host !== undefined);
const loopback = known.filter((host) => host !== outside);

/** Which of them answer, each asked once. */
async function answering(hosts: readonly string[] = known): Promise<string[]> {
  const asked = hosts.map(async (host) => ((await isFree(port, host)) ? [] : [host]));
  return (await Promise.all(asked)).flat();
}

interface Case {
  readonly host: string;
  readonly answers: readonly string[];
  readonly opened: string;
  readonly listensOn: RegExp;
}

const cases: Case[] = [
  {
    host: "",
    answers: loopback,
    opened: "localhost",
    listensOn:
      /127\.0\.0\.1( and ::1)?, for this machine only; HOST=0\.0\.0\.0 opens it to others$/m,
  },
  {
    host: "0.0.0.0",
    answers: known.filter((address) => address !== "::1"),
    opened: "localhost",
    listensOn: /every IPv4 address of this machine \(0\.0\.0\.0\)$/m,
  },
  {
    host: "localhost",
    answers: ["127.0.0.1"],
    opened: "localhost",
    listensOn: /this machine only/,
  },
];
if (outside) {
  cases.push({ host: outside, answers: [outside], opened: outside, listensOn: /: +[0-9.]+$/m });
}
if (loopback6) {
  cases.push(
    { host: "::", answers: known, opened: "localhost", listensOn: /every address of .*\(::\)$/m },
    { host: "::1", answers: ["::1"], opened: "[::1]", listensOn: /: +::1, for this machine only/ },
  );
}

test.each(cases)(
  "[C-8] HOST=$host: what answers, what does not, and both are said",
  async ({ host, answers, opened, listensOn }) => {
    const { child, ended, output } = start({ HOST: host, WEB_CONCURRENCY: host ? "1" : "2" });
    await until("it is ready", () => /Stop it with Ctrl-C/.test(output()));
    // Whether localhost also stands for ::1 is a matter of the machine.
    const asked = known.filter((each) => host !== "localhost" || each !== "::1");
    expect(await answering(asked)).toEqual(answers);
    expect(output()).toContain(`Tend is ready:  http://${opened}:${port}\n`);
    expect(/^ {2}Listens on: .+$/m.exec(output())?.[0]).toMatch(listensOn);
    child.kill("SIGTERM");
    expect(await ended).toBe(0);
    expect(await answering()).toEqual([]);
  },
);

test("[C-8] IPv4 alone where the machine has no IPv6", async () => {
  // Stands in for a system without IPv6: no address of it can be listened on.
  const without = `import net from "node:net";
  const { listen } = net.Server.prototype;
  net.Server.prototype.listen = function (...given) {
    if (!given.includes("::1")) return listen.apply(this, given);
    const error = Object.assign(new Error("address not available"), { code: "EADDRNOTAVAIL" });
    process.nextTick(() => this.emit("error", error));
    return this;
  };`;
  const { output } = start({
    NODE_OPTIONS: `--import=data:text/javascript,${encodeURIComponent(without)}`,
  });
  await until("it is ready", () => /Stop it with Ctrl-C/.test(output()));
  expect(await answering()).toEqual(["127.0.0.1"]);
  expect(output()).toContain("Listens on:     127.0.0.1, for this machine only");
});

describe("[C-8, A-6] the start is refused, with what to do:", () => {
  test.each([
    ["203.0.113.9", /HOST=203\.0\.113\.9: this machine does not have .*0\.0\.0\.0/],
    ["nowhere.invalid", /HOST=nowhere\.invalid stands for no address\. Give an IP address/],
  ])("HOST=%s", async (host, words) => {
    const { ended, output } = start({ HOST: host });
    expect(await ended).toBe(1);
    expect(output()).toMatch(words);
    expect(output()).not.toMatch(/^\s+at /m);
  });

  test.each(
    (["start", "dev"] as const).flatMap((mode) => loopback.map((address) => ({ mode, address }))),
  )("$mode, with the port taken on $address alone", async ({ mode, address }) => {
    const other = createServer();
    await new Promise<void>((resolve) => other.listen(port, address, resolve));
    const { ended, output } = start({}, mode);
    expect(await ended).toBe(1);
    expect(output()).toContain(`Port ${port} is taken by another program on ${address}.`);
    expect(output()).toContain(`PORT=${port + 1} pnpm ${mode}`);
    await new Promise((resolve) => other.close(resolve));
  });

  test.each([
    ["EACCES", /Port 80 .* another one above 1023: PORT=8080 pnpm start$/],
    ["EAFNOSUPPORT", /HOST=::1: this machine does not have the address ::1\./],
    ["EINVAL", /HOST=::1: .*\(EINVAL\)/],
  ])("the system's %s", (code, words) => {
    const error = Object.assign(new Error(`listen ${code}`), { code });
    const place = { host: "::1", address: "::1", port: 80, mode: "start" } as const;
    expect(explainListenError(error, place)).toMatch(words);
  });
});

test.each([
  [undefined, 3000, "http://localhost:3000"],
  [undefined, 80, "http://localhost"],
  ["0.0.0.0", 3000, "http://localhost:3000"],
  ["::", 3000, "http://localhost:3000"],
  ["127.0.0.1", 3000, "http://localhost:3000"],
  ["192.0.2.1", 3000, "http://192.0.2.1:3000"],
  ["2001:DB8::0:1", 3000, "http://[2001:db8::1]:3000"],
  ["Tend.example", 3000, "http://tend.example:3000"],
])("[C-4] with HOST=%s and PORT=%i people open %s", (host, at, origin) => {
  expect(originOf(host, at)).toBe(origin);
});
