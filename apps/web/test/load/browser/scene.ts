import { randomBytes } from "node:crypto";
import { chromium } from "@playwright/test";
import { type Client, createClient } from "@tend/contracts/client";
import { browser } from "../../e2e/support/browser.ts";
import { answers, freePort, makeFolder, tokenAt, until } from "../../launch/start.ts";
import { type Device, makeDevice } from "./device.ts";
import { taskOf } from "./tasks.ts";

export interface Person {
  readonly email: string;
  /** The API as this person, as from a device that is not looked at. */
  readonly api: Client;
}

/** The built app with two workers on a database of its own, and a browser. */
export interface Scene {
  /** How often a time is measured. */
  readonly rounds: number;
  readonly browserVersion: string;
  /** A new person with so many tasks. */
  makePerson(tasks: number): Promise<Person>;
  /** A browser of this person alone, signed in. `weighs`: what it writes is weighed, too. */
  makeDevice(person: Person, options?: { readonly weighs?: boolean }): Promise<Device>;
  endDevices(): Promise<void>;
  end(): Promise<void>;
}

export async function openScene(rounds: number): Promise<Scene> {
  const folder = await makeFolder();
  const port = await freePort();
  const origin = `http://127.0.0.1:${port}`;
  const server = folder.start({
    PORT: String(port),
    BETTER_AUTH_URL: origin,
    WEB_CONCURRENCY: "2",
  });
  const endServer = async () => {
    server.child.kill("SIGTERM");
    await server.ended;
    await folder.end();
  };
  const devices: Device[] = [];
  try {
    await until("the app answers", () => hasStarted(server.child, server.output, port));
    const program = await chromium.launch(await browser());
    return {
      rounds,
      browserVersion: program.version(),

      async makePerson(tasks) {
        const email = `${randomBytes(8).toString("hex")}@example.com`;
        const token = await tokenAt(origin, "sign-up", email);
        const api = createClient({ origin, token: () => token });
        for (let from = 0; from < tasks; from += 100) {
          const operations = Array.from({ length: Math.min(100, tasks - from) }, (_, nth) => ({
            operation: "create" as const,
            task: taskOf(from + nth, tasks),
          }));
          await api.batchTasks({ body: { operations } });
        }
        return { email, api };
      },

      async makeDevice(person, { weighs = false } = {}) {
        const device = await makeDevice(program, origin, person.email, weighs);
        devices.push(device);
        return device;
      },

      async endDevices() {
        for (const device of devices.splice(0)) await device.end();
      },

      async end() {
        await program.close();
        await endServer();
      },
    };
  } catch (error) {
    await endServer();
    throw error;
  }
}

/** Whether it answers; an error with its last words, where it has ended instead. */
async function hasStarted(
  { exitCode }: { readonly exitCode: number | null },
  output: () => string,
  port: number,
): Promise<boolean> {
  if (exitCode !== null) throw new Error(`The app did not start. ${output()}`);
  return answers(port);
}
