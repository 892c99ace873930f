import { Task } from "@tend/contracts";
import fc from "fast-check";
import { expect, test } from "vitest";
import { makeTask } from "#ui/tasks/testing.ts";
import { readJson } from "#ui/transfer/import/formats/import-json.ts";
import { check } from "../import/import-check.ts";
import { planImport } from "../import/import-plan.ts";
import { anyTasks, exportedAt, exportedText } from "../testing.ts";
import { file } from "./export-json.ts";

const ExportedTask = Task.omit({ owner_user_id: true }).strict();

test("[X-1] a file says what it is, and has each task with all of its fields but the owner", async () => {
  const tasks = [makeTask(), makeTask({ deleted_at: exportedAt })];
  const { tasks: found, ...head } = JSON.parse(await exportedText(file, tasks));
  expect(head).toEqual({ format: "tend", version: 1, exported_at: exportedAt });
  expect(found.map((task: unknown) => ExportedTask.parse(task))).toEqual(
    tasks.map(({ owner_user_id: _, ...task }) => task),
  );
});

test("no task at all is a file too", async () => {
  expect(JSON.parse(await exportedText(file, []))).toMatchObject({ tasks: [] });
  expect(await check(await readJson(await exportedText(file, [])))).toMatchObject({
    entries: [],
    faults: [],
  });
});

test("[X-1] what was exported is imported: equal in every field that a person sets", () =>
  fc.assert(
    fc.asyncProperty(anyTasks, async (tasks) => {
      const { entries, faults, remarks } = await check(
        await readJson(await exportedText(file, tasks)),
      );
      expect({ faults, remarks }).toEqual({ faults: [], remarks: [] });
      expect(entries.map(({ task, trashed }) => ({ ...task, trashed }))).toEqual(
        tasks.map(
          ({
            owner_user_id: _,
            created_at: _c,
            updated_at: _u,
            version: _v,
            deleted_at,
            ...task
          }) => ({
            ...task,
            trashed: deleted_at !== null,
          }),
        ),
      );
      expect(planImport(entries, tasks)).toEqual({
        fresh: [],
        same: tasks.length,
        different: [],
        inTrash: [],
      });
    }),
  ));
