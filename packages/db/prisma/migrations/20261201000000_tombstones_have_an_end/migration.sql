-- Who makes tasks and deletes them for good, over and over, left a tombstone of each for 90 days. Those
-- of an owner are forgotten, too, once a million changes have come after them: whoever still reads from
-- before is told to begin anew, as after 90 days (specs/decisions/0040-what-one-user-may-hold.md).

-- By a trigger, after whatever leaves tombstones; the writer has locked the owner's counter already.
CREATE FUNCTION "forget_tombstones"() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  WITH "forgotten" AS (
    DELETE FROM "task_tombstones"
      USING (SELECT "owner_user_id", max("change") - 1000000 AS "until" FROM "changed" GROUP BY "owner_user_id") AS "gone"
      WHERE "task_tombstones"."owner_user_id" = "gone"."owner_user_id"
        AND "task_tombstones"."change" <= "gone"."until"
      RETURNING "task_tombstones"."owner_user_id", "task_tombstones"."change")
  UPDATE "task_counters" SET "forgotten_change" = greatest("forgotten_change", "gone"."change")
    FROM (SELECT "owner_user_id", max("change") AS "change" FROM "forgotten" GROUP BY "owner_user_id") AS "gone"
    WHERE "task_counters"."owner_user_id" = "gone"."owner_user_id";
  RETURN NULL;
END
$$;
CREATE TRIGGER "task_tombstones_forget" AFTER INSERT ON "task_tombstones" REFERENCING NEW TABLE AS "changed"
  FOR EACH STATEMENT EXECUTE FUNCTION "forget_tombstones"();
