import { inFormerDatabases } from "./former-databases.ts";
import { PersonDatabase } from "./person-database.ts";

/** Deletes a person's tasks from the device, as far as it can be written to. Mutations stay. */
export const forgetStoredTasks = (userId: string): Promise<unknown> =>
  Promise.allSettled([
    new PersonDatabase(userId).forgetTasks(),
    inFormerDatabases((former) => former.eraseFormerList(userId)),
  ]);
