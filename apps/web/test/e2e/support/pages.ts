import type { Page } from "@playwright/test";
import { type Person, signIn } from "./person.ts";

/** Kilobytes as they come over the wire: text by gzip, fonts and pictures as they are. */
export interface Budget {
  readonly script: number;
  readonly font: number;
  readonly image?: number;
  /** The readers who see the page; others are redirected. */
  readonly seenBy: readonly Reader[];
  /** Addresses of the same page that load in another way. */
  readonly also?: readonly string[];
}

export type Reader = "a stranger" | "its owner";

const sans = 30;
const mono = 24;
/** The budget of the stylesheet, which serves every page. */
export const style = 8.5;

/** Next and React alone are 135 of each `script`; /tasks may never have more than 182. */
export const budgets: Readonly<Record<string, Budget>> = {
  "/": { script: 145, font: sans, image: 40, seenBy: ["a stranger"] },
  "/sign-in": { script: 147, font: sans, seenBy: ["a stranger"] },
  "/sign-up": { script: 147, font: sans, seenBy: ["a stranger"] },
  "/docs": { script: 150, font: sans + mono, seenBy: ["a stranger", "its owner"] },
  "/tasks": {
    script: 182,
    font: sans,
    seenBy: ["its owner"],
    also: ["/tasks?status=completed", "/tasks?status=trashed"],
  },
  // The shell has all of /tasks, to open it without a network.
  "/offline": { script: 183, font: sans, seenBy: ["a stranger"] },
  "/account": { script: 161, font: sans, seenBy: ["its owner"] },
  "/no-such-page": { script: 138, font: sans, seenBy: ["a stranger", "its owner"] },
};

/** Signs in, with tasks for two pages of the list and for every look of a row. */
export async function moveIn(page: Page, person: Person): Promise<void> {
  await signIn(page, person);
  const { api } = person;
  const create = (from: number, count: number) =>
    api.batchTasks({
      body: {
        operations: Array.from({ length: count }, (_, index) => ({
          operation: "create" as const,
          task: {
            title: `${from + index}: pay the rent and water the plants on the balcony`,
            due_date: index % 2 === 0 ? "2026-12-01" : null,
            completed: index % 3 === 0,
          },
        })),
      },
    });
  await create(0, 100);
  await create(100, 20);
  const { body } = await api.createTask({ body: { title: "Thrown away" } });
  await api.deleteTask({ params: { id: body.id } });
}
