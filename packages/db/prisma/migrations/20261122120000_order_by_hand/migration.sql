-- The order by hand: a place is a fraction in base 36, its digits compared byte by byte.

-- On top of all that was made before this moment: milliseconds that are left until a far end, then
-- chance, so that no two get the same. The contract (positionAt) says it alike.
CREATE FUNCTION "position_at"(timestamptz) RETURNS text LANGUAGE sql VOLATILE PARALLEL SAFE AS $$
  SELECT lpad(to_hex(281474976710655 - (extract(epoch FROM $1::timestamptz(3)) * 1000)::bigint), 12, '0')
    || lpad(to_hex(floor(random() * 268435456)::bigint), 7, '0')
    || to_hex(1 + floor(random() * 15)::bigint)
$$;

ALTER TABLE "tasks" ADD COLUMN "position" TEXT;

-- In one pass: tasks that are there lie as they were made, the newest first; of one moment, the
-- larger id first, as in the order of making.
ALTER TABLE "tasks"
    ALTER COLUMN "position" TYPE TEXT COLLATE "C" USING
        left("position_at"("created_at"), 12)
        || translate(replace("id"::text, '-', ''), '0123456789abcdef', 'fedcba9876543210') || '1',
    ALTER COLUMN "position" SET DEFAULT "position_at"(now()),
    ALTER COLUMN "position" SET NOT NULL,
    ADD CONSTRAINT "tasks_position_check" CHECK
        (char_length("position") <= 255 AND "position" ~ '^[0-9a-z]*[1-9a-z]$');

CREATE INDEX "tasks_position_idx" ON "tasks"("owner_user_id",
    (CASE WHEN "deleted_at" IS NOT NULL THEN 2 WHEN "completed" THEN 1 ELSE 0 END),
    "position", "id");
ANALYZE "tasks";
