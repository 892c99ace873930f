-- Trash: a deleted task stays, with the moment of its deletion, until it is purged.
-- Changes: every write of a task takes the next number of its owner, under the lock of the owner's
-- counter, so that numbers become visible in the order in which they were given.

ALTER TABLE "tasks"
    ADD COLUMN "deleted_at" TIMESTAMPTZ(3),
    ADD COLUMN "change" BIGINT NOT NULL DEFAULT 0;

CREATE TABLE "task_counters" (
    "owner_user_id" TEXT NOT NULL,
    "last_change" BIGINT NOT NULL DEFAULT 0,
    -- Tombstones up to this change are forgotten: an older cursor cannot be continued.
    "forgotten_change" BIGINT NOT NULL DEFAULT 0,
    -- When something of this owner is due to be purged; null: nothing is.
    "sweep_at" TIMESTAMPTZ(3),

    CONSTRAINT "task_counters_pkey" PRIMARY KEY ("owner_user_id"),
    CONSTRAINT "task_counters_owner_user_id_fkey" FOREIGN KEY ("owner_user_id")
        REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);
CREATE INDEX "task_counters_sweep_at_idx" ON "task_counters"("sweep_at");

-- What is left of a task that was deleted for good: that it was, and how far its versions had come.
CREATE TABLE "task_tombstones" (
    "owner_user_id" TEXT NOT NULL,
    "id" UUID NOT NULL,
    "version" INTEGER NOT NULL,
    "change" BIGINT NOT NULL,
    "deleted_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "task_tombstones_pkey" PRIMARY KEY ("owner_user_id", "id"),
    CONSTRAINT "task_tombstones_owner_user_id_fkey" FOREIGN KEY ("owner_user_id")
        REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- Takes a tombstone away. A function, since it must see what was committed while the statement that
-- calls it waited for the owner's counter; the statement itself sees only what was there before.
CREATE FUNCTION "unbury"(owner text, task uuid) RETURNS integer LANGUAGE plpgsql VOLATILE AS $$
DECLARE last integer;
BEGIN
  DELETE FROM "task_tombstones" WHERE "owner_user_id" = owner AND "id" = task
    RETURNING "version" INTO last;
  RETURN last;
END
$$;

CREATE INDEX "tasks_owner_user_id_change_id_idx" ON "tasks"("owner_user_id", "change", "id");
CREATE INDEX "task_tombstones_owner_user_id_change_id_idx"
    ON "task_tombstones"("owner_user_id", "change", "id");

-- One index for each list order, now behind the state: pending, completed or trashed. A list of
-- pending and completed tasks merges two ranges.
DROP INDEX "tasks_owner_user_id_created_at_id_idx";
DROP INDEX "tasks_owner_user_id_title_id_idx";
DROP INDEX "tasks_owner_due_date_asc_idx";
DROP INDEX "tasks_owner_due_date_desc_idx";
CREATE INDEX "tasks_created_idx" ON "tasks"("owner_user_id",
    (CASE WHEN "deleted_at" IS NOT NULL THEN 2 WHEN "completed" THEN 1 ELSE 0 END),
    "created_at", "id");
CREATE INDEX "tasks_title_idx" ON "tasks"("owner_user_id",
    (CASE WHEN "deleted_at" IS NOT NULL THEN 2 WHEN "completed" THEN 1 ELSE 0 END),
    "title", "id");
CREATE INDEX "tasks_due_date_asc_idx" ON "tasks"("owner_user_id",
    (CASE WHEN "deleted_at" IS NOT NULL THEN 2 WHEN "completed" THEN 1 ELSE 0 END),
    COALESCE("due_date", 'infinity'::date), "id");
CREATE INDEX "tasks_due_date_desc_idx" ON "tasks"("owner_user_id",
    (CASE WHEN "deleted_at" IS NOT NULL THEN 2 WHEN "completed" THEN 1 ELSE 0 END),
    COALESCE("due_date", '-infinity'::date), "id");

-- Search (specs/decisions/0017-search.md). Text folded: no case, no accents, no vowel points, one
-- form for letters that people write in several.
CREATE FUNCTION "search_fold"(text) RETURNS text LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT normalize(translate(
    replace(replace(replace(replace(
      lower(regexp_replace(normalize($1, NFKD),
        '[\u00ad\u0300-\u036f\u0591-\u05bd\u05bf\u05c1-\u05c7\u0610-\u061a\u0640\u064b-\u065f\u0670\u200b-\u200f\u2060\ufe00-\ufe0f\ufeff]',
        '', 'g') COLLATE "und-x-icu"),
      'ß', 'ss'), 'æ', 'ae'), 'œ', 'oe'), 'þ', 'th'),
    'øłđðħıςيىك', 'olddhiσییک'), NFC)
$$;

-- Its words, in order. Runs of a script without spaces are words of their own, and so is an emoji.
CREATE FUNCTION "search_words"(text) RETURNS SETOF text LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT word[1] FROM regexp_matches(
    regexp_replace("search_fold"($1) COLLATE "und-x-icu",
      '([\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)',
      ' \1 ', 'g'),
    '([[:alnum:]\u3005-\u3007\u0900-\u0963\u0966-\u0dff\u0e00-\u0fff\u1000-\u109f\u1780-\u17ff]+|[\u00a9\u00ae\u2190-\u2bff\u3030\u303d\U0001f000-\U0001faff])',
    'g') AS word
$$;

CREATE FUNCTION "search_is_unspaced"(text) RETURNS boolean LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT $1 ~ '^[\u0e00-\u0eff\u1000-\u109f\u1780-\u17ff\u3005-\u3007\u3040-\u30ff\u31f0-\u31ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]'
$$;

-- What the index holds of a task. Each word stands behind a mark of its owner, so that a search
-- walks the words of one user and not those of all. A script without spaces is found from any letter.
-- In PL/pgSQL with one plan for all calls: a quarter of the time of planning each anew.
CREATE FUNCTION "search_vector"(owner text, title text, description text) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE SET plan_cache_mode = force_generic_plan AS $$
BEGIN
  RETURN array_to_tsvector(ARRAY(
    SELECT left(md5(owner), 8) || part
    FROM "search_words"(title || ' ' || COALESCE(description, '')) AS word,
      LATERAL (
        SELECT left(word, 60) AS part WHERE NOT "search_is_unspaced"(word)
        UNION ALL
        -- Six letters from each on. By a window: to cut them out of a long text one by one is quadratic.
        SELECT concat(letter, lead(letter, 1) OVER run, lead(letter, 2) OVER run,
          lead(letter, 3) OVER run, lead(letter, 4) OVER run, lead(letter, 5) OVER run)
        FROM unnest(string_to_array(word, NULL)) WITH ORDINALITY AS letters(letter, place)
        WHERE "search_is_unspaced"(word) WINDOW run AS (ORDER BY place)
      ) AS parts));
END
$$;

-- What a search asks of it: every word, each the beginning of a word. Null where there is no word.
CREATE FUNCTION "search_query"(owner text, words text) RETURNS tsquery
LANGUAGE sql IMMUTABLE STRICT PARALLEL SAFE AS $$
  SELECT string_agg('''' || left(md5(owner), 8) || part || ''':*', ' & ')::tsquery
  FROM "search_words"(words) AS word,
    LATERAL (
      SELECT left(word, 60) AS part WHERE NOT "search_is_unspaced"(word)
      UNION ALL
      SELECT substr(word, place, 6) FROM generate_series(1, length(word), 6) AS place
      WHERE "search_is_unspaced"(word)
    ) AS parts
$$;

ALTER TABLE "tasks" ADD COLUMN "search" tsvector
    GENERATED ALWAYS AS ("search_vector"("owner_user_id", "title", "description")) STORED;
-- Without a pending list: a search would read it whole, and the planner rather reads the table.
CREATE INDEX "tasks_search_idx" ON "tasks" USING gin ("search") WITH (fastupdate = off);

-- The first answer to each Idempotency-Key of a user, for 24 hours.
CREATE TABLE "idempotency_keys" (
    "owner_user_id" TEXT NOT NULL,
    "key" TEXT NOT NULL,
    "fingerprint" BYTEA NOT NULL,
    "answer" JSONB,
    "created_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "idempotency_keys_pkey" PRIMARY KEY ("owner_user_id", "key"),
    CONSTRAINT "idempotency_keys_owner_user_id_fkey" FOREIGN KEY ("owner_user_id")
        REFERENCES "users"("id") ON DELETE CASCADE ON UPDATE CASCADE
);

-- Accounts that were deleted: their API tokens, which no database is asked about, end here.
CREATE TABLE "erased_users" (
    "id" TEXT NOT NULL,
    "erased_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,

    CONSTRAINT "erased_users_pkey" PRIMARY KEY ("id")
);

-- Consecutive failures to sign in, by account; the account is a keyed hash of its email.
CREATE TABLE "sign_in_failures" (
    "account" TEXT NOT NULL,
    "failures" INTEGER NOT NULL,
    "last_failure_at" TIMESTAMPTZ(3) NOT NULL DEFAULT CURRENT_TIMESTAMP,
    "locked_until" TIMESTAMPTZ(3),

    CONSTRAINT "sign_in_failures_pkey" PRIMARY KEY ("account")
);
