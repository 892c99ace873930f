import { hashPassword } from "better-auth/crypto";
import type { Database } from "./index.ts";

/** The login that `seed` makes. It exists on developers' machines only. */
export const demo = { name: "Demo", email: "demo@example.com", password: "tend-demo" } as const;

/** The login by this password, as Better Auth keeps it, to be created along with its user. */
export const passwordLogin = async (userId: string, password: string) => ({
  create: {
    id: crypto.randomUUID(),
    accountId: userId,
    providerId: "credential",
    password: await hashPassword(password),
  },
});

const day = (offset: number): Date => {
  const now = new Date();
  return new Date(Date.UTC(now.getFullYear(), now.getMonth(), now.getDate() + offset));
};

const tasks = () => [
  { title: "Pay rent", due_date: day(3) },
  { title: "Call Grandma", due_date: day(0), description: "Ask how the new garden is doing." },
  { title: "Water the plants", due_date: day(1) },
  { title: "Renew the library card" },
  { title: "Plan the weekend hike", description: "Maps, sandwiches, rain jackets." },
  { title: "Book a dentist appointment", due_date: day(12) },
  { title: "Return the borrowed drill", completed: true },
  { title: "Buy stamps", completed: true },
];

/**
 * Makes the demo user with a few tasks, unless it is there already.
 *
 * @throws in production: a login that everybody knows must not exist there.
 */
export async function seed(
  database: Database,
  env: Readonly<Record<string, string | undefined>>,
): Promise<"made" | "kept"> {
  if (env.NODE_ENV === "production" || env.VERCEL) {
    throw new Error(
      "The demo user is not made in production: everybody knows its password. Unset NODE_ENV to seed a development database.",
    );
  }
  if (await database.user.findUnique({ where: { email: demo.email } })) return "kept";
  const id = crypto.randomUUID();
  const now = Date.now();
  await database.user.create({
    data: {
      id,
      name: demo.name,
      email: demo.email,
      accounts: await passwordLogin(id, demo.password),
      tasks: {
        create: tasks().map((task, index) => ({
          ...task,
          id: crypto.randomUUID(),
          created_at: new Date(now - index * 60_000),
        })),
      },
    },
  });
  return "made";
}
