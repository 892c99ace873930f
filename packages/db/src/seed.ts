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

const at = (time: string): Date => new Date(`1970-01-01T${time}Z`);

const tasks = () => [
  { title: "Pay rent", due_date: day(3), priority: "high", tags: ["home", "money"] },
  {
    title: "Call Grandma",
    due_date: day(0),
    due_time: at("18:30"),
    description: "Ask how the new garden is doing.",
    tags: ["family"],
  },
  { title: "Water the plants", due_date: day(1), tags: ["home"] },
  { title: "Renew the library card", priority: "low" },
  { title: "Plan the weekend hike", description: "Maps, sandwiches, rain jackets." },
  { title: "Book a dentist appointment", due_date: day(12), priority: "medium" },
  { title: "Return the borrowed drill", completed: true, tags: ["home"] },
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
          // Below whatever is made later, whose positions begin with f.
          position: `g${index + 1}`,
        })),
      },
    },
  });
  return "made";
}
