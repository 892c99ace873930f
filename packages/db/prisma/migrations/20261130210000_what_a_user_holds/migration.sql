-- What is held for a user is counted in the owner's counter: how many tasks, those in the trash among
-- them, and how many bytes of answers to Idempotency-Keys. And the last moment at which a task was made.

-- Locked in the order in which requests lock them, so that none waits for this in a circle.
ALTER TABLE "idempotency_keys" ADD COLUMN "answer_bytes" INTEGER NOT NULL DEFAULT 0;
ALTER TABLE "task_counters"
    ADD COLUMN "task_count" INTEGER NOT NULL DEFAULT 0,
    ADD COLUMN "answer_bytes" BIGINT NOT NULL DEFAULT 0,
    ADD COLUMN "created_until" TIMESTAMPTZ(3);

-- By triggers: the count is right whatever statement makes or deletes tasks, the version before this
-- one too, and of a create that finds its task there already.
CREATE FUNCTION "count_tasks"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  INSERT INTO "task_counters" ("owner_user_id", "task_count")
    SELECT "owner_user_id", count(*) FROM "changed" GROUP BY "owner_user_id"
    ON CONFLICT ("owner_user_id") DO UPDATE
      SET "task_count" = "task_counters"."task_count" + excluded."task_count";
  RETURN NULL;
END
$$;
-- Where the owner is deleted too, there is no counter any more.
CREATE FUNCTION "uncount_tasks"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  UPDATE "task_counters" SET "task_count" = "task_count" - "gone"."number"
    FROM (SELECT "owner_user_id", count(*) AS "number" FROM "changed" GROUP BY "owner_user_id") AS "gone"
    WHERE "task_counters"."owner_user_id" = "gone"."owner_user_id";
  RETURN NULL;
END
$$;
CREATE TRIGGER "tasks_count" AFTER INSERT ON "tasks" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "count_tasks"();
CREATE TRIGGER "tasks_uncount" AFTER DELETE ON "tasks" REFERENCING OLD TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "uncount_tasks"();

-- Nobody writes tasks meanwhile: the triggers have locked the table.
INSERT INTO "task_counters" ("owner_user_id", "task_count")
  SELECT "owner_user_id", count(*) FROM "tasks" GROUP BY "owner_user_id"
  ON CONFLICT ("owner_user_id") DO UPDATE SET "task_count" = excluded."task_count";
UPDATE "idempotency_keys" SET "answer_bytes" = octet_length("answer"::text) WHERE "answer" IS NOT NULL;
UPDATE "task_counters" SET "answer_bytes" = "kept"."bytes"
  FROM (SELECT "owner_user_id", sum("answer_bytes") AS "bytes" FROM "idempotency_keys" GROUP BY "owner_user_id") AS "kept"
  WHERE "task_counters"."owner_user_id" = "kept"."owner_user_id";

-- Sessions that have ended are swept by it.
CREATE INDEX "sessions_expires_at_idx" ON "sessions"("expires_at");
